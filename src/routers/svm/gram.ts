// The kernel matrix of all training rows with each other, computed once by the engine and shared by every problem.
import { throwIfAborted } from '../../errors/vsr-error.js';
import { type EvaluatorChoice, openEvaluator } from '../../inference/registry.js';
import { graphBuilder } from '../../inference/scoring-graph.js';
import { type Matrix, matrix } from '../../math/matrix.js';
import { type Kernel, kernelValues } from './kernel.js';
import type { Gram } from './smo.js';

export interface GramOptions {
  readonly engine?: EvaluatorChoice;
  readonly signal?: AbortSignal | undefined;
}

/** Columns per evaluator. K is symmetric: panels right of the diagonal are computed, the rest is mirrored. */
const PANEL = 1024;
/** Rows in one run. */
const BLOCK = 512;

/** @param rows [n×D]. Float32, n² × 4 bytes. Throws `VSR_ABORTED`. */
export async function gramMatrix(rows: Matrix, kernel: Kernel, { engine, signal }: GramOptions = {}): Promise<Gram> {
  const { rows: n, cols: D } = rows;
  const data = new Float32Array(n * n);
  for (let left = 0; left < n; left += PANEL) {
    const right = Math.min(left + PANEL, n);
    const graph = graphBuilder();
    const panel = matrix(right - left, D, rows.data.subarray(left * D, right * D));
    const values = kernelValues(graph, graph.input('rows', ['batch', D]), panel, kernel);
    const evaluator = await openEvaluator(graph.build(values), engine);
    try {
      for (let top = 0; top < right; top += BLOCK) {
        const bottom = Math.min(top + BLOCK, right);
        const block = { shape: [bottom - top, D], data: rows.data.subarray(top * D, bottom * D) };
        const { data: found } = await evaluator.run({ rows: block });
        throwIfAborted(signal);
        for (let row = top; row < bottom; row++) {
          const from = (row - top) * (right - left);
          data.set((found as Float32Array).subarray(from, from + right - left), row * n + left);
        }
      }
    } finally {
      await evaluator.dispose();
    }
  }
  mirror(data, n);
  return { size: n, data };
}

const TILE = 64;

/** Copies what lies right of the diagonal to its left, in tiles, so that neither side strides through all of memory. */
function mirror(data: Float32Array, n: number): void {
  for (let top = 0; top < n; top += TILE) {
    for (let left = 0; left <= top; left += TILE) {
      const bottom = Math.min(top + TILE, n);
      for (let row = top; row < bottom; row++) {
        const right = Math.min(left + TILE, row);
        for (let col = left; col < right; col++) data[row * n + col] = data[col * n + row]!;
      }
    }
  }
}
