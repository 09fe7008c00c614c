// Sequential minimal optimisation: the dual of support-vector classification and regression, two multipliers at a time.
// Working sets by second-order information: Fan, Chen and Lin, JMLR 6 (2005), algorithm 2; the regression's pair of
// multipliers per row (Smola and Schölkopf 2004) is one signed β per row here, α − α*.
import { setImmediate } from 'node:timers/promises';
import { throwIfAborted } from '../../errors/vsr-error.js';

/** A symmetric kernel matrix [n×n], row-major. */
export interface Gram {
  readonly size: number;
  readonly data: Float32Array | Float64Array;
}

/**
 * min_β ½ βᵀKβ − tᵀβ + ε Σ|βᵢ|,  lowerᵢ ≤ βᵢ ≤ upperᵢ,  Σβᵢ = 0;  f(x) = Σ βᵢ k(xᵢ, x) + b.
 * Classification: t = label ±1, ε = 0, β between 0 and label · C. Regression: t = target, β in [−C, C].
 * A row with both bounds 0 takes no part.
 */
export interface SmoProblem {
  readonly gram: Gram;
  /** [n] t */
  readonly targets: Float64Array;
  /** [n] at most 0 */
  readonly lower: Float64Array;
  /** [n] at least 0 */
  readonly upper: Float64Array;
  /** ε */
  readonly tube: number;
}

export interface SmoOptions {
  /** The largest violation of the optimality (KKT) conditions that may remain. */
  readonly tol: number;
  /** Default max(200,000, 100·n). */
  readonly maxSteps?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface SmoSolution {
  /** [n] β; exactly 0 where the row is no support vector. */
  readonly beta: Float64Array;
  /** b */
  readonly intercept: number;
  /** The violation that remains: below `tol`, unless `maxSteps` came first. */
  readonly gap: number;
  readonly steps: number;
}

/** Steps between two chances for an interrupt to be heard. */
const STEPS_PER_TURN = 1000;
/** Stands for a curvature that rounding made zero or negative. */
const MIN_CURVATURE = 1e-12;

/** Throws `VSR_ABORTED`. */
export async function solveDual(problem: SmoProblem, options: SmoOptions): Promise<SmoSolution> {
  const { tol, signal } = options;
  const maxSteps = options.maxSteps ?? Math.max(200_000, 100 * problem.gram.size);
  const state = startAtZero(problem);
  while (state.gap >= tol && state.steps < maxSteps) {
    takeSteps(problem, state, tol, Math.min(STEPS_PER_TURN, maxSteps - state.steps));
    await setImmediate();
    throwIfAborted(signal);
  }
  return { beta: state.beta, intercept: interceptOf(problem, state), gap: state.gap, steps: state.steps };
}

interface SmoState {
  /** [n] */
  readonly beta: Float64Array;
  /** [n] t − Kβ, the direction of descent but for ε. */
  readonly residual: Float64Array;
  /** [n] added to the residual: what raising β gains; −∞ where β is at its upper bound. */
  readonly rise: Float64Array;
  /** [n] added to the residual: what lowering β loses; +∞ where β is at its lower bound. */
  readonly fall: Float64Array;
  /** [n] k(x, x) */
  readonly diagonal: Float64Array;
  /** The row that gains most by rising, its gain, and the least loss by falling of any row. */
  best: number;
  highest: number;
  lowest: number;
  /** highest − lowest, the violation of the optimality conditions. */
  gap: number;
  steps: number;
}

function startAtZero({ gram, targets, lower, upper, tube }: SmoProblem): SmoState {
  const n = gram.size;
  const state: SmoState = {
    beta: new Float64Array(n),
    residual: targets.slice(),
    rise: upper.map((bound) => (bound > 0 ? -tube : Number.NEGATIVE_INFINITY)),
    fall: lower.map((bound) => (bound < 0 ? tube : Number.POSITIVE_INFINITY)),
    diagonal: Float64Array.from({ length: n }, (_, i) => gram.data[i * n + i]!),
    best: -1,
    highest: 0,
    lowest: 0,
    gap: 0,
    steps: 0,
  };
  shiftResidual(gram, state, 0, 0, 0);
  return state;
}

function takeSteps(problem: SmoProblem, state: SmoState, tol: number, count: number): void {
  const { gram, lower, upper, tube } = problem;
  const { beta, residual, rise, fall, diagonal } = state;
  const n = gram.size;
  for (let step = 0; step < count && state.gap >= tol; step++) {
    const i = state.best;
    const j = partnerOf(gram, state, i);
    const curvature = diagonal[i]! + diagonal[j]! - 2 * gram.data[i * n + j]!;
    const violation = state.highest - (residual[j]! + fall[j]!);
    // A step ends at a bound, or at 0, where the sign of ε turns.
    const roomUp = (beta[i]! < 0 ? 0 : upper[i]!) - beta[i]!;
    const roomDown = beta[j]! - (beta[j]! > 0 ? 0 : lower[j]!);
    const wanted = violation / Math.max(curvature, MIN_CURVATURE);
    const delta = Math.min(wanted, roomUp, roomDown);
    // At its end β is set, not added up, so that a bound is met exactly.
    beta[i] = delta === roomUp ? (beta[i]! < 0 ? 0 : upper[i]!) : beta[i]! + delta;
    beta[j] = delta === roomDown ? (beta[j]! > 0 ? 0 : lower[j]!) : beta[j]! - delta;
    for (const k of [i, j]) {
      rise[k] = beta[k]! < upper[k]! ? (beta[k]! < 0 ? tube : -tube) : Number.NEGATIVE_INFINITY;
      fall[k] = beta[k]! > lower[k]! ? (beta[k]! > 0 ? -tube : tube) : Number.POSITIVE_INFINITY;
    }
    shiftResidual(gram, state, i, j, delta);
    state.steps++;
  }
}

/** The row j that promises the largest decrease together with i: violation² / curvature, compared without dividing. */
function partnerOf({ size: n, data }: Gram, { residual, fall, diagonal, highest }: SmoState, i: number): number {
  const own = diagonal[i]!;
  const row = i * n;
  let best = -1;
  let bestSquare = 0;
  let bestCurvature = 1;
  for (let k = 0; k < n; k++) {
    const violation = highest - residual[k]! - fall[k]!;
    if (violation > 0) {
      const curvature = Math.max(own + diagonal[k]! - 2 * data[row + k]!, MIN_CURVATURE);
      const square = violation * violation;
      if (square * bestCurvature > bestSquare * curvature) {
        best = k;
        bestSquare = square;
        bestCurvature = curvature;
      }
    }
  }
  return best;
}

/** residual −= δ(Kᵢ − Kⱼ), and in the same pass over memory the next gap and the next i. */
function shiftResidual({ size: n, data }: Gram, state: SmoState, i: number, j: number, delta: number): void {
  const { residual, rise, fall } = state;
  const rowI = i * n;
  const rowJ = j * n;
  let best = -1;
  let highest = Number.NEGATIVE_INFINITY;
  let lowest = Number.POSITIVE_INFINITY;
  for (let k = 0; k < n; k++) {
    const value = residual[k]! - delta * (data[rowI + k]! - data[rowJ + k]!);
    residual[k] = value;
    const gain = value + rise[k]!;
    const loss = value + fall[k]!;
    if (gain > highest) {
      highest = gain;
      best = k;
    }
    if (loss < lowest) lowest = loss;
  }
  state.best = best;
  state.highest = highest;
  state.lowest = lowest;
  state.gap = highest - lowest;
}

/** b: the mean over free multipliers of t − ε·sign(β) − Kβ; none free: the middle of what the bounds allow. */
function interceptOf({ lower, upper, tube }: SmoProblem, { beta, residual, highest, lowest }: SmoState): number {
  let sum = 0;
  let free = 0;
  for (let i = 0; i < beta.length; i++) {
    if (beta[i] === 0 || beta[i] === lower[i] || beta[i] === upper[i]) continue;
    sum += residual[i]! - Math.sign(beta[i]!) * tube;
    free++;
  }
  return free ? sum / free : (highest + lowest) / 2;
}
