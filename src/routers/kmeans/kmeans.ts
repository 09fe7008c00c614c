// The kmeans router: a query is worth to a model what its cluster of training queries was worth to it.
// Routing by cluster means: Avengers-Pro (arXiv 2508.12631).
import { openEvaluator } from '../../inference/registry.js';
import { squaredEuclidean } from '../../math/distance.js';
import { normaliseRows, rowOf } from '../../math/matrix.js';
import { topK } from '../../math/top-k.js';
import { defineRouter } from '../define-router.js';
import { outcomesOf } from '../outcomes.js';
import type { TrainingTable } from '../router.js';
import { type ChosenClusters, chooseClusters } from './choose-clusters.js';
import { clusterValues } from './cluster-values.js';
import { clusterGraph, kmeansGraph } from './graph.js';
import { withNewcomer } from './newcomer.js';
import type { KmeansParams } from './params.js';
import { kmeansSpace } from './space.js';
import { fromState, type KmeansState, toState } from './state.js';

/** Rows named per cluster when a score is explained. */
const TYPICAL_ROWS = 5;

export const kmeans = defineRouter<KmeansParams>({
  name: 'kmeans',
  params: async () => (await import('./params.js')).kmeansParams,
  space: kmeansSpace,
  scale: () => 'quality',
  async fit(table, params, context) {
    const outcomes = outcomesOf(table);
    const chosen = await chooseClusters(table, outcomes, params, context);
    const { rows: k, cols: D, data } = chosen.clustering.centres;
    const values = clusterValues(chosen.labels, k, outcomes, params.shrinkage);
    return toState({
      centres: { shape: [k, D], data: Float32Array.from(data) },
      values: { shape: [k, table.models.length], data: values },
      ...members(table, chosen),
    });
  },
  graph: (fitted) => kmeansGraph(fromState(fitted)),
  addModel: (fitted, newcomer) => toState(withNewcomer(fromState(fitted), newcomer, fitted.params.shrinkage)),
  async explain(fitted, features) {
    const { centres, sizes, typical } = fromState(fitted);
    const evaluator = await openEvaluator(clusterGraph({ centres }), 'plain');
    const { data } = await evaluator.run({ features: { shape: [1, features.cols], data: features.data } });
    const cluster = data[0]!;
    const shown = typical.shape[1]!;
    const rows = typical.data.subarray(cluster * shown, (cluster + 1) * shown);
    return { kind: 'cluster', cluster, size: sizes.data[cluster]!, rows: [...rows].filter((row) => row >= 0) };
  },
});

/** How many training rows each cluster has, and which of them lie nearest to its centre. */
function members(table: TrainingTable, { clustering, labels }: ChosenClusters): Pick<KmeansState, 'sizes' | 'typical'> {
  const k = clustering.centres.rows;
  const unit = normaliseRows(table.features);
  const rows: number[][] = Array.from({ length: k }, () => []);
  labels.forEach((cluster, row) => {
    rows[cluster]!.push(row);
  });
  const typical = new Int32Array(k * TYPICAL_ROWS).fill(-1);
  rows.forEach((own, cluster) => {
    const closeness = own.map((row) => -squaredEuclidean(rowOf(unit, row), rowOf(clustering.centres, cluster)));
    typical.set(
      topK(closeness, TYPICAL_ROWS).map((i) => own[i]!),
      cluster * TYPICAL_ROWS,
    );
  });
  return {
    sizes: { shape: [k], data: Int32Array.from(rows, (own) => own.length) },
    typical: { shape: [k, TYPICAL_ROWS], data: typical },
  };
}
