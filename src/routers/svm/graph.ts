// Support-vector machines as a scoring graph: L2 → MatMul → Exp → MatMul A → Add b.
import { graphBuilder, type ScoringGraph } from '../../inference/scoring-graph.js';
import { unitRows } from '../unit-rows.js';
import { kernelValues } from './kernel.js';
import type { SvmMachines } from './machines.js';
import type { SvmParams } from './params.js';

/**
 * S[q,m] = f = Σ_s A[s,m] k(v_s, x̂_q) + b_m; target scores: f clipped to [0, 1]; calibrated: σ(−A_m f − B_m).
 * features [batch×D] → scores [batch×M].
 */
export function svmGraph(
  { kernel, vectors, weights, intercepts, calibration }: SvmMachines,
  { target }: Pick<SvmParams, 'target'>,
): ScoringGraph {
  const graph = graphBuilder();
  const M = weights.cols;
  const unit = unitRows(graph, graph.input('features', ['batch', vectors.cols]));
  const values = kernelValues(graph, unit, vectors, kernel); // [batch×S]
  const sums = graph.matMul(values, graph.constant('weights', { shape: [weights.rows, M], data: weights.data }));
  const f = graph.add(sums, graph.constant('intercepts', { shape: [M], data: intercepts }));
  if (calibration) {
    const row = (values: number[]) => ({ shape: [M], data: Float32Array.from(values) });
    const slope = graph.constant('slope', row(calibration.map(({ a }) => -a)));
    const shift = graph.constant('shift', row(calibration.map(({ b }) => -b)));
    return graph.build(graph.sigmoid(graph.add(graph.mul(f, slope), shift)));
  }
  if (target === 'best') return graph.build(f);
  const one = graph.scalar(1);
  return graph.build(graph.sub(one, graph.relu(graph.sub(one, graph.relu(f)))));
}
