// L-BFGS: the minimum of a smooth function from its values and gradients. Nocedal & Wright (2006), Numerical Optimization, section 7.2.
import { dot } from './distance.js';

export interface Evaluated {
  readonly value: number;
  readonly gradient: Float64Array;
}

export interface LbfgsOptions {
  readonly steps?: number;
  /** Done when no component of the gradient is larger. */
  readonly tolerance?: number;
}

/** Pairs of steps and gradient changes that the curvature is learned from. */
const MEMORY = 10;
/** How much of the predicted decrease a step must bring (Armijo). */
const SUFFICIENT_DECREASE = 1e-4;
const SHORTEST = 1e-12;

/** The point that was reached; `start` is not changed. */
export function lbfgs(
  evaluate: (point: Float64Array) => Evaluated,
  start: Float64Array,
  { steps = 200, tolerance = 1e-5 }: LbfgsOptions = {},
): Float64Array {
  let point: Float64Array = start.slice();
  let here = evaluate(point);
  const pairs: { s: Float64Array; y: Float64Array; rho: number }[] = [];
  for (let step = 0; step < steps && largest(here.gradient) > tolerance; step++) {
    const direction = downhill(here.gradient, pairs);
    const slope = dot(direction, here.gradient);
    let length = pairs.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(here.gradient, here.gradient))) : 1;
    let next = moved(point, direction, length);
    let there = evaluate(next);
    while (!(there.value <= here.value + SUFFICIENT_DECREASE * length * slope)) {
      length /= 2;
      if (length < SHORTEST) return point;
      next = moved(point, direction, length);
      there = evaluate(next);
    }
    const s = direction.map((value) => length * value);
    const y = there.gradient.map((value, i) => value - here.gradient[i]!);
    const curvature = dot(s, y);
    if (curvature > 1e-12) pairs.push({ s, y, rho: 1 / curvature });
    if (pairs.length > MEMORY) pairs.shift();
    point = next;
    here = there;
  }
  return point;
}

/** −H·gradient by the two-loop recursion. */
function downhill(
  gradient: Float64Array,
  pairs: readonly { s: Float64Array; y: Float64Array; rho: number }[],
): Float64Array {
  const q = gradient.map((value) => -value);
  const alphas = new Float64Array(pairs.length);
  for (let i = pairs.length - 1; i >= 0; i--) {
    const { s, y, rho } = pairs[i]!;
    alphas[i] = rho * dot(s, q);
    add(q, y, -alphas[i]!);
  }
  const last = pairs.at(-1);
  if (last) {
    const scale = 1 / (last.rho * dot(last.y, last.y));
    for (let i = 0; i < q.length; i++) q[i]! *= scale;
  }
  for (const [i, { s, y, rho }] of pairs.entries()) add(q, s, alphas[i]! - rho * dot(y, q));
  return q;
}

function add(to: Float64Array, what: Float64Array, times: number): void {
  for (let i = 0; i < to.length; i++) to[i]! += times * what[i]!;
}

function moved(point: Float64Array, direction: Float64Array, length: number): Float64Array {
  return point.map((value, i) => value + length * direction[i]!);
}

function largest(gradient: Float64Array): number {
  return gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
