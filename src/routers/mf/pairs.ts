// Which model beat which, and by how much: the pairwise view of outcomes.
import type { Matrix } from '../../math/matrix.js';

/** Beyond this difference a win counts no more. */
const FULL_WIN = 0.3;

export interface PairWeights {
  /** [M×M×B] q_ab = clip(Y_a − Y_b, 0, 0.3) over pairs of present cells. */
  readonly data: Float32Array;
  /** Σ q */
  readonly total: number;
}

/** @param quality [N×M], NaN = missing */
export function pairWeights(quality: Matrix<Float64Array>, rows: Int32Array): PairWeights {
  const M = quality.cols;
  const B = rows.length;
  const data = new Float32Array(M * M * B);
  let total = 0;
  rows.forEach((row, i) => {
    for (let a = 0; a < M; a++) {
      for (let b = 0; b < M; b++) {
        const difference = quality.data[row * M + a]! - quality.data[row * M + b]!;
        if (!(difference > 0)) continue; // also a missing cell
        const weight = Math.min(difference, FULL_WIN);
        data[(a * M + b) * B + i] = weight;
        total += weight;
      }
    }
  });
  return { data, total };
}
