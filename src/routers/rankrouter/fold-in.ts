// The vector of a new model, moved by its own answers from where its profile puts it, while the query tower is held: folding in.
// As new rows are folded into a factorised matrix; here by a logistic regression with a normal prior (Bishop 2006, section 4.5).
import { dot } from '../../math/distance.js';
import { logisticRegression } from '../../math/logistic-regression.js';
import { type Matrix, matrix64, normaliseRows, rowOf } from '../../math/matrix.js';
import { mean } from '../../math/stats.js';
import { logit } from '../logit.js';
import type { Newcomer } from '../newcomer.js';
import { gates, plainScores, queryVectors } from './plain-towers.js';
import { nearestCentres } from './query-clusters.js';
import type { RankState } from './state.js';

/** 1 / variance of the prior on how much better or worse the newcomer is than its strength says. */
const LEVEL_PRECISION = 1;

export interface FoldedIn {
  /** [d] Δh, added to the newcomer's vector. */
  readonly shift: Float32Array;
  /** What the strength gives back, so that Δh moves no cluster's score on average. */
  readonly level: number;
}

/**
 * (Δh, c) = argmin Σ BCE(u + S_new − S̄ + γ⟨q − q̄, Δh⟩ + c) + its prior. S̄ is the learned models' mean score of the query, u the
 * logit of their mean quality in its cluster, q̄ the centres' mean vector. The prior gives γ⟨q − q̄, Δh⟩ the variance that the learned
 * models' scores have over the centres; c, how much better the newcomer is everywhere, is left to its pairs with the others.
 * @param state the newcomer is its last model, with a strength
 * @returns undefined where there are no answers, no clusters, or nothing that tells queries apart
 */
export function foldedIn(state: RankState, { features, quality }: Newcomer): FoldedIn | undefined {
  const { centres, scales, shape } = state;
  const gate = gates(state).product;
  if (quality.length === 0 || scales.length === 0 || !centres || gate === 0) return undefined;
  const q = queryVectors(state, features);
  const ofCentres = queryVectors(state, centres);
  const d = q.cols;
  const middle = Float64Array.from({ length: d }, (_, j) => mean(column(ofCentres, j)));
  const away = (vectors: Matrix, i: number) => rowOf(vectors, i).map((value, j) => value - middle[j]!);
  const width = mean(Array.from({ length: centres.rows }, (_, c) => squaredLength(away(ofCentres, c))));
  const unit = width > 0 ? Math.sqrt(scoreVariance(state) / width) : 0;
  if (unit === 0) return undefined;

  const cluster = nearestCentres(normaliseRows(features), centres);
  const scores = plainScores(state, features);
  const inputs = matrix64(quality.length, d + 1);
  const offsets = Float64Array.from(quality, (_, i) => {
    inputs.data.set(
      away(q, i).map((value) => unit * value),
      i * (d + 1),
    );
    inputs.data[i * (d + 1) + d] = 1;
    const own = rowOf(scores, i);
    return logit(scales[cluster[i]!]!.mean) + own[shape.models - 1]! - mean(own.subarray(0, state.learned));
  });
  const solved = logisticRegression({
    inputs,
    targets: quality,
    weights: new Float64Array(quality.length).fill(1),
    offsets,
    centre: new Float64Array(d + 1),
    precision: Float64Array.from({ length: d + 1 }, (_, j) => (j < d ? 1 : LEVEL_PRECISION)),
  });
  const shift = Float32Array.from(solved.subarray(0, d), (value) => (unit / gate) * value);
  return { shift, level: -gate * dot(middle, shift) };
}

/** How far the learned models' scores are, squared, from their own mean and their cluster's, over models and centres. */
function scoreVariance(state: RankState): number {
  const { centres, learned } = state;
  const scores = plainScores(state, centres!);
  const rows = Array.from({ length: scores.rows }, (_, c) => Array.from(rowOf(scores, c).subarray(0, learned)));
  const relative = rows.map((row) => row.map((value) => value - mean(row)));
  const means = Array.from({ length: learned }, (_, m) => mean(relative.map((row) => row[m]!)));
  return mean(relative.flatMap((row) => row.map((value, m) => (value - means[m]!) ** 2)));
}

function column({ rows, cols, data }: Matrix, j: number): number[] {
  return Array.from({ length: rows }, (_, i) => data[i * cols + j]!);
}

function squaredLength(x: Float32Array): number {
  return dot(x, x);
}
