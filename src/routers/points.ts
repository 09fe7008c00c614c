// The points to be clustered, with the one heavy operation on them: the products of some vectors with all points.
import { type EvaluatorChoice, openEvaluator } from '../inference/registry.js';
import { graphBuilder } from '../inference/scoring-graph.js';
import { dot } from '../math/distance.js';
import { type Matrix, rowOf } from '../math/matrix.js';
import { transpose } from '../math/transpose.js';

export interface Points {
  /** [N×D] */
  readonly rows: Matrix;
  /** [N] ‖xᵢ‖² */
  readonly squaredLengths: Float64Array;
  /** [v×D] → [v×N] the dot product of every vector with every point, by ONNX Runtime where it loads. */
  products(vectors: Matrix): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** Products computed in one run of the graph: bounds its memory to 32 MB. */
const MAX_PRODUCTS = 8_000_000;

export async function openPoints(rows: Matrix, engine: EvaluatorChoice = 'auto'): Promise<Points> {
  const graph = graphBuilder();
  const columns = graph.constant('points', { shape: [rows.cols, rows.rows], data: transpose(rows).data });
  const evaluator = await openEvaluator(
    graph.build(graph.matMul(graph.input('vectors', ['batch', rows.cols]), columns)),
    engine,
  );
  return {
    rows,
    squaredLengths: Float64Array.from({ length: rows.rows }, (_, i) => dot(rowOf(rows, i), rowOf(rows, i))),
    async products(vectors) {
      const out = new Float32Array(vectors.rows * rows.rows);
      const block = Math.max(1, Math.floor(MAX_PRODUCTS / rows.rows));
      for (let start = 0; start < vectors.rows; start += block) {
        const end = Math.min(start + block, vectors.rows);
        const data = vectors.data.subarray(start * rows.cols, end * rows.cols);
        const { data: some } = await evaluator.run({ vectors: { shape: [end - start, rows.cols], data } });
        out.set(some, start * rows.rows);
      }
      return out;
    },
    dispose: () => evaluator.dispose(),
  };
}
