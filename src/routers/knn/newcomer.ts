// Adds a model to a fitted knn router: its own outcomes where it answered a stored query, elsewhere what its nearest outcomes say.
import { dot } from '../../math/distance.js';
import { matrix, normaliseRows, rowOf } from '../../math/matrix.js';
import { mean } from '../../math/stats.js';
import { topK } from '../../math/top-k.js';
import { transpose } from '../../math/transpose.js';
import { type Newcomer, withColumn, withValue } from '../newcomer.js';
import type { KnnState } from './state.js';

/**
 * A stored query that the newcomer did not answer is given what the others earned there on average, and the mean distance from
 * such a level of the ⌈√n⌉ (at most k) nearest outcomes (hard queries stay hard), at a weight of
 * their number / k: so a neighbourhood of k borrowed cells weighs against the shrinkage what these outcomes weigh, not more.
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
  const values = new Float32Array(N); // K∘Y
  const weights = new Float32Array(N); // K
  const usual = mean(state.prior.data as Float32Array);
  const levels = Float64Array.from({ length: N }, (_, row) => levelOf(state, row) ?? usual);
  const distances = quality.map((earned, i) => {
    const there = rowOf(others, i).filter((value) => !Number.isNaN(value));
    return earned - (answered[i]! >= 0 ? levels[answered[i]!]! : there.length > 0 ? mean(there) : usual);
  });
  for (let row = 0; row < N; row++) {
    const outcomes = own.get(row);
    const similarities = outcomes ? [] : Float64Array.from(quality, (_, i) => dot(rowOf(asked, i), rowOf(stored, row)));
    const borrowed = () => levels[row]! + mean(Array.from(topK(similarities, near), (i) => distances[i]!));
    weights[row] = outcomes ? 1 : near / state.k;
    values[row] = weights[row]! * (outcomes ? mean(outcomes) : Math.min(1, Math.max(0, borrowed())));
  }
  return {
    ...state,
    quality: withColumn(state.quality, values),
    present: withColumn(state.present, weights),
    prior: withValue(state.prior, mean(quality)),
  };
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
