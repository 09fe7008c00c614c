// The two kernels of the svm router: as the user names them, resolved, and as nodes of a graph.
import type { GraphBuilder, Value } from '../../inference/scoring-graph.js';
import { dot } from '../../math/distance.js';
import { type Matrix, matrix, rowOf } from '../../math/matrix.js';
import { transpose } from '../../math/transpose.js';

/** linear a·b; rbf exp(−γ‖a − b‖²). */
export type Kernel = { readonly kind: 'linear' } | { readonly kind: 'rbf'; readonly gamma: number };

export interface KernelSettings {
  readonly kernel: 'rbf' | 'linear';
  /** scale = 1 / (D · variance of all entries of the rows), 1 where they do not vary. */
  readonly gamma: number | 'scale';
}

/** @param rows [n×D] the training rows, which `gamma: scale` measures */
export function resolveKernel({ kernel, gamma }: KernelSettings, rows: Matrix): Kernel {
  if (kernel === 'linear') return { kind: 'linear' };
  return { kind: 'rbf', gamma: gamma === 'scale' ? scaleGamma(rows) : gamma };
}

function scaleGamma({ cols, data }: Matrix): number {
  let mean = 0;
  for (const value of data) mean += value / data.length;
  let variance = 0;
  for (const value of data) variance += (value - mean) ** 2 / data.length;
  return variance > 0 ? 1 / (cols * variance) : 1;
}

/**
 * k(x, v) of every row of `features` [batch×D] with every vector [S×D] → [batch×S].
 * ‖x − v‖² = ‖x‖² + ‖v‖² − 2x·v, so that the work is one matrix product.
 */
export function kernelValues(graph: GraphBuilder, features: Value, vectors: Matrix, kernel: Kernel): Value {
  const { rows: S, cols: D } = vectors;
  const scale = kernel.kind === 'rbf' ? 2 * kernel.gamma : 1;
  const columns = transpose(matrix(S, D, scale === 1 ? vectors.data : vectors.data.map((value) => scale * value)));
  const products = graph.matMul(features, graph.constant('vectors', { shape: [D, S], data: columns.data }));
  if (kernel.kind === 'linear') return products;
  const gamma = kernel.gamma;
  const lengths = Float32Array.from({ length: S }, (_, s) => -gamma * dot(rowOf(vectors, s), rowOf(vectors, s)));
  const vectorTerm = graph.constant('vector_lengths', { shape: [S], data: lengths }); // −γ‖v‖²
  const own = graph.reduceSum(graph.mul(features, features), [-1]); // ‖x‖² [batch×1]
  const featureTerm = graph.mul(own, graph.scalar(-gamma));
  return graph.exp(graph.add(graph.add(products, vectorTerm), featureTerm));
}

/**
 * What the kernel of two of the vectors usually comes to; 0 of a linear one. Thousands of kernel values near it, times weights that
 * cancel, lose 2e-5 of f where an engine sums in float32; their distances from it lose a third of that.
 */
export function usualKernelValue({ rows: S, cols: D, data }: Matrix, kernel: Kernel): number {
  if (kernel.kind === 'linear') return 0;
  const centre = new Float64Array(D);
  let squares = 0;
  for (const [i, value] of data.entries()) {
    centre[i % D]! += value / S;
    squares += value ** 2 / S;
  }
  return Math.fround(Math.exp(-2 * kernel.gamma * (squares - dot(centre, centre)))); // 2(E‖v‖² − ‖E v‖²) is the mean ‖v − w‖²
}
