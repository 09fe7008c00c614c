// Small logistic regressions with a normal prior on every coefficient, solved by Newton's method in float64.
// Bishop (2006), Pattern Recognition and Machine Learning, section 4.3.3 (iterative reweighted least squares).
import { dot } from './distance.js';
import { type Matrix, rowOf } from './matrix.js';

export interface LogisticProblem {
  /** [n×P] */
  readonly inputs: Matrix<Float64Array>;
  /** [n] in [0, 1] */
  readonly targets: ArrayLike<number>;
  /** [n] not negative. */
  readonly weights: ArrayLike<number>;
  /** [n] what is added to each row's logit. */
  readonly offsets: ArrayLike<number>;
  /** [P] where the prior puts each coefficient. */
  readonly centre: ArrayLike<number>;
  /** [P] positive: 1 / variance of the prior. */
  readonly precision: ArrayLike<number>;
}

const MOST_STEPS = 100;
const TINY_STEP = 1e-10;

/** The coefficients w [P] that minimise Σ weight·(softplus(z) − target·z) + ½ Σ precision·(w − centre)², z = inputs·w + offset. */
export function logisticRegression(problem: LogisticProblem): Float64Array {
  let w: Float64Array = Float64Array.from(problem.centre);
  let value = objective(problem, w);
  for (let i = 0; i < MOST_STEPS; i++) {
    const step = newtonStep(problem, w);
    let share = 1;
    let next = moved(w, step, share);
    // Far from the minimum a whole step may overshoot; the problem is convex, so a shorter one goes down.
    while (objective(problem, next) > value && share > TINY_STEP) {
      share /= 2;
      next = moved(w, step, share);
    }
    w = next;
    value = objective(problem, w);
    if (share * Math.max(...step.map(Math.abs)) < TINY_STEP) break;
  }
  return w;
}

/**
 * Standard deviation of coefficient `p` around the solution `w`, by the curvature there (Laplace's approximation; Bishop 2006,
 * section 4.5.1).
 */
export function coefficientDeviation(problem: LogisticProblem, w: Float64Array, p: number): number {
  const unit = new Float64Array(w.length);
  unit[p] = 1;
  return Math.sqrt(solvePositive(curvatureAt(problem, w).hessian, unit)[p]!);
}

function objective({ inputs, targets, weights, offsets, centre, precision }: LogisticProblem, w: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < inputs.rows; i++) {
    const z = dot(rowOf(inputs, i), w) + offsets[i]!;
    sum += weights[i]! * (Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - targets[i]! * z);
  }
  for (let p = 0; p < w.length; p++) sum += 0.5 * precision[p]! * (w[p]! - centre[p]!) ** 2;
  return sum;
}

/** −H⁻¹·gradient */
function newtonStep(problem: LogisticProblem, w: Float64Array): Float64Array {
  const { hessian, downhill } = curvatureAt(problem, w);
  return solvePositive(hessian, downhill);
}

/** The lower half of H [P×P], and −gradient [P]. */
function curvatureAt(problem: LogisticProblem, w: Float64Array): { hessian: Float64Array; downhill: Float64Array } {
  const { inputs, targets, weights, offsets, centre, precision } = problem;
  const P = w.length;
  const hessian = new Float64Array(P * P);
  const downhill = w.map((value, p) => precision[p]! * (centre[p]! - value));
  for (let p = 0; p < P; p++) hessian[p * P + p] = precision[p]!;
  for (let i = 0; i < inputs.rows; i++) {
    const x = rowOf(inputs, i);
    const chance = 1 / (1 + Math.exp(-(dot(x, w) + offsets[i]!)));
    const curvature = weights[i]! * chance * (1 - chance);
    for (let p = 0; p < P; p++) {
      downhill[p]! += weights[i]! * (targets[i]! - chance) * x[p]!;
      for (let q = 0; q <= p; q++) hessian[p * P + q]! += curvature * x[p]! * x[q]!;
    }
  }
  return { hessian, downhill };
}

/** x of A·x = b by Cholesky's decomposition; A [P×P] symmetric and positive, its lower half read and overwritten. */
function solvePositive(A: Float64Array, b: Float64Array): Float64Array {
  const P = b.length;
  const x = b.slice();
  for (let p = 0; p < P; p++) {
    for (let q = 0; q <= p; q++) {
      let sum = A[p * P + q]!;
      for (let k = 0; k < q; k++) sum -= A[p * P + k]! * A[q * P + k]!;
      A[p * P + q] = p === q ? Math.sqrt(sum) : sum / A[q * P + q]!;
    }
  }
  for (let p = 0; p < P; p++) {
    for (let k = 0; k < p; k++) x[p]! -= A[p * P + k]! * x[k]!;
    x[p]! /= A[p * P + p]!;
  }
  for (let p = P - 1; p >= 0; p--) {
    for (let k = p + 1; k < P; k++) x[p]! -= A[k * P + p]! * x[k]!;
    x[p]! /= A[p * P + p]!;
  }
  return x;
}

function moved(w: Float64Array, step: Float64Array, share: number): Float64Array {
  return w.map((value, p) => value + share * step[p]!);
}
