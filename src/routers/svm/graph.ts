// Support-vector machines as a scoring graph: L2 → MatMul → Exp → Sub c → MatMul A → Add b + c ΣA.
import { graphBuilder, type ScoringGraph } from '../../inference/scoring-graph.js';
import type { Matrix } from '../../math/matrix.js';
import { unitRows } from '../unit-rows.js';
import { kernelValues, usualKernelValue } from './kernel.js';
import type { SvmMachines } from './machines.js';
import type { SvmParams } from './params.js';

/**
 * S[q,m] = f = Σ_s A[s,m] k(v_s, x̂_q) + b_m = Σ_s A[s,m] (k(v_s, x̂_q) − c) + (b_m + c Σ_s A[s,m]); target scores: f clipped to [0, 1]; calibrated: σ(−A_m f − B_m).
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
  const level = usualKernelValue(vectors, kernel); // c
  const fromLevel = level === 0 ? values : graph.sub(values, graph.scalar(level));
  const sums = graph.matMul(fromLevel, graph.constant('weights', { shape: [weights.rows, M], data: weights.data }));
  const shifts = intercepts.map((intercept, m) => intercept + level * columnSum(weights, m));
  const f = graph.add(sums, graph.constant('intercepts', { shape: [M], data: shifts }));
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

function columnSum({ rows, cols, data }: Matrix, column: number): number {
  let sum = 0;
  for (let row = 0; row < rows; row++) sum += data[row * cols + column]!;
  return sum;
}
