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

/** Mean gradient at which the fit is good enough: probabilities no longer move by a thousandth. */
const TOLERANCE = 1e-4;

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
          scores[k] = w[K * P + k]! + weightedSum(w, k * P, at, values);
        }
        const total = logSumExp(scores);
        value += total - scores[classes[i]!]!;
        for (let k = 0; k < K; k++) {
          const error = Math.exp(scores[k]! - total) - Number(k === classes[i]);
          gradient[K * P + k]! += error;
          addTo(gradient, k * P, at, values, error);
        }
      });
      return { value, gradient };
    },
    new Float64Array(K * P + K),
    { steps: 60, tolerance: TOLERANCE * inputs.rows },
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
      out[i * K + k] = bias[k]! + weightedSum(weights, k * P, at, values);
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

interface SparseRow {
  /** Columns of the values; null = all columns, in order. */
  readonly at: Int32Array | null;
  readonly values: Float64Array;
}

function nonZero(inputs: Matrix, row: number): SparseRow {
  const all = inputs.data.subarray(row * inputs.cols, (row + 1) * inputs.cols);
  const at = Int32Array.from(all.keys()).filter((j) => all[j] !== 0);
  if (2 * at.length > all.length) return { at: null, values: Float64Array.from(all) };
  return { at, values: Float64Array.from(at, (j) => all[j]!) };
}

function weightedSum(weights: ArrayLike<number>, offset: number, at: SparseRow['at'], values: Float64Array): number {
  let sum = 0;
  if (at) for (let j = 0; j < at.length; j++) sum += weights[offset + at[j]!]! * values[j]!;
  else for (let j = 0; j < values.length; j++) sum += weights[offset + j]! * values[j]!;
  return sum;
}

function addTo(target: Float64Array, offset: number, at: SparseRow['at'], values: Float64Array, times: number): void {
  if (at) for (let j = 0; j < at.length; j++) target[offset + at[j]!]! += times * values[j]!;
  else for (let j = 0; j < values.length; j++) target[offset + j]! += times * values[j]!;
}
