// What each model's support-vector machine is asked, row by row: "is it among the best here?", or "what quality has it?".
import type { Matrix } from '../../math/matrix.js';
import type { SmoProblem } from './smo.js';

export type ModelProblem = Omit<SmoProblem, 'gram'>;

/** Qualities this near to the row's best count as best. */
const AMONG_BEST = 0.01;

/** Rows with any present cell. */
export function rowsWithOutcome(quality: Matrix<Float64Array>): Int32Array {
  return Int32Array.from({ length: quality.rows }, (_, i) => i).filter((i) => rowFacts(quality, i).count > 0);
}

/**
 * One against the rest, weighted by regret: label +1 where Y[i,m] ≥ y* − 0.01, else −1, and an error there costs
 * C · c_im, c_im = y* − mean of the others for +1, y* − Y[i,m] for −1. A missing cell takes no part.
 * @param quality [n×M] of rows whose cells differ
 */
export function bestProblem(quality: Matrix<Float64Array>, m: number, c: number): ModelProblem {
  const n = quality.rows;
  const problem = { targets: new Float64Array(n), lower: new Float64Array(n), upper: new Float64Array(n), tube: 0 };
  for (let i = 0; i < n; i++) {
    const own = quality.data[i * quality.cols + m]!;
    if (Number.isNaN(own)) continue;
    const { best, sum, count } = rowFacts(quality, i);
    if (own >= best - AMONG_BEST) {
      problem.targets[i] = 1;
      problem.upper[i] = c * Math.max(0, best - (sum - own) / (count - 1));
    } else {
      problem.targets[i] = -1;
      problem.lower[i] = -c * (best - own);
    }
  }
  return problem;
}

/** Epsilon-regression of the model's quality; a missing cell takes no part. */
export function scoresProblem(quality: Matrix<Float64Array>, m: number, c: number, epsilon: number): ModelProblem {
  const own = Float64Array.from({ length: quality.rows }, (_, i) => quality.data[i * quality.cols + m]!);
  return {
    targets: own.map((value) => (Number.isNaN(value) ? 0 : value)),
    lower: own.map((value) => (Number.isNaN(value) ? 0 : -c)),
    upper: own.map((value) => (Number.isNaN(value) ? 0 : c)),
    tube: epsilon,
  };
}

interface RowFacts {
  readonly count: number;
  readonly sum: number;
  readonly best: number;
}

function rowFacts({ cols, data }: Matrix<Float64Array>, row: number): RowFacts {
  let count = 0;
  let sum = 0;
  let best = Number.NEGATIVE_INFINITY;
  for (let at = row * cols; at < (row + 1) * cols; at++) {
    const value = data[at]!;
    if (Number.isNaN(value)) continue;
    count++;
    sum += value;
    best = Math.max(best, value);
  }
  return { count, sum, best };
}
