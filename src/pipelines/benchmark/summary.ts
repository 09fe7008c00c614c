// What a run found, per model: quality with its interval, dollars, tokens, what is missing, what could not be read.
import type { OutcomeCell } from '../../data/outcome.js';
import { type MeanWithInterval, meanInterval } from '../../evaluation/mean-interval.js';
import { median } from '../../math/stats.js';
import type { KeptCall } from './journal.js';
import { cellOfRepeats } from './repeats.js';
import type { RunResults } from './results.js';
import { ENOUGH } from './run-calls.js';

export interface ModelSummary {
  readonly model: string;
  /** Calls with a quality. */
  readonly present: number;
  readonly calls: number;
  /** Over the queries that have one, repeats taken together; null if there is none. */
  readonly quality: MeanWithInterval | null;
  /** US dollars of all its calls; null where no cost is known. */
  readonly cost: number | null;
  /** Of the calls that tell. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Median in milliseconds; null where no latency is known. */
  readonly latency: number | null;
  /** Calls that were not made, because --until-ci was reached; they count in no share. */
  readonly spared: number;
  /** Shares of its calls, in [0, 1]: without a quality; of these, for want of a scorer or a truth; answers that could not be read. */
  readonly missing: number;
  readonly unscored: number;
  readonly unparsed: number;
  /** Missing calls by status. */
  readonly failures: Readonly<Record<string, number>>;
}

export interface JudgeSummary {
  readonly model: string;
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** US dollars; null where a cost is unknown. */
  readonly cost: number | null;
}

export function summarise(results: Pick<RunResults, 'calls' | 'cells' | 'models' | 'repeats'>): ModelSummary[] {
  const { calls, cells, models, repeats } = results;
  const perModel = new Map<string, OutcomeCell[]>(models.map(({ alias }) => [alias, []]));
  calls.forEach(({ model }, i) => void perModel.get(model.alias)!.push(cells[i]!));
  return [...perModel].map(([model, own]) => modelSummary(model, own, repeats));
}

/** What the verdicts took, those of earlier runs included; null without any. */
export function judgeSummary(kept: Iterable<KeptCall>): JudgeSummary | null {
  let sum: JudgeSummary | null = null;
  for (const { judge } of kept) {
    if (!judge) continue;
    const before: JudgeSummary = sum ?? { ...NOTHING, model: judge.model };
    sum = {
      model: before.model,
      calls: before.calls + judge.calls,
      inputTokens: before.inputTokens + judge.inputTokens,
      outputTokens: before.outputTokens + judge.outputTokens,
      cost: before.cost === null || judge.cost === null ? null : before.cost + judge.cost,
    };
  }
  return sum;
}

const NOTHING = { calls: 0, inputTokens: 0, outputTokens: 0, cost: 0 };

/** The sum of the costs that are known; null if none is. */
export function knownCost(cells: Iterable<Pick<OutcomeCell, 'cost'>>): number | null {
  let sum: number | null = null;
  for (const { cost } of cells) if (cost !== null && cost !== undefined) sum = (sum ?? 0) + cost;
  return sum;
}

function modelSummary(model: string, cells: readonly OutcomeCell[], repeats: number): ModelSummary {
  const present = cells.filter((cell) => cell.quality !== null);
  const failures: Record<string, number> = {};
  let spared = 0;
  for (const { quality, status, flags } of cells) {
    if (quality !== null) continue;
    if (flags?.includes(ENOUGH)) spared++;
    else failures[status] = (failures[status] ?? 0) + 1;
  }
  const asked = cells.length - spared;
  const latencies: number[] = [];
  for (const { latency } of cells) if (latency != null) latencies.push(latency);
  const shareOf = (part: number, whole: number) => (whole > 0 ? part / whole : 0);
  return {
    model,
    present: present.length,
    calls: cells.length,
    quality: meanInterval(qualitiesPerQuery(cells, repeats)),
    cost: knownCost(cells),
    inputTokens: sumOf(cells, 'inputTokens'),
    outputTokens: sumOf(cells, 'outputTokens'),
    latency: latencies.length > 0 ? median(latencies) : null,
    spared,
    missing: shareOf(asked - present.length, asked),
    unscored: shareOf(failures.unscored ?? 0, asked),
    unparsed: shareOf(present.filter(({ flags }) => flags?.includes('unparsed')).length, present.length),
    failures,
  };
}

function* qualitiesPerQuery(cells: readonly OutcomeCell[], repeats: number): Generator<number> {
  for (let i = 0; i < cells.length; i += repeats) {
    const quality = repeats === 1 ? cells[i]!.quality : cellOfRepeats(cells.slice(i, i + repeats)).quality;
    if (quality !== null) yield quality;
  }
}

function sumOf(cells: readonly OutcomeCell[], key: 'inputTokens' | 'outputTokens'): number {
  return cells.reduce((sum, cell) => sum + (cell[key] ?? 0), 0);
}
