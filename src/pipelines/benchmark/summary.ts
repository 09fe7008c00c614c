// What a run found, per model: quality with its interval, dollars, what is missing, what could not be read.
import type { OutcomeCell } from '../../data/outcome.js';
import { type MeanWithInterval, meanInterval } from '../../evaluation/mean-interval.js';
import { median } from '../../math/stats.js';
import type { RunResults } from './results.js';

export interface ModelSummary {
  readonly model: string;
  /** Cells with a quality. */
  readonly present: number;
  readonly calls: number;
  /** Over the present cells; null if there is none. */
  readonly quality: MeanWithInterval | null;
  /** US dollars of all its calls; null where no cost is known. */
  readonly cost: number | null;
  /** Median in milliseconds; null where no latency is known. */
  readonly latency: number | null;
  /** Shares of its calls, in [0, 1]: without a quality; of these, for want of a scorer or a truth; answers that could not be read. */
  readonly missing: number;
  readonly unscored: number;
  readonly unparsed: number;
  /** Missing calls by status. */
  readonly failures: Readonly<Record<string, number>>;
}

export function summarise({ calls, models, finished, unmade }: RunResults): ModelSummary[] {
  const cells = new Map<string, OutcomeCell[]>(models.map(({ alias }) => [alias, []]));
  for (const { key, model } of calls) {
    cells.get(model.alias)!.push(finished.get(key)?.cell ?? unmade.get(key) ?? { quality: null, status: 'canceled' });
  }
  return [...cells].map(([model, own]) => modelSummary(model, own));
}

/** The sum of the costs that are known; null if none is. */
export function knownCost(cells: Iterable<Pick<OutcomeCell, 'cost'>>): number | null {
  let sum: number | null = null;
  for (const { cost } of cells) if (cost !== null && cost !== undefined) sum = (sum ?? 0) + cost;
  return sum;
}

function modelSummary(model: string, cells: readonly OutcomeCell[]): ModelSummary {
  const calls = cells.length;
  const present = cells.filter((cell) => cell.quality !== null);
  const failures: Record<string, number> = {};
  for (const { quality, status } of cells) if (quality === null) failures[status] = (failures[status] ?? 0) + 1;
  const latencies = cells.flatMap(({ latency }) => latency ?? []);
  return {
    model,
    present: present.length,
    calls,
    quality: meanInterval(present.map((cell) => cell.quality!)),
    cost: knownCost(cells),
    latency: latencies.length > 0 ? median(latencies) : null,
    missing: (calls - present.length) / calls,
    unscored: (failures.unscored ?? 0) / calls,
    unparsed:
      present.length > 0 ? present.filter(({ flags }) => flags?.includes('unparsed')).length / present.length : 0,
    failures,
  };
}
