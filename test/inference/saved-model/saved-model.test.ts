import { describe, expect, test } from 'vitest';
import { readSavedModel } from '../../../src/inference/saved-model/read-saved-model.js';
import { graphToSavedModel } from '../../../src/inference/saved-model/write-saved-model.js';
import { graphBuilder } from '../../../src/inference/scoring-graph.js';

/** x [batch×2] · w [2×3], summed over a new middle axis of size 1. */
function tinyGraph() {
  const b = graphBuilder();
  const w = b.constant('w', { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) });
  const x = b.unsqueeze(b.matMul(b.input('features', ['batch', 2]), w), [1]);
  return b.build(b.reduceSum(x, [1], false));
}

const METADATA = { models: ['a', 'é', 'c'], encoderFingerprint: 'sha256:00', producerVersion: '1.2.3' };
const FLOAT = { type: 1 };
const INT32 = { type: 3 };
const ints = (name: string, shape: number[], values: number[]) => ({
  name,
  op: 'Const',
  input: [],
  attr: {
    dtype: INT32,
    value: {
      tensor: {
        dtype: 3,
        tensorShape: { dim: shape.map((size) => ({ size })) },
        tensorContent: bytes(Int32Array.from(values)),
      },
    },
  },
});
const bytes = (data: Float32Array | Int32Array) => Buffer.from(data.buffer);

describe('graphToSavedModel', () => {
  test('writes a Concat of one value as that value, because ConcatV2 takes two at least', async () => {
    const b = graphBuilder();
    const x = b.input('features', ['batch', 2]);
    const graph = b.build(b.concat([b.concat([x], 1), x], 1));
    const { nodes } = await readSavedModel(await graphToSavedModel(graph, METADATA), 'x.pb');
    const ops = nodes
      .filter(({ op }) => op === 'Identity' || op === 'ConcatV2')
      .map(({ op, input }) => [op, input.length]);
    expect(ops).toEqual([
      ['Identity', 1],
      ['ConcatV2', 3],
      ['Identity', 1], // the output's name
    ]);
  });

  test('writes one graph with frozen constants, tag serve and signature serving_default', async () => {
    const read = await readSavedModel(await graphToSavedModel(tinyGraph(), METADATA), 'x.pb');
    expect(read.metadata).toEqual(METADATA);
    expect(read.tags).toEqual(['serve']);
    expect(read.signature).toEqual({
      inputs: { features: { name: 'features:0', dtype: 1, tensorShape: { dim: [{ size: -1 }, { size: 2 }] } } },
      outputs: { scores: { name: 'scores:0', dtype: 1, tensorShape: { dim: [{ size: -1 }, { size: 3 }] } } },
      methodName: 'tensorflow/serving/predict',
    });
    const nodes = read.nodes.map((node) => ({ ...node, attr: { ...node.attr } }));
    expect(JSON.parse(JSON.stringify(nodes))).toEqual(
      JSON.parse(
        JSON.stringify([
          {
            name: 'features',
            op: 'Placeholder',
            input: [],
            attr: { dtype: FLOAT, shape: { shape: { dim: [{ size: -1 }, { size: 2 }] } } },
          },
          {
            name: 'w',
            op: 'Const',
            input: [],
            attr: {
              dtype: FLOAT,
              value: {
                tensor: {
                  dtype: 1,
                  tensorShape: { dim: [{ size: 2 }, { size: 3 }] },
                  tensorContent: bytes(Float32Array.of(1, 2, 3, 4, 5, 6)),
                },
              },
            },
          },
          { name: 'matmul_0', op: 'MatMul', input: ['features', 'w'], attr: { T: FLOAT } },
          ints('unsqueeze_1/axis', [], [1]),
          {
            name: 'unsqueeze_1',
            op: 'ExpandDims',
            input: ['matmul_0', 'unsqueeze_1/axis'],
            attr: { T: FLOAT, Tdim: INT32 },
          },
          ints('scores/of/axes', [1], [1]),
          {
            name: 'scores/of',
            op: 'Sum',
            input: ['unsqueeze_1', 'scores/of/axes'],
            attr: { T: FLOAT, Tidx: INT32, keep_dims: { b: false } },
          },
          { name: 'scores', op: 'Identity', input: ['scores/of'], attr: { T: FLOAT } },
        ]),
      ),
    );
  });
  test('writes the same bytes for the same graph', async () => {
    expect(await graphToSavedModel(tinyGraph(), METADATA)).toEqual(await graphToSavedModel(tinyGraph(), METADATA));
  });
  test('gives every node a name of its own that TensorFlow accepts', async () => {
    const b = graphBuilder();
    const row = (name: string) => b.constant(name, { shape: [1], data: Float32Array.of(1) });
    const sum = [row('é w'), row('É w'), row('_W')].reduce((a, c) => b.add(a, c), b.input('features', ['batch', 1]));
    const names = (await readSavedModel(await graphToSavedModel(b.build(sum)), 'x.pb')).nodes.map(({ name }) => name);
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
    expect(names.filter((name) => !/^[A-Za-z0-9.][A-Za-z0-9_./-]*$/.test(name))).toEqual([]);
  });
  test('refuses what TensorFlow has no op for', async () => {
    const input = { name: 'features', shape: ['batch', 2] as const };
    const node = {
      op: 'TopK' as const,
      inputs: ['features'],
      outputs: ['scores', 'at'],
      attributes: { k: 1, axis: 0 },
    };
    await expect(
      graphToSavedModel({ inputs: [input], constants: {}, nodes: [node], output: 'scores' }),
    ).rejects.toMatchObject({
      code: 'VSR_GRAPH',
      message: 'scoring graph: TopK along an inner axis has no TensorFlow form.',
    });
  });
});

describe('readSavedModel', () => {
  test('refuses bytes that are no protobuf, and a SavedModel of another producer', async () => {
    await expect(readSavedModel(Buffer.from('{"a":1}'), 'x.pb')).rejects.toMatchObject({
      code: 'VSR_ARTIFACT',
      message: expect.stringMatching(/^x\.pb is no SavedModel/),
    });
    await expect(readSavedModel(new Uint8Array(), 'x.pb')).rejects.toMatchObject({
      message: 'x.pb is no SavedModel of vsr.',
    });
    const bytes = Buffer.from(await graphToSavedModel(tinyGraph(), METADATA));
    bytes.write('xyz', bytes.indexOf('vsr 1.2.3'));
    await expect(readSavedModel(bytes, 'x.pb')).rejects.toMatchObject({ message: 'x.pb is no SavedModel of vsr.' });
  });
});
