// Rows as features whose inner products come near the kernel: kernel values with some of the rows, made orthonormal.
// Williams and Seeger (2001), Using the Nyström Method to Speed Up Kernel Machines, NIPS 13.
import { throwIfAborted } from '../../errors/vsr-error.js';
import { openEvaluator } from '../../inference/registry.js';
import { graphBuilder } from '../../inference/scoring-graph.js';
import { dot } from '../../math/distance.js';
import { type Matrix, matrix, matrix64, rowOf } from '../../math/matrix.js';
import { type Kernel, kernelValues } from './kernel.js';

export interface NystroemMap {
  /** [L×D] */
  readonly landmarks: Matrix;
  /** [L×L] R with R·Rᵀ = K_mm⁻¹: the features of x are k(x, landmarks)·R. */
  readonly whitening: Matrix<Float64Array>;
}

/** Added to the diagonal of K_mm: equal landmarks keep it invertible, and no weight grows beyond what float32 scores bear. */
const JITTER = 1e-4;
/** Rows in one run. */
const BLOCK = 512;

/** K_mm = C·Cᵀ (Cholesky), R = C⁻ᵀ: the same inner products as K_mm^(−1/2). */
export async function nystroemMap(landmarks: Matrix, kernel: Kernel): Promise<NystroemMap> {
  const { CholeskyDecomposition, Matrix: Dense } = await import('ml-matrix');
  const L = landmarks.rows;
  const own = new Dense(L, L);
  for (let a = 0; a < L; a++) {
    for (let b = 0; b <= a; b++) {
      const value = kernelValue(rowOf(landmarks, a), rowOf(landmarks, b), kernel) + (a === b ? JITTER : 0);
      own.set(a, b, value);
      own.set(b, a, value);
    }
  }
  const lower = new CholeskyDecomposition(own).lowerTriangularMatrix.to1DArray();
  return { landmarks, whitening: transposedInverse(lower, L) };
}

/** [n×L] of unit rows [n×D]. Throws `VSR_ABORTED`. */
export async function nystroemFeatures(
  rows: Matrix,
  { landmarks, whitening }: NystroemMap,
  kernel: Kernel,
  signal: AbortSignal | undefined,
): Promise<Matrix> {
  const L = landmarks.rows;
  const graph = graphBuilder();
  const values = kernelValues(graph, graph.input('rows', ['batch', rows.cols]), landmarks, kernel);
  const white = graph.constant('whitening', { shape: [L, L], data: Float32Array.from(whitening.data) });
  const evaluator = await openEvaluator(graph.build(graph.matMul(values, white)));
  const out = matrix(rows.rows, L);
  try {
    for (let top = 0; top < rows.rows; top += BLOCK) {
      throwIfAborted(signal);
      const bottom = Math.min(top + BLOCK, rows.rows);
      const data = rows.data.subarray(top * rows.cols, bottom * rows.cols);
      const { data: found } = await evaluator.run({ rows: { shape: [bottom - top, rows.cols], data } });
      out.data.set(found, top * L);
    }
  } finally {
    await evaluator.dispose();
  }
  return out;
}

function kernelValue(a: Float32Array, b: Float32Array, kernel: Kernel): number {
  if (kernel.kind === 'linear') return dot(a, b);
  let square = 0;
  for (let d = 0; d < a.length; d++) square += (a[d]! - b[d]!) ** 2;
  return Math.exp(-kernel.gamma * square);
}

/** C⁻ᵀ of a lower triangular C [L×L], by forward substitution. */
function transposedInverse(lower: readonly number[], L: number): Matrix<Float64Array> {
  const out = matrix64(L, L); // row j of it is column j of C⁻¹
  for (let j = 0; j < L; j++) {
    const column = rowOf(out, j);
    column[j] = 1 / lower[j * L + j]!;
    for (let i = j + 1; i < L; i++) {
      let sum = 0;
      for (let k = j; k < i; k++) sum += lower[i * L + k]! * column[k]!;
      column[i] = -sum / lower[i * L + i]!;
    }
  }
  return out;
}
