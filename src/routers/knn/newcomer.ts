// Adds a model to a fitted knn router: its own outcomes where it answered a stored query, elsewhere what its nearest outcomes say.
import { dot } from '../../math/distance.js';
import { type Matrix, matrix, normaliseRows, rowOf } from '../../math/matrix.js';
import { mean, standardDeviation } from '../../math/stats.js';
import { topK } from '../../math/top-k.js';
import { transpose } from '../../math/transpose.js';
import { believedDistance, type Newcomer, withColumn, withValue } from '../newcomer.js';
import type { KnnState } from './state.js';

/**
 * A stored query that the newcomer did not answer is given what the others earned there on average (hard queries stay hard), and
 * how far the newcomer is believed to stand from that: everywhere alike, moved by the ⌈√n⌉ (at most k) nearest outcomes as far as
 * near outcomes have been seen to agree.
 */
export function withNewcomer(state: KnnState, { features, quality, rows: answered, others }: Newcomer): KnnState {
  const [D, N] = state.rows.shape as [number, number];
  const stored = transpose(matrix(D, N, state.rows.data)); // X̂ [N×D]
  const asked = normaliseRows(features);
  const near = Math.min(state.k, Math.ceil(Math.sqrt(quality.length)));
  const own = new Map<number, number[]>();
  answered.forEach((row, i) => {
    if (row >= 0) own.set(row, [...(own.get(row) ?? []), quality[i]!]);
  });
  const usual = mean(state.prior.data as Float32Array);
  const levels = Float64Array.from({ length: N }, (_, row) => levelOf(state, row) ?? usual);
  const distances = quality.map((earned, i) => {
    const there = rowOf(others, i).filter((value) => !Number.isNaN(value));
    return earned - (answered[i]! >= 0 ? levels[answered[i]!]! : there.length > 0 ? mean(there) : usual);
  });
  const { distance, noise } = believedDistance(distances, state.prior.data as Float32Array);
  const agreement = agreementOf(asked, distances, near);
  const distanceAt = (row: number): number => {
    if (agreement === 0) return distance;
    const nearest = topK(similaritiesTo(asked, rowOf(stored, row)), near);
    const pull = noise / agreement; // how many outcomes the distance everywhere counts for
    return (nearest.reduce((sum, i) => sum + distances[i]!, 0) + pull * distance) / (nearest.length + pull);
  };
  const column = Float32Array.from({ length: N }, (_, row) => {
    const outcomes = own.get(row);
    return outcomes ? mean(outcomes) : clipped(levels[row]! + distanceAt(row));
  });
  return {
    ...state,
    quality: withColumn(state.quality, column),
    present: withColumn(state.present, new Float32Array(N).fill(1)),
    prior: withValue(state.prior, clipped(usual + distance)),
  };
}

/**
 * The covariance of an outcome's distance with the mean of its nearest others, less its standard error, at least 0: how much of what
 * a distance deviates by belongs to the region and not to the query.
 */
function agreementOf(asked: Matrix, distances: Float64Array, near: number): number {
  const n = distances.length;
  if (n <= near) return 0;
  const centre = mean(distances);
  const products = distances.map((own, i) => {
    const similarities = similaritiesTo(asked, rowOf(asked, i));
    similarities[i] = Number.NEGATIVE_INFINITY;
    const nearest = topK(similarities, near);
    return (own - centre) * (mean(Array.from(nearest, (other) => distances[other]!)) - centre);
  });
  return Math.max(0, mean(products) - standardDeviation(products) / Math.sqrt(n));
}

/** Cosines of unit rows [n×D] to a unit row. */
function similaritiesTo(asked: Matrix, row: Float32Array): Float64Array {
  return Float64Array.from({ length: asked.rows }, (_, i) => dot(rowOf(asked, i), row));
}

function clipped(value: number): number {
  return Math.min(1, Math.max(0, value));
}

/** What the models of a stored query earned on average; undefined without an outcome. */
function levelOf({ quality, present }: KnnState, row: number): number | undefined {
  const M = quality.shape[1]!;
  let [sum, weight] = [0, 0];
  for (let at = row * M; at < (row + 1) * M; at++) {
    sum += quality.data[at]!;
    weight += present.data[at]!;
  }
  return weight > 0 ? sum / weight : undefined;
}
