// Linear support-vector machines over given features: the dual by one multiplier at a time, no kernel matrix.
// Hsieh, Chang, Lin, Keerthi and Sundararajan (2008), ICML, algorithms 1 and 3 (shrinking); regression: Ho and Lin, JMLR 13 (2012).
import { setImmediate } from 'node:timers/promises';
import { throwIfAborted } from '../../errors/vsr-error.js';
import { dot } from '../../math/distance.js';
import { type Matrix, rowOf } from '../../math/matrix.js';
import { bitSource, seededRandom } from '../../math/random.js';
import type { ModelProblem } from './problems.js';

export interface DescentOptions {
  /** The largest violation of the optimality conditions that may remain. */
  readonly tol: number;
  readonly seed: number;
  /** Over all rows; default 100. */
  readonly maxPasses?: number;
  readonly signal?: AbortSignal | undefined;
}

/** f(x) = w·x + b; b is the weight of a constant feature 1, small and flat like the others. */
export interface LinearSolution {
  /** [r] w */
  readonly weights: Float64Array;
  /** b */
  readonly intercept: number;
  /** The violation that remains: below `tol`, unless `maxPasses` came first. */
  readonly gap: number;
  /** Visits of single rows. */
  readonly steps: number;
}

/** Rows visited between two chances for an interrupt to be heard. */
const ROWS_PER_TURN = 20_000;

/**
 * min_β ½ |Σ βᵢ(xᵢ, 1)|² − tᵀβ + ε Σ|βᵢ|,  lowerᵢ ≤ βᵢ ≤ upperᵢ: the problem of smo.ts but for Σβᵢ = 0, which an intercept
 * that costs nothing would demand.
 * @param features [n×r]. Throws `VSR_ABORTED`.
 */
export async function solveLinear(
  features: Matrix,
  problem: ModelProblem,
  { tol, seed, maxPasses = 100, signal }: DescentOptions,
): Promise<LinearSolution> {
  const state = start(features, problem);
  const bits = bitSource(seededRandom(seed).fork('svm order of rows'));
  let steps = 0;
  let gap = 0;
  let visited = 0;
  const most = maxPasses * state.all.length;
  while (steps < most) {
    shuffle(state.active, bits);
    gap = 0;
    const kept: number[] = [];
    const whole = state.active.length === state.all.length;
    for (const i of state.active) {
      const violation = visit(features, problem, state, i);
      gap = Math.max(gap, violation);
      // A row that is content where it stands, by more than any row was discontent in the last pass, will stay so for now.
      if (violation > -state.lastGap) kept.push(i);
      if (++visited % ROWS_PER_TURN === 0) {
        await setImmediate();
        throwIfAborted(signal);
      }
    }
    steps += Math.max(1, state.active.length);
    if (gap < tol && whole) break;
    const settled = gap < tol;
    state.active = settled ? state.all.slice() : kept;
    state.lastGap = settled ? Number.POSITIVE_INFINITY : gap;
  }
  return { weights: state.weights, intercept: state.intercept, gap, steps };
}

interface DescentState {
  /** [n] */
  readonly beta: Float64Array;
  readonly weights: Float64Array;
  intercept: number;
  /** [n] |x|² + 1 */
  readonly curvature: Float64Array;
  /** Rows that take part. */
  readonly all: number[];
  /** Those of them that this pass visits. */
  active: number[];
  lastGap: number;
}

function start(features: Matrix, { lower, upper }: ModelProblem): DescentState {
  const rows = Array.from({ length: features.rows }, (_, i) => i);
  const all = rows.filter((i) => lower[i]! < 0 || upper[i]! > 0);
  return {
    beta: new Float64Array(features.rows),
    weights: new Float64Array(features.cols),
    intercept: 0,
    curvature: Float64Array.from(rows, (i) => dot(rowOf(features, i), rowOf(features, i)) + 1),
    all,
    active: all.slice(),
    lastGap: Number.POSITIVE_INFINITY,
  };
}

/** Puts βᵢ where it is best with all others fixed. Returns by how much it was violated before; negative = content at a bound or at 0. */
function visit(features: Matrix, problem: ModelProblem, state: DescentState, i: number): number {
  const { beta, weights, curvature } = state;
  const [low, high, tube] = [problem.lower[i]!, problem.upper[i]!, problem.tube];
  const x = rowOf(features, i);
  const residual = problem.targets[i]! - dot(x, weights) - state.intercept;
  const old = beta[i]!;
  const rise = old < high ? residual - (old < 0 ? -tube : tube) : Number.NEGATIVE_INFINITY;
  const fall = old > low ? -residual - (old > 0 ? -tube : tube) : Number.NEGATIVE_INFINITY;
  const violation = Math.max(rise, fall);
  if (violation <= 0) return violation;
  const pull = curvature[i]! * old + residual;
  const wanted = (Math.sign(pull) * Math.max(0, Math.abs(pull) - tube)) / curvature[i]!;
  const delta = Math.min(high, Math.max(low, wanted)) - old;
  beta[i]! += delta;
  for (let k = 0; k < x.length; k++) weights[k]! += delta * x[k]!;
  state.intercept += delta;
  return violation;
}

function shuffle(rows: number[], bits: () => number): void {
  for (let i = rows.length - 1; i > 0; i--) {
    const j = bits() % (i + 1);
    [rows[i], rows[j]] = [rows[j]!, rows[i]!];
  }
}
