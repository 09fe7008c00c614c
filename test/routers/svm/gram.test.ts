// The kernel matrix by both engines against its definition, over more rows than one panel and one block hold.
import { describe, expect, test } from 'vitest';
import { onnxRuntimeStatus } from '../../../src/inference/onnxruntime/onnx-runtime.js';
import { dot, squaredEuclidean } from '../../../src/math/distance.js';
import { matrix, normaliseRows, rowOf } from '../../../src/math/matrix.js';
import { seededRandom } from '../../../src/math/random.js';
import { gramMatrix } from '../../../src/routers/svm/gram.js';
import { type Kernel, resolveKernel } from '../../../src/routers/svm/kernel.js';
import { asMatrix } from './golden.js';

const { live } = await onnxRuntimeStatus();
const random = seededRandom(7);
const rows = normaliseRows(
  matrix(
    1100,
    5,
    Float32Array.from({ length: 5500 }, () => random.normal()),
  ),
);
const KERNELS: readonly Kernel[] = [{ kind: 'linear' }, { kind: 'rbf', gamma: 2 }];

describe.each(['plain', 'onnxruntime'] as const)('%s', (engine) => {
  test.skipIf(engine === 'onnxruntime' && !live)(
    'every pair, to float32, and the same on both sides of the diagonal',
    async () => {
      for (const kernel of KERNELS) {
        const { size, data } = await gramMatrix(rows, kernel, { engine });
        let worst = 0;
        let asymmetry = 0;
        for (let i = 0; i < size; i++) {
          for (let j = 0; j <= i; j++) {
            const [a, b] = [rowOf(rows, i), rowOf(rows, j)];
            const expected = kernel.kind === 'rbf' ? Math.exp(-kernel.gamma * squaredEuclidean(a, b)) : dot(a, b);
            worst = Math.max(worst, Math.abs(data[i * size + j]! - expected));
            asymmetry = Math.max(asymmetry, Math.abs(data[i * size + j]! - data[j * size + i]!));
          }
        }
        expect(size).toBe(1100);
        expect(worst).toBeLessThan(2e-6);
        expect(asymmetry).toBe(0);
      }
    },
  );
});

test('gamma: scale is 1 over the columns times the variance of all entries; rows that do not vary give 1', () => {
  // entries 0 0 2 2: mean 1, variance 1
  expect(
    resolveKernel(
      { kernel: 'rbf', gamma: 'scale' },
      asMatrix([
        [0, 0],
        [2, 2],
      ]),
    ),
  ).toEqual({ kind: 'rbf', gamma: 0.5 });
  expect(
    resolveKernel(
      { kernel: 'rbf', gamma: 'scale' },
      asMatrix([
        [3, 3],
        [3, 3],
      ]),
    ),
  ).toEqual({ kind: 'rbf', gamma: 1 });
  expect(resolveKernel({ kernel: 'rbf', gamma: 3 }, asMatrix([[3]]))).toEqual({ kind: 'rbf', gamma: 3 });
  expect(resolveKernel({ kernel: 'linear', gamma: 3 }, asMatrix([[3]]))).toEqual({ kind: 'linear' });
});

test('an interrupt is heard between blocks', async () => {
  await expect(gramMatrix(rows, KERNELS[0]!, { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'VSR_ABORTED',
  });
});
