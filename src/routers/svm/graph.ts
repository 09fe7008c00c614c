// Support-vector machines as a scoring graph: L2 → MatMul → Exp → MatMul A → Add b.
import { graphBuilder, type ScoringGraph } from '../../inference/scoring-graph.js';
import { unitRows } from '../unit-rows.js';
import type { SvmMachines } from './fit.js';
import { kernelValues } from './kernel.js';
import type { SvmParams } from './params.js';

/** S[q,m] = Σ_s A[s,m] k(v_s, x̂_q) + b_m; target scores: clipped to [0, 1]. features [batch×D] → scores [batch×M]. */
export function svmGraph(
  { kernel, vectors, weights, intercepts }: SvmMachines,
  { target }: Pick<SvmParams, 'target'>,
): ScoringGraph {
  const graph = graphBuilder();
  const M = weights.cols;
  const unit = unitRows(graph, graph.input('features', ['batch', vectors.cols]));
  const values = kernelValues(graph, unit, vectors, kernel); // [batch×S]
  const sums = graph.matMul(values, graph.constant('weights', { shape: [weights.rows, M], data: weights.data }));
  const f = graph.add(sums, graph.constant('intercepts', { shape: [M], data: intercepts }));
  if (target === 'best') return graph.build(f);
  const one = graph.scalar(1);
  return graph.build(graph.sub(one, graph.relu(graph.sub(one, graph.relu(f)))));
}
