import { describe, expect, test } from 'vitest';
import { plainEvaluator } from '../../src/inference/plain/plain-evaluator.js';
import { graphBuilder, type OpName, type ScoringGraph } from '../../src/inference/scoring-graph.js';

const b = graphBuilder();
const doubled = b.build(b.mul(b.input('features', ['batch', 2]), b.scalar(2)));
const features = (rows: number) => ({ shape: [rows, 2], data: new Float32Array(rows * 2).fill(1) });
const graph = (change: Partial<ScoringGraph>): ScoringGraph => ({ ...doubled, ...change });

describe('inputs', () => {
  test('of any batch size are taken', async () => {
    const scores = await plainEvaluator(doubled).run({ features: features(3) });
    expect(scores).toEqual({ shape: [3, 2], data: Float32Array.of(2, 2, 2, 2, 2, 2) });
  });
  test.each([
    [{}, 'scoring graph: input "features" [batch×2] is missing.'],
    [
      { features: { shape: [3], data: new Float32Array(3) } },
      'scoring graph: input "features" must be [3×2], got [3].',
    ],
    [
      { features: { shape: [1, 3], data: new Float32Array(3) } },
      'scoring graph: input "features" must be [1×2], got [1×3].',
    ],
    [
      { features: { shape: [1, 2], data: new Float32Array(3) } },
      'scoring graph: input "features" has shape [1×2] but 3 values.',
    ],
    [
      { features: { shape: [1, 2], data: Int32Array.of(1, 2) } },
      'scoring graph: input "features" must be float32 values, got whole numbers.',
    ],
    [{ features: features(1), user: features(1) }, 'scoring graph: there is no input "user"; its inputs are features.'],
  ])('that do not fit are refused: %j', async (inputs, message) => {
    await expect(plainEvaluator(doubled).run(inputs)).rejects.toMatchObject({ code: 'VSR_GRAPH', message });
  });
  test('must agree on the batch size', async () => {
    const two = graphBuilder();
    const sum = two.build(two.add(two.input('a', ['batch', 2]), two.input('b', ['batch', 2])));
    await expect(plainEvaluator(sum).run({ a: features(2), b: features(1) })).rejects.toMatchObject({
      message: 'scoring graph: input "b" must be [2×2], got [1×2].',
    });
  });
});

describe('a malformed graph is refused', () => {
  const node = (op: string, inputs: string[], outputs: string[]) => ({
    op: op as OpName,
    inputs,
    outputs,
    attributes: {},
  });
  test.each([
    [
      { nodes: [node('Neg', ['nobody'], ['scores'])] },
      'scoring graph: node 0 (Neg) reads "nobody", which nothing before it makes.',
    ],
    [{ nodes: [] }, 'scoring graph: nothing makes its output "scores".'],
    [
      { nodes: [node('Neg', ['features'], ['features'])] },
      'scoring graph: node 0 (Neg) makes "features", which exists already.',
    ],
    [{ nodes: [node('Sorcery', ['features'], ['scores'])] }, 'scoring graph: there is no op "Sorcery".'],
    [
      { constants: { w: { shape: [2, 2], data: new Float32Array(3) } } },
      'scoring graph: constant "w" has shape [2×2] but 3 values.',
    ],
  ])('%#', async (change, message) => {
    const open = async () => plainEvaluator(graph(change)).run({ features: features(1) });
    await expect(open()).rejects.toMatchObject({ code: 'VSR_GRAPH', message });
  });
});
