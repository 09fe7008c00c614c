// The knn router: a query is worth to a model what its nearest training queries were worth to it.
import { openEvaluator } from '../../inference/registry.js';
import { normaliseRows } from '../../math/matrix.js';
import { topK } from '../../math/top-k.js';
import { transpose } from '../../math/transpose.js';
import { defineRouter } from '../define-router.js';
import { outcomesOf } from '../outcomes.js';
import { chooseNeighbourCount } from './choose-k.js';
import { knnGraph, similarityGraph } from './graph.js';
import { kdTreeScore } from './kd-tree.js';
import { withNewcomer } from './newcomer.js';
import type { KnnParams } from './params.js';
import { knnSpace } from './space.js';
import { fromState, toState } from './state.js';

export const knn = defineRouter<KnnParams>({
  name: 'knn',
  params: async () => (await import('./params.js')).knnParams,
  space: knnSpace,
  scale: () => 'quality',
  async fit(table, params, context) {
    const N = table.features.rows;
    const unit = normaliseRows(table.features);
    const rows = { shape: [unit.cols, N], data: transpose(unit).data };
    const outcomes = outcomesOf(table);
    if (params.k !== 'auto' && params.k > N) {
      context.onWarning?.(`k is ${params.k}, but there are only ${N} training queries: all of them are asked.`);
    }
    const k =
      params.k === 'auto'
        ? await chooseNeighbourCount(table, unit, rows, outcomes, params, context)
        : Math.min(params.k, N);
    const cells = [N, table.models.length];
    return toState({
      rows,
      quality: { shape: cells, data: outcomes.quality },
      present: { shape: cells, data: outcomes.present },
      prior: { shape: [table.models.length], data: outcomes.prior },
      k,
    });
  },
  graph: (fitted) => knnGraph(fromState(fitted), fitted.params),
  score: (fitted) =>
    fitted.params.implementation === 'ml-knn' ? kdTreeScore(fromState(fitted), fitted.params) : undefined,
  addModel: (fitted, newcomer) => toState(withNewcomer(fromState(fitted), newcomer)),
  async explain(fitted, features) {
    const { rows, k } = fromState(fitted);
    const similarities = await openEvaluator(similarityGraph(rows), 'plain');
    const { data } = await similarities.run({
      features: { shape: [1, features.cols], data: normaliseRows(features).data },
    });
    const neighbours = Array.from(topK(data, k), (row) => ({ row, similarity: data[row]! }));
    return { kind: 'neighbours', neighbours };
  },
});
