// Adds a model to a fitted kmeans router: its outcomes averaged in the clusters they fall into, shrunk to its mean.
import { squaredEuclidean } from '../../math/distance.js';
import { matrix, normaliseRows, rowOf } from '../../math/matrix.js';
import { mean } from '../../math/stats.js';
import { type Newcomer, withColumn } from '../newcomer.js';
import { clusterValues } from './cluster-values.js';
import type { KmeansState } from './state.js';

/** The clusters stay as they are; V gains a column by the formula of the others. */
export function withNewcomer(state: KmeansState, { features, quality }: Newcomer, shrinkage: number): KmeansState {
  const [k, D] = state.centres.shape as [number, number];
  const centres = matrix(k, D, state.centres.data);
  const unit = normaliseRows(features);
  const labels = Int32Array.from(quality, (_, i) => {
    const distances = Array.from({ length: k }, (_, c) => squaredEuclidean(rowOf(unit, i), rowOf(centres, c)));
    return distances.indexOf(Math.min(...distances));
  });
  const outcomes = {
    quality: Float32Array.from(quality),
    present: new Float32Array(quality.length).fill(1),
    prior: Float32Array.of(mean(quality)),
  };
  return { ...state, values: withColumn(state.values, clusterValues(labels, k, outcomes, shrinkage)) };
}
