import { expect, test, vi } from 'vitest';
import { openEvaluator } from '../../src/inference/registry.js';
import { graphBuilder } from '../../src/inference/scoring-graph.js';

// A machine without ONNX Runtime: the real door, with a package that is not there.
vi.mock('../../src/inference/onnxruntime/onnx-runtime.js', async (importOriginal) => {
  const door = await importOriginal<typeof import('../../src/inference/onnxruntime/onnx-runtime.js')>();
  const absent = () => door.loading('onnxruntime-node-is-not-here');
  return {
    ...door,
    onnxRuntime: () => door.onnxRuntime(absent),
    onnxRuntimeStatus: () => door.onnxRuntimeStatus(absent),
  };
});

function doubling() {
  const b = graphBuilder();
  return b.build(b.mul(b.input('features', ['batch', 1]), b.scalar(2)));
}

test('auto is plain arrays where ONNX Runtime does not load', async () => {
  const evaluator = await openEvaluator(doubling());
  expect(evaluator.engine).toBe('plain');
  expect(await evaluator.run({ features: { shape: [1, 1], data: Float32Array.of(4) } })).toEqual({
    shape: [1, 1],
    data: Float32Array.of(8),
  });
});

test('ONNX Runtime by name is refused there', async () => {
  await expect(openEvaluator(doubling(), 'onnxruntime')).rejects.toMatchObject({
    code: 'VSR_ENGINE',
    message: expect.stringContaining('onnxruntime-node-is-not-here'),
  });
});
