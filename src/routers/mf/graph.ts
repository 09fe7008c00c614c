// The factor model as a scoring graph: L2 → MatMul Pᵀ → MatMul Uᵀ → Add → Sigmoid.
import { graphBuilder, type ScoringGraph } from '../../inference/scoring-graph.js';
import type { Tensor } from '../../inference/tensor.js';
import { constantGraph } from '../indifferent.js';
import { unitRows } from '../unit-rows.js';
import type { MfParams } from './params.js';
import type { MfState } from './state.js';

/** S = σ(Z) for masked_bce, S = Z for bradley_terry. features [batch×D] → scores [batch×M]. */
export function mfGraph(state: MfState | Tensor, { loss }: Pick<MfParams, 'loss'>, featureDim: number): ScoringGraph {
  if ('data' in state) return constantGraph(featureDim, state);
  const graph = graphBuilder();
  const unit = unitRows(graph, graph.input('features', ['batch', featureDim]));
  const query = graph.matMul(unit, graph.constant('projection', state.projection)); // [batch×F]
  const products = graph.matMul(query, graph.constant('factors', state.factors)); // [batch×M]
  const z = graph.add(products, graph.constant('bias', state.bias));
  return graph.build(loss === 'bradley_terry' ? z : graph.sigmoid(z));
}
