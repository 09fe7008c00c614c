import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FLOAT } from '../../../src/inference/onnx/onnx-schema.js';
import { onnxRuntime } from '../../../src/inference/onnxruntime/onnx-runtime.js';
import { withSignedWeights } from '../../../src/inference/onnxruntime/signed-weights.js';
import { type TinyGraph, UINT8, writeGraph } from '../../embeddings/tiny-encoder.js';
import { temporaryFolder } from '../../temporary-folder.js';

const folder = temporaryFolder();

const ZERO = 100;
/** [2×3], as unsigned bytes around ZERO. Small, so that no processor's kernel saturates. */
const WEIGHTS = [
  [1, -2, 3],
  [-4, 5, -6],
];
/** [2×2] */
const INPUT = [
  [7, -8],
  [-9, 10],
];
const PRODUCT = INPUT.map((row) => [0, 1, 2].map((j) => row[0]! * WEIGHTS[0]![j]! + row[1]! * WEIGHTS[1]![j]!));

/** y = (x + ZERO as bytes) · weights, one zero point for both factors. */
function productGraph(more: TinyGraph['nodes'] = []): TinyGraph {
  return {
    inputs: [{ name: 'x', type: FLOAT, shape: ['n', 2] }],
    constants: {
      shift: { shape: [], data: Float32Array.of(ZERO) },
      zero: { shape: [], data: Uint8Array.of(ZERO) },
      weights: { shape: [2, 3], data: Uint8Array.from(WEIGHTS.flat(), (value) => value + ZERO) },
    },
    nodes: [
      { op: 'Add', inputs: ['x', 'shift'], output: 'shifted' },
      { op: 'Cast', inputs: ['shifted'], output: 'bytes', attributes: { to: UINT8 } },
      { op: 'MatMulInteger', inputs: ['bytes', 'weights', 'zero', 'zero'], output: 'product' },
      { op: 'Cast', inputs: ['product'], output: 'y', attributes: { to: FLOAT } },
      ...more,
    ],
    outputs: [{ name: 'y', type: FLOAT, shape: ['n', 3] }],
  };
}

async function modelBytes(graph: TinyGraph): Promise<Buffer> {
  await writeGraph(folder.path, 'model.onnx', graph);
  return readFileSync(join(folder.path, 'model.onnx'));
}

async function run(model: Uint8Array): Promise<number[][]> {
  const runtime = await onnxRuntime();
  const session = await runtime.InferenceSession.create(model, { logSeverityLevel: 3 });
  const x = new runtime.Tensor('float32', Float32Array.from(INPUT.flat()), [2, 2]);
  const y = Array.from((await session.run({ x })).y!.data, Number);
  return [y.slice(0, 3), y.slice(3)];
}

describe('a model whose integer products have unsigned weights', () => {
  test('gives the same products with signed ones', async () => {
    const model = await modelBytes(productGraph());
    const signed = withSignedWeights(Buffer.from(model))!;
    expect(await run(model)).toEqual(PRODUCT);
    expect(await run(signed)).toEqual(PRODUCT);
  });

  test('holds its weights as signed bytes, and leaves the zero point of the other factor as it is', async () => {
    const model = await modelBytes(productGraph());
    const signed = Buffer.from(withSignedWeights(Buffer.from(model))!);
    const asSigned = Buffer.from(WEIGHTS.flat().map((value) => value + ZERO - 128));
    expect([model.includes(asSigned), signed.includes(asSigned)]).toEqual([false, true]);
    expect([signed.includes('zero'), signed.includes('sero')]).toEqual([true, true]);
  });
});

describe('a model is left to ONNX Runtime as it is', () => {
  const weights = productGraph().constants;

  test.each([
    [
      'whose weights serve another node too',
      productGraph([{ op: 'Cast', inputs: ['weights'], output: 'w', attributes: { to: FLOAT } }]),
    ],
    ['with a graph inside a node', productGraph([{ op: 'If', inputs: ['x'], output: 'z' }])],
    ['with its weights in another file', { ...productGraph(), externalData: 'model.onnx_data' }],
    [
      'whose weights can be given from outside',
      { ...productGraph(), inputs: [...productGraph().inputs, { name: 'weights', type: UINT8, shape: [2, 3] }] },
    ],
    [
      'without a zero point for its weights',
      { ...productGraph(), nodes: productGraph().nodes.map((node) => ({ ...node, inputs: node.inputs.slice(0, 3) })) },
    ],
    [
      'of another input than bytes known to be unsigned',
      { ...productGraph(), constants: { ...weights, zero: { shape: [], data: Float32Array.of(0) } } },
    ],
    [
      'without integer products',
      {
        ...productGraph(),
        nodes: productGraph().nodes.map((node) => ({ ...node, op: node.op === 'MatMulInteger' ? 'MatMul' : node.op })),
      },
    ],
  ] as [string, TinyGraph][])('%s', async (_, graph) => {
    const model = await modelBytes(graph);
    const given = Buffer.from(model);
    expect(withSignedWeights(given)).toBeUndefined();
    expect(given.equals(model)).toBe(true);
  });

  test('and a file that is cut short is no model', async () => {
    const model = await modelBytes(productGraph());
    expect(() => withSignedWeights(model.subarray(0, model.length - 5))).toThrow(RangeError);
  });
});
