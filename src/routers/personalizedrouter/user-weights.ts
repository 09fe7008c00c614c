// What a person weighs, where nobody said: the most probable weights given the answers rated so far.
import type { PersonWeights } from '../people.js';
import type { Component } from './components.js';
import { compares, type RatedGroup } from './rated-group.js';

/** How sharply a choice follows the difference of two scores. */
export const CHOICE_SHARPNESS = 10;
const SCORES_PRECISION = 1;
const CHOICES_PRECISION = 10;
const MOST_STEPS = 30;
const TINY_STEP = 1e-9;

/** A rated group with what its answers were worth: a [n×K], signed so that more is better. */
export interface WeighedGroup {
  readonly rated: RatedGroup;
  readonly attributes: readonly Float64Array[];
}

/** Weights [K] of the components there are; where none of them is weighed, quality alone. */
export function componentWeights(weights: PersonWeights, components: readonly Pick<Component, 'name'>[]): Float64Array {
  return scaledToOne(Float64Array.from(components, ({ name }) => weights[name]));
}

/**
 * argmin over w of the fit to the groups + precision/2·‖w − prior‖², then cut at 0 and scaled to add up to 1. Scores: squared
 * errors of rows centred over their models (ridge regression, precision 1). Choices: −Σ y·log softmax(10 w·a), precision 10.
 * Ratings of one answer alone compare nothing and are passed over.
 * @param prior [K] w̄
 */
export function inferredWeights(past: readonly WeighedGroup[], prior: Float64Array): Float64Array {
  const groups = past.filter(({ rated }) => compares(rated));
  if (prior.length === 1 || groups.length === 0) return prior;
  let w = prior.slice();
  for (let step = 0; step < MOST_STEPS; step++) {
    const { gradient, hessian } = slopes(groups, w, prior);
    const change = solve(hessian, gradient);
    // Scores are quadratic: one step is exact. Choices are convex, but where they are nearly certain a whole step overshoots.
    const from = w;
    const moved = (share: number) => from.map((value, k) => value - share * change[k]!);
    let share = 1;
    while (share > TINY_STEP && loss(groups, moved(share), prior) > loss(groups, from, prior)) share /= 2;
    w = moved(share);
    if (groups[0]!.rated.kind === 'scores' || share * Math.max(...change.map(Math.abs)) < TINY_STEP) break;
  }
  return scaledToOne(w);
}

/** softmax over the group of 10 w·a: what the weights alone would choose. */
export function chances({ attributes }: WeighedGroup, w: Float64Array): Float64Array {
  const z = attributes.map((a) => CHOICE_SHARPNESS * weighed(a, w));
  const top = Math.max(...z);
  const e = z.map((value) => Math.exp(value - top));
  const sum = e.reduce((a, b) => a + b, 0);
  return Float64Array.from(e, (value) => value / sum);
}

/**
 * e [n], one value a rated model. Scores: (y − ȳ) − (w·a − its mean). Choices: y − softmax(10 w·a); of a vote that is
 * ±(t − σ(10 w·Δa)). Of an answer rated alone y as it is: how good it was expected to be is known only beside others.
 */
export function residuals(group: WeighedGroup, w: Float64Array): Float64Array {
  const { y, kind } = group.rated;
  if (kind === 'alone') return y;
  if (kind === 'choices') {
    const p = chances(group, w);
    return y.map((share, i) => share - p[i]!);
  }
  const e = y.map((value, i) => value - weighed(group.attributes[i]!, w));
  const mean = e.reduce((a, b) => a + b, 0) / e.length;
  return e.map((value) => value - mean);
}

/** w·a */
export function weighed(a: Float64Array, w: Float64Array): number {
  return a.reduce((sum, value, k) => sum + value * w[k]!, 0);
}

function scaledToOne(w: Float64Array): Float64Array {
  const cut = w.map((value) => Math.max(0, value));
  const sum = cut.reduce((a, b) => a + b, 0);
  return sum > 0 ? cut.map((value) => value / sum) : cut.map((_, k) => (k === 0 ? 1 : 0));
}

function loss(groups: readonly WeighedGroup[], w: Float64Array, prior: Float64Array): number {
  const scores = groups[0]!.rated.kind === 'scores';
  let sum = 0;
  for (const group of groups) {
    const { y } = group.rated;
    if (scores) for (const e of residuals(group, w)) sum += e * e;
    else
      chances(group, w).forEach((p, i) => {
        if (y[i]! > 0) sum -= y[i]! * Math.log(Math.max(p, Number.MIN_VALUE));
      });
  }
  const precision = scores ? SCORES_PRECISION : CHOICES_PRECISION;
  return w.reduce((total, value, k) => total + 0.5 * precision * (value - prior[k]!) ** 2, sum);
}

function slopes(groups: readonly WeighedGroup[], w: Float64Array, prior: Float64Array) {
  const K = w.length;
  const precision = groups[0]!.rated.kind === 'scores' ? SCORES_PRECISION : CHOICES_PRECISION;
  const gradient = w.map((value, k) => precision * (value - prior[k]!));
  const hessian = Array.from({ length: K }, (_, i) =>
    Float64Array.from({ length: K }, (_, j) => (i === j ? precision : 0)),
  );
  for (const group of groups) {
    const { y, kind } = group.rated;
    const n = y.length;
    const scores = kind === 'scores';
    const p = scores ? new Float64Array(n).fill(1 / n) : chances(group, w);
    const mean = Float64Array.from({ length: K }, (_, k) =>
      group.attributes.reduce((sum, a, i) => sum + p[i]! * a[k]!, 0),
    );
    const meanY = y.reduce((a, b) => a + b, 0) / n;
    group.attributes.forEach((attribute, i) => {
      const a = attribute.map((value, k) => value - mean[k]!);
      const error = scores ? 2 * (weighed(a, w) - (y[i]! - meanY)) : CHOICE_SHARPNESS * (p[i]! - y[i]!);
      const curvature = scores ? 2 : CHOICE_SHARPNESS ** 2 * p[i]!;
      for (let k = 0; k < K; k++) {
        gradient[k]! += error * a[k]!;
        for (let j = 0; j < K; j++) hessian[k]![j]! += curvature * a[k]! * a[j]!;
      }
    });
  }
  return { gradient, hessian };
}

/** x of A·x = b by elimination; A is positive definite. */
function solve(A: readonly Float64Array[], b: Float64Array): Float64Array {
  const rows = A.map((row, i) => Float64Array.of(...row, b[i]!));
  const K = b.length;
  for (let i = 0; i < K; i++) {
    for (let j = 0; j < K; j++) {
      if (j === i) continue;
      const factor = rows[j]![i]! / rows[i]![i]!;
      for (let k = i; k <= K; k++) rows[j]![k]! -= factor * rows[i]![k]!;
    }
  }
  return Float64Array.from(rows, (row, i) => row[K]! / row[i]!);
}
