// Platt scaling: decision values → probabilities, P(y = 1 | f) = 1 / (1 + exp(A f + B)).
// Platt (1999); Newton's method with backtracking and the stable loss of Lin, Lin and Weng, Machine Learning 68 (2007).

export interface PlattScale {
  readonly a: number;
  readonly b: number;
}

const MAX_STEPS = 100;
const GRADIENT_TOLERANCE = 1e-5;
/** Keeps the Hessian invertible. */
const RIDGE = 1e-12;
const SMALLEST_STEP = 1e-10;
/** How much of the predicted decrease a step must bring (Armijo). */
const SUFFICIENT_DECREASE = 1e-4;

/**
 * Fits A and B by cross entropy; fit on decisions of rows that the machine has not seen.
 * @param decisions [n] f
 * @param outcomes [n] 1 = positive, 0 = negative, a fraction counts partly as both; pulled off 0 and 1 by Platt's prior,
 * (n₊ + 1)/(n₊ + 2) and 1/(n₋ + 2)
 */
export function fitPlatt(decisions: ArrayLike<number>, outcomes: ArrayLike<number>): PlattScale {
  const positives = sumOf(outcomes);
  const negatives = outcomes.length - positives;
  const high = (positives + 1) / (positives + 2);
  const low = 1 / (negatives + 2);
  const targets = Float64Array.from(outcomes, (y) => y * high + (1 - y) * low);
  let scale: PlattScale = { a: 0, b: Math.log((negatives + 1) / (positives + 1)) };
  let loss = lossOf(decisions, targets, scale);
  for (let step = 0; step < MAX_STEPS; step++) {
    const { direction, slope, flat } = newtonDirection(decisions, targets, scale);
    if (flat) return scale;
    let length = 1;
    for (; length >= SMALLEST_STEP; length /= 2) {
      const next = { a: scale.a + length * direction.a, b: scale.b + length * direction.b };
      const nextLoss = lossOf(decisions, targets, next);
      if (nextLoss >= loss + SUFFICIENT_DECREASE * length * slope) continue;
      scale = next;
      loss = nextLoss;
      break;
    }
    if (length < SMALLEST_STEP) return scale;
  }
  return scale;
}

/** P(y = 1 | f). */
export function plattProbability(decision: number, { a, b }: PlattScale): number {
  return sigmoid(-(a * decision + b));
}

function newtonDirection(decisions: ArrayLike<number>, targets: Float64Array, scale: PlattScale) {
  let h11 = RIDGE;
  let h22 = RIDGE;
  let h21 = 0;
  let g1 = 0;
  let g2 = 0;
  targets.forEach((target, i) => {
    const f = decisions[i]!;
    const p = plattProbability(f, scale);
    const curvature = p * (1 - p);
    h11 += f * f * curvature;
    h22 += curvature;
    h21 += f * curvature;
    g1 += f * (target - p);
    g2 += target - p;
  });
  const determinant = h11 * h22 - h21 * h21;
  const direction = { a: -(h22 * g1 - h21 * g2) / determinant, b: -(h11 * g2 - h21 * g1) / determinant };
  const flat = Math.abs(g1) < GRADIENT_TOLERANCE && Math.abs(g2) < GRADIENT_TOLERANCE;
  return { direction, slope: g1 * direction.a + g2 * direction.b, flat };
}

/** Σ −t log p − (1 − t) log(1 − p) = Σ log(1 + exp(z)) − (1 − t) z with z = A f + B, without overflow. */
function lossOf(decisions: ArrayLike<number>, targets: Float64Array, { a, b }: PlattScale): number {
  let loss = 0;
  targets.forEach((target, i) => {
    const z = a * decisions[i]! + b;
    loss += Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - (1 - target) * z;
  });
  return loss;
}

function sigmoid(z: number): number {
  return z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z));
}

function sumOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum;
}
