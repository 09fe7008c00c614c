// A model that joins a fitted router with a few of its outcomes (cold start): what it brings, and columns put beside others.
import type { Tensor } from '../inference/tensor.js';
import type { Matrix } from '../math/matrix.js';
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
