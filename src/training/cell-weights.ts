// What each outcome counts in a loss: nothing where it is missing, else the product of the weights given.
import type { Matrix } from '../math/matrix.js';

export interface WeightFactors {
  /** [M] a weight per model (a class weight). */
  readonly models?: ArrayLike<number>;
  /** [N] a weight per row. */
  readonly rows?: ArrayLike<number>;
  /** [N×M] a weight per cell. */
  readonly cells?: Matrix<Float32Array | Float64Array>;
}

/** [N×M] the weights; 0 where `quality` is NaN. */
export function cellWeights(quality: Matrix<Float64Array>, factors: WeightFactors = {}): Float32Array {
  const { models, rows, cells } = factors;
  return Float32Array.from(quality.data, (value, at) => {
    if (Number.isNaN(value)) return 0;
    const row = Math.floor(at / quality.cols);
    return (models?.[at % quality.cols] ?? 1) * (rows?.[row] ?? 1) * (cells?.data[at] ?? 1);
  });
}
