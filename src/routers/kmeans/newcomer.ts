// Adds a model to a fitted kmeans router: how far its outcomes lie from what the others earn in each cluster.
import { squaredEuclidean } from '../../math/distance.js';
import { matrix, normaliseRows, rowOf } from '../../math/matrix.js';
import { mean } from '../../math/stats.js';
import { believedDistance, type Newcomer, withColumn } from '../newcomer.js';
import { clusterValues } from './cluster-values.js';
import type { KmeansState } from './state.js';

/**
 * The clusters stay as they are; V gains the column ℓ_c + s_c: ℓ_c what the other models are worth there on average, s_c the
 * newcomer's distance from that by the formula of the others, shrunk to what is believed of it everywhere. Shrunk to its plain mean
 * it would win every hard cluster.
 */
export function withNewcomer(state: KmeansState, { features, quality }: Newcomer, shrinkage: number): KmeansState {
  const [k, D] = state.centres.shape as [number, number];
  const centres = matrix(k, D, state.centres.data);
  const unit = normaliseRows(features);
  const labels = Int32Array.from(quality, (_, i) => {
    const distances = Array.from({ length: k }, (_, c) => squaredEuclidean(rowOf(unit, i), rowOf(centres, c)));
    return distances.indexOf(Math.min(...distances));
  });
  const values = matrix(k, state.values.shape[1]!, state.values.data);
  const levels = Float64Array.from({ length: k }, (_, c) => mean(rowOf(values, c)));
  const distances = Float64Array.from(quality, (own, i) => own - levels[labels[i]!]!);
  const outcomes = {
    quality: Float32Array.from(distances),
    present: new Float32Array(quality.length).fill(1),
    prior: Float32Array.of(believedDistance(distances, knownMeans(state)).distance),
  };
  const column = clusterValues(labels, k, outcomes, shrinkage).map((distance, c) =>
    Math.min(1, Math.max(0, levels[c]! + distance)),
  );
  return { ...state, values: withColumn(state.values, column) };
}

/** [M] the mean value of each model, by the sizes of the clusters. */
function knownMeans({ values, sizes }: KmeansState): Float64Array {
  const [k, M] = values.shape as [number, number];
  const means = new Float64Array(M);
  const rows = sizes.data.reduce((sum, size) => sum + size, 0);
  for (let c = 0; c < k; c++) {
    for (let m = 0; m < M; m++) means[m]! += (values.data[c * M + m]! * sizes.data[c]!) / rows;
  }
  return means;
}
