// The trained network as a scoring graph: L2 → (MatMul → Add → Relu) per hidden layer → MatMul → Add → Sigmoid.
import { graphBuilder, type ScoringGraph } from '../../inference/scoring-graph.js';
import { constantGraph } from '../indifferent.js';
import { unitRows } from '../unit-rows.js';
import type { MlpParams } from './params.js';
import type { MlpState } from './state.js';

/** S = σ(Z) for target scores, S = Z for target best. features [batch×D] → scores [batch×M]. */
export function mlpGraph(
  { layers, means }: MlpState,
  { target }: Pick<MlpParams, 'target'>,
  featureDim: number,
): ScoringGraph {
  if (means) return constantGraph(featureDim, means);
  const graph = graphBuilder();
  let h = unitRows(graph, graph.input('features', ['batch', featureDim]));
  layers.forEach(({ weights, bias }, i) => {
    const w = graph.constant(`layer${i + 1}.weights`, weights);
    const b = graph.constant(`layer${i + 1}.bias`, bias);
    const z = graph.add(graph.matMul(h, w), b);
    h = i === layers.length - 1 ? z : graph.relu(z);
  });
  return graph.build(target === 'best' ? h : graph.sigmoid(h));
}
