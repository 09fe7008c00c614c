// A model that joins a fitted router with a few of its outcomes (cold start): what it brings, how far it is believed, and columns
// put beside others.

import type { Tensor } from '../inference/tensor.js';
import type { Matrix } from '../math/matrix.js';
import { mean } from '../math/stats.js';
import type { ModelProfile } from './router.js';

export interface Newcomer {
  readonly model: string;
  /** [n×D] the queries it answered. */
  readonly features: Matrix;
  /** [n] in [0, 1]: no cell is missing. */
  readonly quality: Float64Array;
  /** [n] row of the training table that holds the same query; −1 = the router did not learn on it. */
  readonly rows: Int32Array;
  /** [n×M] what the models the router knows earned on these queries; NaN = missing. */
  readonly others: Matrix<Float64Array>;
  /** [n] dollars; NaN = unknown. Absent where nobody knows. */
  readonly cost?: Float64Array;
  /** [n] milliseconds; NaN = unknown. Absent where nobody knows. */
  readonly latency?: Float64Array;
  /** What a catalogue says of it. */
  readonly profile?: ModelProfile;
}

/** As if one more known model stood a fifth away from the others' mean: two models that happen to be alike say little. */
const PRIOR_SPREAD = 0.2;
/** Largest variance of a value in [0, 1]: counts as one more outcome, since a few equal ones do not say that all are. */
const LARGEST_VARIANCE = 0.25;

/** What a few outcomes say of a newcomer. */
export interface BelievedDistance {
  /** From what the others earn on the same queries. */
  readonly distance: number;
  /** Variance of one outcome's distance. */
  readonly noise: number;
}

/**
 * The mean of a normal prior and of the outcomes together, less one standard deviation. The prior puts a newcomer among the others,
 * as spread as they are. Less, because the highest of several estimates is chosen: an estimate from fifty outcomes is off by
 * .06, more than good models differ by, so by its plain mean a middling newcomer would often take the queries of a better model.
 * @param distances [n] of each outcome from what the others earn on that query
 * @param means [M] mean qualities of the models that are there
 */
export function believedDistance(distances: ArrayLike<number>, means: ArrayLike<number>): BelievedDistance {
  const n = distances.length;
  const noise = (squaredSpread(distances) + LARGEST_VARIANCE) / n;
  const spread = priorVariance(means, PRIOR_SPREAD ** 2);
  const variance = 1 / (1 / spread + n / noise);
  return { distance: ((variance * n) / noise) * mean(distances) - Math.sqrt(variance), noise };
}

/** Variance of values over the known models, with one more that lies √`own` away from their mean. */
export function priorVariance(values: ArrayLike<number>, own: number): number {
  return (squaredSpread(values) + own) / values.length;
}

function squaredSpread(values: ArrayLike<number>): number {
  const centre = mean(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i]! - centre) ** 2;
  return sum;
}

/** [N×M] and [N] → [N×(M+1)]; all other columns keep their values. */
export function withColumn(table: Tensor, column: ArrayLike<number>): Tensor & { readonly data: Float32Array } {
  const [N, M] = table.shape as [number, number];
  const data = new Float32Array(N * (M + 1));
  for (let i = 0; i < N; i++) {
    data.set((table.data as Float32Array).subarray(i * M, (i + 1) * M), i * (M + 1));
    data[i * (M + 1) + M] = column[i]!;
  }
  return { shape: [N, M + 1], data };
}

/** [M] → [M+1] */
export function withValue(vector: Tensor, value: number): Tensor & { readonly data: Float32Array } {
  return { shape: [vector.shape[0]! + 1], data: Float32Array.of(...(vector.data as Float32Array), value) };
}
