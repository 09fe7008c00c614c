// Class weights: what a model's outcomes count where some models have many and others few.
import type { Matrix } from '../math/matrix.js';

/**
 * [M] total / (M · own): with these every model's cells weigh the same in sum, and all cells together what they weighed before.
 * A model of weight 0 keeps 1.
 * @param mass [N×M] what each cell weighs
 */
export function balancedWeights({ rows, cols, data }: Matrix<Float32Array>): Float64Array {
  const sums = new Float64Array(cols);
  for (let i = 0; i < rows; i++) for (let m = 0; m < cols; m++) sums[m]! += data[i * cols + m]!;
  const heard = sums.filter((sum) => sum > 0);
  const mean = heard.reduce((total, sum) => total + sum, 0) / Math.max(1, heard.length);
  return sums.map((sum) => (sum > 0 ? mean / sum : 1));
}
