import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VsrError } from '../../../src/errors/vsr-error.js';
import { modelProto } from '../../../src/inference/onnx/onnx-schema.js';
import { onnxToGraph } from '../../../src/inference/onnx/read-onnx.js';
import { graphToOnnx } from '../../../src/inference/onnx/write-onnx.js';
import { graphBuilder } from '../../../src/inference/scoring-graph.js';
import { hasShared, SHARED } from '../../shared-folder.js';
import { randomCase } from '../random-graph.js';

function tinyGraph() {
  const b = graphBuilder();
  const x = b.input('features', ['batch', 2]);
  const w = b.constant('w', { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) });
  return b.build(b.reduceSum(b.unsqueeze(b.matMul(x, w), [1]), [1], false));
}

describe('graphToOnnx', () => {
  test('writes opset 17 by the official schema: axes as inputs, shapes, producer and metadata', async () => {
    const bytes = await graphToOnnx(tinyGraph(), {
      models: ['a', 'b', 'c'],
      encoderFingerprint: 'sha256:00',
      producerVersion: '1.2.3',
    });
    const type = await modelProto();
    const model = type.toObject(type.decode(bytes), { longs: Number, bytes: Array });
    const int64 = [1, 0, 0, 0, 0, 0, 0, 0];
    expect(model).toEqual({
      irVersion: 8,
      producerName: 'vsr',
      producerVersion: '1.2.3',
      opsetImport: [{ version: 17 }],
      metadataProps: [
        { key: 'models', value: '["a","b","c"]' },
        { key: 'encoder_fingerprint', value: 'sha256:00' },
      ],
      graph: {
        name: 'scores',
        input: [
          {
            name: 'features',
            type: { tensorType: { elemType: 1, shape: { dim: [{ dimParam: 'batch' }, { dimValue: 2 }] } } },
          },
        ],
        output: [
          {
            name: 'scores',
            type: { tensorType: { elemType: 1, shape: { dim: [{ dimParam: 'batch' }, { dimValue: 3 }] } } },
          },
        ],
        initializer: [
          {
            name: 'w',
            dims: [2, 3],
            dataType: 1,
            rawData: Array.from(new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6).buffer)),
          },
          { name: 'unsqueeze_1:axes', dims: [1], dataType: 7, rawData: int64 },
          { name: 'scores:axes', dims: [1], dataType: 7, rawData: int64 },
        ],
        node: [
          { opType: 'MatMul', name: 'matmul_0', input: ['features', 'w'], output: ['matmul_0'] },
          {
            opType: 'Unsqueeze',
            name: 'unsqueeze_1',
            input: ['matmul_0', 'unsqueeze_1:axes'],
            output: ['unsqueeze_1'],
          },
          {
            opType: 'ReduceSum',
            name: 'scores',
            input: ['unsqueeze_1', 'scores:axes'],
            output: ['scores'],
            attribute: [{ name: 'keepdims', type: 2 }], // i = 0 is proto3's default, so it is not on the wire
          },
        ],
      },
    });
  });
  test('writes the same bytes for the same graph', async () => {
    expect(await graphToOnnx(tinyGraph())).toEqual(await graphToOnnx(tinyGraph()));
  });
});

describe('onnxToGraph', () => {
  test('gives back every graph that was written', async () => {
    await fc.assert(
      fc.asyncProperty(randomCase, async ({ graph }) => {
        const metadata = { models: ['a', 'é'], encoderFingerprint: 'sha256:00', producerVersion: '1' };
        const read = await onnxToGraph(await graphToOnnx(graph, metadata), 'x.onnx');
        expect(read).toEqual({ graph, metadata });
      }),
      { numRuns: 60, seed: 3 },
    );
  });
  test('keeps whole numbers, scalars and empty constants', async () => {
    const b = graphBuilder();
    const rows = b.constant('rows', { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) });
    const picked = b.gather(rows, b.constant('at', { shape: [3], data: Int32Array.of(1, -1, 0) }));
    b.constant('none', { shape: [0, 2], data: new Float32Array(0) });
    const graph = b.build(b.mul(picked, b.scalar(2)));
    expect((await onnxToGraph(await graphToOnnx(graph), 'x.onnx')).graph).toEqual(graph);
  });
  test('keeps an empty list of axes a list', async () => {
    const input = { name: 'features', shape: ['batch', 2] as const };
    const node = {
      op: 'ReduceMean' as const,
      inputs: ['features'],
      outputs: ['scores'],
      attributes: { axes: [], keepdims: 1 },
    };
    const graph = { inputs: [input], constants: {}, nodes: [node], output: 'scores' };
    expect((await onnxToGraph(await graphToOnnx(graph), 'x.onnx')).graph).toEqual(graph);
  });
  test('refuses bytes that are no model, whatever byte is changed', async () => {
    const good = await graphToOnnx(tinyGraph(), { models: ['a', 'b', 'c'] });
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), fc.nat(255), async (at, value) => {
        const bytes = good.slice();
        bytes[at] = value;
        try {
          await onnxToGraph(bytes, 'x.onnx');
        } catch (error) {
          expect(error).toBeInstanceOf(VsrError);
        }
      }),
      { numRuns: 400, seed: 5 },
    );
  });
  test.skipIf(!hasShared)('refuses a model of another producer (skipped where ../shared is absent)', async () => {
    const bytes = readFileSync(join(SHARED, 'fixtures/formats/mlp.onnx'));
    await expect(onnxToGraph(bytes, 'mlp.onnx')).rejects.toMatchObject({
      code: 'VSR_ARTIFACT',
      message: expect.stringMatching(/^mlp\.onnx is no ONNX model of vsr: its producer is /),
    });
  });
});
