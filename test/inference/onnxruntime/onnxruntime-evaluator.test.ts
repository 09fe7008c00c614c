import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { onnxRuntimeStatus } from '../../../src/inference/onnxruntime/onnx-runtime.js';
import { openOnnxModel } from '../../../src/inference/onnxruntime/onnxruntime-evaluator.js';
import { openEvaluator } from '../../../src/inference/registry.js';
import { graphBuilder } from '../../../src/inference/scoring-graph.js';
import type { Tensor } from '../../../src/inference/tensor.js';
import { hasShared, SHARED } from '../../shared-folder.js';
import { randomCase } from '../random-graph.js';

const status = await onnxRuntimeStatus();
const skipped = status.live ? '' : ` (skipped: ${status.reason})`;

const largestDifference = (a: Tensor, b: Tensor) => {
  let worst = 0;
  for (let i = 0; i < a.data.length; i++) {
    worst = Math.max(worst, Math.abs(a.data[i]! - b.data[i]!) / Math.max(1, Math.abs(a.data[i]!)));
  }
  return worst;
};

describe.skipIf(!status.live)(`the ONNX Runtime evaluator${skipped}`, () => {
  test('gives what plain arrays give, to 1e-5, on random graphs', async () => {
    await fc.assert(
      fc.asyncProperty(randomCase, async ({ graph, features }) => {
        const plain = await openEvaluator(graph, 'plain');
        const native = await openEvaluator(graph, 'onnxruntime');
        const a = await plain.run({ features });
        const b = await native.run({ features });
        expect(b.shape).toEqual(a.shape);
        expect(largestDifference(a, b)).toBeLessThan(1e-5);
        await native.dispose();
      }),
      { numRuns: 150, seed: 7 },
    );
  });

  test('breaks ties as plain arrays do: TopK, ArgMin and ArgMax to the lowest index', async () => {
    const b = graphBuilder();
    const x = b.input('features', ['batch', 5]);
    const rows = b.constant('rows', { shape: [5, 1], data: Float32Array.of(1, 2, 4, 8, 16) });
    const top = b.reduceSum(b.gather(rows, b.topK(x, 2).indices), [1], false);
    const graph = b.build(b.concat([top, b.gather(rows, b.argMin(x)), b.gather(rows, b.argMax(x))], 1));
    const features = { shape: [2, 5], data: Float32Array.of(3, 7, 7, 7, 3, 0, 0, 0, 0, 0) };
    // row 1: top-2 of equal sevens are 1 and 2 (2 + 4), smallest is 0 (1), largest is 1 (2); row 2: all equal
    const expected = { shape: [2, 3], data: Float32Array.of(6, 1, 2, 3, 1, 1) };
    for (const engine of ['plain', 'onnxruntime'] as const) {
      expect(await (await openEvaluator(graph, engine)).run({ features })).toEqual(expected);
    }
  });

  test('is what auto picks', async () => {
    const b = graphBuilder();
    const graph = b.build(b.neg(b.input('features', ['batch', 1])));
    const evaluator = await openEvaluator(graph);
    expect(evaluator.engine).toBe('onnxruntime');
    expect(await evaluator.run({ features: { shape: [1, 1], data: Float32Array.of(2) } })).toEqual({
      shape: [1, 1],
      data: Float32Array.of(-2),
    });
  });

  test('refuses bad inputs in the words of plain arrays', async () => {
    const b = graphBuilder();
    const evaluator = await openEvaluator(b.build(b.neg(b.input('features', ['batch', 1]))), 'onnxruntime');
    await expect(evaluator.run({})).rejects.toMatchObject({
      code: 'VSR_GRAPH',
      message: 'scoring graph: input "features" [batch×1] is missing.',
    });
  });

  test('says that bytes are no model', async () => {
    await expect(openOnnxModel(Uint8Array.of(1, 2, 3), 'x.onnx')).rejects.toMatchObject({
      code: 'VSR_GRAPH',
      message: expect.stringMatching(/^x\.onnx: ONNX Runtime refuses the model: /),
    });
  });

  test('reports a failure inside the graph as VSR_GRAPH', async () => {
    const b = graphBuilder();
    const graph = b.build(b.topK(b.input('features', ['batch', 2]), 3).values);
    const open = async () =>
      (await openEvaluator(graph, 'onnxruntime')).run({ features: { shape: [1, 2], data: Float32Array.of(1, 2) } });
    await expect(open()).rejects.toMatchObject({ code: 'VSR_GRAPH' });
  });
});

describe.skipIf(!status.live || !hasShared)(
  `models that other tools wrote${skipped || ' (skipped where ../shared is absent)'}`,
  () => {
    interface Stored {
      readonly shape: number[];
      readonly values: (number | string)[];
    }
    const folder = join(SHARED, 'fixtures/formats');
    const expected: Record<string, { inputs: Record<string, Stored>; outputs: Record<string, Stored> }> = hasShared
      ? JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')).onnx
      : {};
    test.each(['knn-topk.onnx', 'mlp.onnx'])('%s gives its recorded outputs', async (name) => {
      const model = await openOnnxModel(readFileSync(join(folder, name)), name);
      const { inputs, outputs } = expected[name]!;
      const results = await model.run(
        Object.fromEntries(
          Object.entries(inputs).map(([key, { shape, values }]) => [
            key,
            { shape, data: Float32Array.from(values, Number) },
          ]),
        ),
      );
      expect(Object.keys(results).sort()).toEqual(Object.keys(outputs).sort());
      for (const [key, { shape, values }] of Object.entries(outputs)) {
        const result = results[key]!;
        expect(result.shape).toEqual(shape);
        if (result.data instanceof Int32Array) expect(Array.from(result.data)).toEqual(values);
        else expect(largestDifference({ shape, data: Float32Array.from(values, Number) }, result)).toBeLessThan(1e-6);
      }
    });
  },
);
