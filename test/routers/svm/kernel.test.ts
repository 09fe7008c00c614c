// What is subtracted from kernel values before they are summed, so that float32 engines agree.
import { expect, test } from 'vitest';
import { plainEvaluator } from '../../../src/inference/plain/plain-evaluator.js';
import { fromRows } from '../../../src/math/matrix.js';
import { svmGraph } from '../../../src/routers/svm/graph.js';
import { usualKernelValue } from '../../../src/routers/svm/kernel.js';

const vectors = fromRows([
  [1, 0],
  [0, 1],
]);

test('the usual kernel value is that of the mean distance; a linear kernel has none', () => {
  // Of the four pairs two lie at a squared distance of 0 and two at 2: exp(−γ · 1).
  expect(usualKernelValue(vectors, { kind: 'rbf', gamma: 0.5 })).toBe(Math.fround(Math.exp(-0.5)));
  expect(usualKernelValue(vectors, { kind: 'linear' })).toBe(0);
});

test('what is subtracted comes back with the intercept, also where weights do not cancel', async () => {
  const kernel = { kind: 'rbf', gamma: 0.5 } as const;
  const machines = { kernel, vectors, weights: fromRows([[3], [-1]]), intercepts: Float32Array.of(0.25) };
  const graph = svmGraph(machines, { target: 'best' });
  expect(graph.constants.intercepts!.data[0]).toBeCloseTo(0.25 + 2 * Math.exp(-0.5), 6);
  const { data } = await plainEvaluator(graph).run({ features: { shape: [1, 2], data: Float32Array.of(2, 0) } });
  expect(data[0]).toBeCloseTo(3 - Math.exp(-1) + 0.25, 6);
});
