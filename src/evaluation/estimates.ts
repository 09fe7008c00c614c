// One bootstrap for a whole report: every mean sees the same resamples, so that they can be held against each other.
import { seededResamples } from '../math/resample.js';
import { bootstrapMeans, type GroupNumbers, groupValues, percentileInterval, twoSidedP } from './bootstrap.js';
import { presentMean } from './choice-metrics.js';
import { inLots } from './lots.js';
import type { Estimate } from './report.js';

export interface BootstrapOptions {
  /** Number of resamples. */
  readonly bootstrap: number;
  readonly seed: number;
  /** As in 0.95. */
  readonly confidence: number;
}

export interface BootstrapEstimate {
  readonly estimate: Estimate;
  /** The same at 95 %, for the formula of needed queries. */
  readonly at95: Estimate;
  /** Two-sided p of "the mean is 0". */
  readonly p: number;
}

/**
 * The mean of every vector with its interval, found again by the vector itself; a vector without values has none.
 * More than 20,000 groups are drawn in lots.
 * @param vectors each [N], one value per query, NaN = not part of the mean
 * @param rowsOf of which queries a shorter vector has its values
 */
export function estimateAll(
  vectors: Iterable<Float64Array>,
  separate: GroupNumbers,
  { bootstrap, seed, confidence }: BootstrapOptions,
  rowsOf: ReadonlyMap<Float64Array, Int32Array> = new Map(),
): ReadonlyMap<Float64Array, BootstrapEstimate> {
  const filled = [...new Set(vectors)].filter((values) => values.some((value) => !Number.isNaN(value)));
  const groups = inLots(separate, seed);
  const means = bootstrapMeans(
    filled.map((values) => groupValues(values, groups, rowsOf.get(values))),
    seededResamples(seed, groups.count),
    bootstrap,
  );
  return new Map(
    filled.map((values, k) => {
      const delta = presentMean(values);
      const estimate = { delta, ...percentileInterval(means[k]!, confidence) };
      const at95 = confidence === 0.95 ? estimate : { delta, ...percentileInterval(means[k]!, 0.95) };
      return [values, { estimate, at95, p: twoSidedP(means[k]!) }];
    }),
  );
}
