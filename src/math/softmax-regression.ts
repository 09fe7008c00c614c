// Multinomial logistic regression with a normal prior on the weights, by L-BFGS; rows of zeros and near-empty rows cost little.
// Bishop (2006), Pattern Recognition and Machine Learning, section 4.3.4.
import { lbfgs } from './lbfgs.js';
import type { Matrix } from './matrix.js';

export interface SoftmaxModel {
  /** [K×P] */
  readonly weights: Float32Array;
  /** [K] */
  readonly bias: Float32Array;
}

/**
 * Minimises Σ −log p(class of row) + ½ precision Σ weights², the bias free.
 * @param inputs [n×P]
 * @param classes [n] 0 … K − 1
 */
export function softmaxRegression(
  inputs: Matrix,
  classes: ArrayLike<number>,
  K: number,
  precision: number,
): SoftmaxModel {
  const P = inputs.cols;
  const sparse = Array.from({ length: inputs.rows }, (_, i) => nonZero(inputs, i));
  const scores = new Float64Array(K);
  const solution = lbfgs(
    (w) => {
      const gradient = new Float64Array(w.length);
      let value = 0;
      for (let j = 0; j < K * P; j++) {
        value += 0.5 * precision * w[j]! * w[j]!;
        gradient[j] = precision * w[j]!;
      }
      sparse.forEach(({ at, values }, i) => {
        for (let k = 0; k < K; k++) {
          let sum = w[K * P + k]!;
          for (let j = 0; j < at.length; j++) sum += w[k * P + at[j]!]! * values[j]!;
          scores[k] = sum;
        }
        const total = logSumExp(scores);
        value += total - scores[classes[i]!]!;
        for (let k = 0; k < K; k++) {
          const error = Math.exp(scores[k]! - total) - Number(k === classes[i]);
          gradient[K * P + k]! += error;
          for (let j = 0; j < at.length; j++) gradient[k * P + at[j]!]! += error * values[j]!;
        }
      });
      return { value, gradient };
    },
    new Float64Array(K * P + K),
    { steps: 100, tolerance: 1e-3 },
  );
  return { weights: Float32Array.from(solution.subarray(0, K * P)), bias: Float32Array.from(solution.subarray(K * P)) };
}

/** [n×K] as rows of one array: weights · input + bias. */
export function softmaxScores({ weights, bias }: SoftmaxModel, inputs: Matrix): Float64Array {
  const K = bias.length;
  const P = inputs.cols;
  const out = new Float64Array(inputs.rows * K);
  for (let i = 0; i < inputs.rows; i++) {
    const { at, values } = nonZero(inputs, i);
    for (let k = 0; k < K; k++) {
      let sum = bias[k]!;
      for (let j = 0; j < at.length; j++) sum += weights[k * P + at[j]!]! * values[j]!;
      out[i * K + k] = sum;
    }
  }
  return out;
}

/** log Σ exp, without overflow. */
export function logSumExp(values: Float64Array): number {
  const most = Math.max(...values);
  let sum = 0;
  for (const value of values) sum += Math.exp(value - most);
  return most + Math.log(sum);
}

function nonZero(inputs: Matrix, row: number): { at: Int32Array; values: Float32Array } {
  const values = inputs.data.subarray(row * inputs.cols, (row + 1) * inputs.cols);
  let count = 0;
  for (const value of values) if (value !== 0) count++;
  const at = new Int32Array(count);
  const kept = new Float32Array(count);
  let next = 0;
  values.forEach((value, j) => {
    if (value === 0) return;
    at[next] = j;
    kept[next++] = value;
  });
  return { at, values: kept };
}
