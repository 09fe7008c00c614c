// What a benchmark run found, model by model.
import type { OutcomeRow } from '../data/outcome.js';
import type { Interval } from './bootstrap.js';
import { meanInterval } from './mean-interval.js';

export interface ModelSummary {
  readonly model: string;
  /** Queries asked of it. */
  readonly queries: number;
  readonly quality: number | null;
  readonly qualityInterval: Interval | null;
  /** Share of the queries without a quality. */
  readonly missingShare: number;
  /** Share of the scored answers in which no answer could be found; they count as wrong. */
  readonly unparsedShare: number;
  /** Dollars in all; null where no price is known. */
  readonly cost: number | null;
  /** Mean milliseconds; null where unknown. */
  readonly latency: number | null;
}

/** One summary a model, in the given order; a model without a cell in a row is missing there. */
export function benchmarkSummary(rows: Iterable<OutcomeRow>, models: readonly string[]): ModelSummary[] {
  const found = models.map(() => ({
    qualities: [] as number[],
    unparsed: 0,
    costs: [] as number[],
    times: [] as number[],
  }));
  let queries = 0;
  for (const { outcomes } of rows) {
    queries++;
    models.forEach((model, m) => {
      const cell = outcomes[model];
      const { qualities, costs, times } = found[m]!;
      if (cell?.quality != null) qualities.push(cell.quality);
      if (cell?.quality != null && cell.flags?.includes('unparsed')) found[m]!.unparsed++;
      if (cell?.cost != null) costs.push(cell.cost);
      if (cell?.latency != null) times.push(cell.latency);
    });
  }
  return models.map((model, m) => {
    const { qualities, unparsed, costs, times } = found[m]!;
    const quality = meanInterval(qualities);
    return {
      model,
      queries,
      quality: quality?.mean ?? null,
      qualityInterval: quality && { low: quality.low, high: quality.high },
      missingShare: queries === 0 ? 0 : 1 - qualities.length / queries,
      unparsedShare: qualities.length === 0 ? 0 : unparsed / qualities.length,
      cost: costs.length === 0 ? null : sum(costs),
      latency: times.length === 0 ? null : sum(times) / times.length,
    };
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
