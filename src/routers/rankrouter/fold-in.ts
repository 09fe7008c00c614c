// The vector and the strength of a new model, moved by its answers and pairs from where its profile puts it, the query tower held: folding in.
// As new rows are folded into a factorised matrix; here by a logistic regression with a normal prior (Bishop 2006, section 4.5).
import { dot } from '../../math/distance.js';
import { logisticRegression } from '../../math/logistic-regression.js';
import { type Matrix, matrix64, normaliseRows, rowOf } from '../../math/matrix.js';
import { mean } from '../../math/stats.js';
import type { Newcomer } from '../newcomer.js';
import { type NewcomerPair, newcomerPairs, OWN_SPREAD, strengthVariance } from './newcomer-pairs.js';
import { gates, plainScores, queryVectors } from './plain-towers.js';
import { nearestCentres } from './query-clusters.js';
import type { RankState } from './state.js';

/** Of votes, whose level has nothing to do with that of answers: 1 / variance of the prior on how far answers lie from what pairs say. */
const APART_PRECISION = 1;
/** Next to none: the level of a query is what the learned models earned. */
const NO_PRECISION = 1e-9;

export interface FoldedIn {
  /** [d] Δh, added to the newcomer's vector; undefined = nothing tells queries apart. */
  readonly shift: Float32Array | undefined;
  readonly strength: number;
}

/**
 * (Δh, b) = argmin Σ BCE(u + S_new + b + γ⟨q − q̄, Δh⟩) over its answers
 *           + Σ weight·(softplus(Δ) − tΔ), Δ = S_new + b + γ⟨q − q̄, Δh⟩ − S_m, over its pairs, and their priors.
 * u is the level at which the learned models' scores are on average what those models earned in the query's cluster; q̄ the
 * centres' mean vector. Answers and pairs move the same vector and the same strength: pairs alone would read a topic that the vector tells
 * too little of as a worse or better model everywhere. The priors give γ⟨q − q̄, Δh⟩ the variance that models' scores have over the
 * centres, and b that of their strengths.
 * @param state the newcomer is its last model, with the others' mean strength
 */
export function foldedIn(state: RankState, newcomer: Newcomer): FoldedIn {
  const { features, quality } = newcomer;
  const { shape, weights, source } = state;
  const M = shape.models - 1;
  const strengths = weights.strength!.data;
  if (quality.length === 0) return { shift: undefined, strength: strengths[M]! };
  const scores = plainScores(state, features);
  const directions = directionsOf(state, features);
  const d = directions?.rows.cols ?? 0;
  const rows = [
    ...newcomerPairs(newcomer, source, (i, m) => scores.data[i * (M + 1) + m]!, M).map((pair) => ({ ...pair, at: d })),
    ...answers(state, newcomer, scores).map((answer) => ({ ...answer, at: source === 'outcomes' ? d : d + 1 })),
  ];
  const inputs = matrix64(rows.length, d + 2);
  rows.forEach(({ query, at }, i) => {
    if (directions) inputs.data.set(rowOf(directions.rows, query), i * (d + 2));
    inputs.data[i * (d + 2) + at] = 1;
  });
  const level = 1 / strengthVariance(strengths.subarray(0, M));
  const solved = logisticRegression({
    inputs,
    targets: rows.map(({ target }) => target),
    weights: rows.map(({ weight }) => weight),
    offsets: rows.map(({ offset }) => offset),
    centre: new Float64Array(d + 2),
    precision: Float64Array.of(...new Float64Array(d).fill(1), level, APART_PRECISION),
  });
  const strength = strengths[M]! + solved[d]!;
  if (!directions) return { shift: undefined, strength };
  const shift = Float32Array.from(solved.subarray(0, d), (value) => directions.length * value);
  return { shift, strength: strength - directions.gate * dot(directions.middle, shift) };
}

/** What each answer says beside u, where clusters know what the learned models earned. */
function answers(
  { centres, scales, shape, learned }: RankState,
  { features, quality }: Newcomer,
  scores: Matrix,
): NewcomerPair[] {
  if (scales.length === 0 || !centres) return [];
  const cluster = nearestCentres(normaliseRows(features), centres);
  return Array.from(quality, (target, query) => {
    const own = rowOf(scores, query);
    const u = levelAt(scales[cluster[query]!]!.mean, own.subarray(0, learned));
    return { query, target, weight: 1, offset: u + own[shape.models - 1]! };
  });
}

/** u with mean σ(u + score) = earned. */
function levelAt(earned: number, scores: Float32Array): number {
  const target = Math.min(0.99, Math.max(0.01, earned));
  const [u] = logisticRegression({
    inputs: matrix64(scores.length, 1, new Float64Array(scores.length).fill(1)),
    targets: Array.from(scores, () => target),
    weights: Array.from(scores, () => 1),
    offsets: scores,
    centre: [0],
    precision: [NO_PRECISION],
  });
  return u!;
}

/**
 * rows [n×d] = unit·(q − q̄), so that the coefficients' prior has variance 1; Δh = length·coefficients.
 * undefined where no similarity was learned, or nothing tells queries apart.
 */
function directionsOf(state: RankState, features: Matrix) {
  const gate = gates(state).product;
  if (!state.centres || gate === 0) return undefined;
  const ofCentres = queryVectors(state, state.centres);
  const middle = Float64Array.from({ length: ofCentres.cols }, (_, j) => mean(column(ofCentres, j)));
  const away = (vectors: Matrix, i: number) => rowOf(vectors, i).map((value, j) => value - middle[j]!);
  const width = mean(Array.from({ length: ofCentres.rows }, (_, c) => squaredLength(away(ofCentres, c))));
  if (width === 0) return undefined;
  const unit = Math.sqrt(scoreVariance(state) / width);
  const q = queryVectors(state, features);
  const rows = matrix64(q.rows, q.cols);
  for (let i = 0; i < q.rows; i++) {
    rows.data.set(
      away(q, i).map((value) => unit * value),
      i * q.cols,
    );
  }
  return { rows, gate, middle, length: unit / gate };
}

/** How far models' scores are, squared, from their own mean and their centre's, over centres; of the learned ones and one more that stands apart. */
function scoreVariance(state: RankState): number {
  const { centres, learned } = state;
  const scores = plainScores(state, centres!);
  const rows = Array.from({ length: scores.rows }, (_, c) => Array.from(rowOf(scores, c).subarray(0, learned)));
  const relative = rows.map((row) => row.map((value) => value - mean(row)));
  const means = Array.from({ length: learned }, (_, m) => mean(relative.map((row) => row[m]!)));
  return mean(relative.flatMap((row) => row.map((value, m) => (value - means[m]!) ** 2))) + OWN_SPREAD ** 2 / learned;
}

function column({ rows, cols, data }: Matrix, j: number): number[] {
  return Array.from({ length: rows }, (_, i) => data[i * cols + j]!);
}

function squaredLength(x: Float32Array): number {
  return dot(x, x);
}
