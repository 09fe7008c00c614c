import { describe, expect, test } from 'vitest';
import { plainEvaluator } from '../../../src/inference/plain/plain-evaluator.js';
import type { OpName } from '../../../src/inference/scoring-graph.js';
import type { Tensor } from '../../../src/inference/tensor.js';

const f = (shape: number[], ...values: number[]): Tensor => ({ shape, data: Float32Array.from(values) });
const i = (shape: number[], ...values: number[]): Tensor => ({ shape, data: Int32Array.from(values) });

type Attributes = Record<string, number | readonly number[]>;

/** Runs one node over the given tensors: float32 values are inputs of the graph, whole numbers constants. */
async function run(
  op: OpName,
  inputs: Tensor[],
  attributes: Attributes = {},
  output = 0,
  outputs = 1,
): Promise<Tensor> {
  const names = inputs.map((_, index) => `x${index}`);
  const made = Array.from({ length: outputs }, (_, index) => `y${index}`);
  const named = inputs.map((tensor, index) => [names[index]!, tensor] as const);
  const evaluator = plainEvaluator({
    inputs: named.filter(isInput).map(([name, tensor]) => ({ name, shape: tensor.shape })),
    constants: Object.fromEntries(named.filter((entry) => !isInput(entry))),
    nodes: [{ op, inputs: names, outputs: made, attributes }],
    output: made[output]!,
  });
  return evaluator.run(Object.fromEntries(named.filter(isInput)));
}

const isInput = ([, tensor]: readonly [string, Tensor]) => tensor.data instanceof Float32Array;

describe('Add, Sub, Mul, Div', () => {
  test('work value by value on equal shapes', async () => {
    const a = f([2, 2], 1, 2, 3, 4);
    const b = f([2, 2], 5, 6, 7, 8);
    expect(await run('Add', [a, b])).toEqual(f([2, 2], 6, 8, 10, 12));
    expect(await run('Sub', [a, b])).toEqual(f([2, 2], -4, -4, -4, -4));
    expect(await run('Mul', [a, b])).toEqual(f([2, 2], 5, 12, 21, 32));
    expect(await run('Div', [b, a])).toEqual(f([2, 2], 5, 3, 7 / 3, 2));
  });
  test('broadcast a scalar, a row, a column, and both sides at once', async () => {
    const a = f([2, 3], 1, 2, 3, 4, 5, 6);
    expect(await run('Mul', [a, f([], 10)])).toEqual(f([2, 3], 10, 20, 30, 40, 50, 60));
    expect(await run('Add', [a, f([3], 10, 20, 30)])).toEqual(f([2, 3], 11, 22, 33, 14, 25, 36));
    expect(await run('Sub', [a, f([2, 1], 1, 4)])).toEqual(f([2, 3], 0, 1, 2, 0, 1, 2));
    expect(await run('Add', [f([2, 1], 1, 2), f([1, 3], 10, 20, 30)])).toEqual(f([2, 3], 11, 21, 31, 12, 22, 32));
  });
  test('broadcast through a middle axis: [2×1×2] with [2×3×1] gives [2×3×2]', async () => {
    const a = f([2, 1, 2], 1, 2, 3, 4);
    const b = f([2, 3, 1], 10, 20, 30, 40, 50, 60);
    expect(await run('Add', [a, b])).toEqual(f([2, 3, 2], 11, 12, 21, 22, 31, 32, 43, 44, 53, 54, 63, 64));
  });
  test('divide whole numbers towards zero', async () => {
    expect(await run('Div', [i([4], 7, -7, 7, -7), i([4], 2, 2, -2, -2)])).toEqual(i([4], 3, -3, -3, 3));
  });
  test('of nothing is nothing', async () => {
    expect(await run('Add', [f([0, 3]), f([3], 1, 2, 3)])).toEqual(f([0, 3]));
  });
  test('refuse shapes that do not broadcast, and float32 with whole numbers', async () => {
    await expect(run('Add', [f([2], 1, 2), f([3], 1, 2, 3)])).rejects.toMatchObject({
      code: 'VSR_GRAPH',
      message: 'scoring graph: Add of [2] and [3] does not broadcast.',
    });
    await expect(run('Add', [f([1], 1), i([1], 1)])).rejects.toMatchObject({ code: 'VSR_GRAPH' });
  });
});

describe('Sqrt, Neg, Exp, Relu, Sigmoid, Tanh', () => {
  test('are the functions they are named after', async () => {
    expect(await run('Sqrt', [f([2], 4, 9)])).toEqual(f([2], 2, 3));
    expect(await run('Neg', [f([2], 4, -9)])).toEqual(f([2], -4, 9));
    expect(await run('Neg', [i([2], 4, -9)])).toEqual(i([2], -4, 9));
    expect(await run('Exp', [f([2], 0, 1)])).toEqual(f([2], 1, Math.E));
    expect(await run('Relu', [f([3], -1, 0, 2)])).toEqual(f([3], 0, 0, 2));
    expect(await run('Sigmoid', [f([4], 0, Math.log(3), -1000, 1000)])).toEqual(f([4], 0.5, 0.75, 0, 1));
    expect(await run('Tanh', [f([2], 0, 1)])).toEqual(f([2], 0, Math.tanh(1)));
  });
  test('let NaN through', async () => {
    expect(await run('Relu', [f([1], Number.NaN)])).toEqual(f([1], Number.NaN));
  });
  test('refuse whole numbers where ONNX does', async () => {
    await expect(run('Exp', [i([1], 1)])).rejects.toMatchObject({
      code: 'VSR_GRAPH',
      message: 'scoring graph: Exp takes float32 values, got whole numbers.',
    });
  });
});

describe('MatMul', () => {
  test('of two matrices', async () => {
    const a = f([2, 3], 1, 2, 3, 4, 5, 6);
    const b = f([3, 2], 7, 8, 9, 10, 11, 12);
    expect(await run('MatMul', [a, b])).toEqual(f([2, 2], 58, 64, 139, 154));
  });
  test('of stacks: each pair, or one matrix against every one', async () => {
    const a = f([2, 1, 2], 1, 2, 3, 4);
    expect(await run('MatMul', [a, f([2, 2, 1], 1, 1, 10, 10)])).toEqual(f([2, 1, 1], 3, 70));
    expect(await run('MatMul', [a, f([2, 1], 1, 1)])).toEqual(f([2, 1, 1], 3, 7));
    expect(await run('MatMul', [f([1, 2], 1, 1), f([2, 2, 1], 1, 2, 3, 4)])).toEqual(f([2, 1, 1], 3, 7));
  });
  test('takes a vector as a row on the left, as a column on the right', async () => {
    const m = f([2, 2], 1, 2, 3, 4);
    expect(await run('MatMul', [f([2], 1, 10), m])).toEqual(f([2], 31, 42));
    expect(await run('MatMul', [m, f([2], 1, 10)])).toEqual(f([2], 21, 43));
    expect(await run('MatMul', [f([2], 1, 10), f([2], 3, 4)])).toEqual(f([], 43));
  });
  test('of a 0-row batch has no rows', async () => {
    expect(await run('MatMul', [f([0, 2]), f([2, 1], 1, 2)])).toEqual(f([0, 1]));
  });
  // Every block edge: rows around the panel of 4, columns around the panel of 3, sums around the unroll of 8.
  test.each([
    [1, 7, 1],
    [1, 8, 2],
    [1, 17, 5],
    [3, 9, 4],
    [4, 8, 3],
    [5, 1, 7],
    [8, 16, 6],
    [9, 23, 8],
  ])('[%i×%i]·[… × %i] equals the sum it is defined by', async (M, K, N) => {
    const a = Float32Array.from({ length: M * K }, (_, index) => ((index * 7) % 11) - 5);
    const b = Float32Array.from({ length: K * N }, (_, index) => ((index * 5) % 13) - 6);
    const expected = new Float32Array(M * N);
    for (let m = 0; m < M; m++) {
      for (let n = 0; n < N; n++) for (let k = 0; k < K; k++) expected[m * N + n]! += a[m * K + k]! * b[k * N + n]!;
    }
    const result = await run('MatMul', [
      { shape: [M, K], data: a },
      { shape: [K, N], data: b },
    ]);
    expect(result).toEqual({ shape: [M, N], data: expected });
  });
  test('refuses inner sizes that differ', async () => {
    await expect(run('MatMul', [f([1, 2], 1, 2), f([3, 1], 1, 2, 3)])).rejects.toMatchObject({
      message: 'scoring graph: MatMul of [1×2] and [3×1].',
    });
  });
});

describe('ReduceSum, ReduceMean', () => {
  const a = f([2, 3], 1, 2, 3, 4, 5, 6);
  test('fold the named axes, kept as 1 or dropped', async () => {
    expect(await run('ReduceSum', [a], { axes: [1] })).toEqual(f([2, 1], 6, 15));
    expect(await run('ReduceSum', [a], { axes: [-2], keepdims: 0 })).toEqual(f([3], 5, 7, 9));
    expect(await run('ReduceMean', [a], { axes: [1], keepdims: 0 })).toEqual(f([2], 2, 5));
  });
  test('fold everything without axes', async () => {
    expect(await run('ReduceSum', [a])).toEqual(f([1, 1], 21));
    expect(await run('ReduceMean', [a], { axes: [], keepdims: 0 })).toEqual(f([], 3.5));
  });
  test('fold outer and inner axes together', async () => {
    const cube = f([2, 2, 2], 1, 2, 3, 4, 5, 6, 7, 8);
    expect(await run('ReduceSum', [cube], { axes: [0, 2], keepdims: 0 })).toEqual(f([2], 14, 22));
  });
});

describe('ArgMin, ArgMax', () => {
  const a = f([2, 3], 3, 1, 3, 0, 5, 0);
  test('give the first of equal values', async () => {
    expect(await run('ArgMax', [a], { axis: -1, keepdims: 0 })).toEqual(i([2], 0, 1));
    expect(await run('ArgMin', [a], { axis: -1, keepdims: 0 })).toEqual(i([2], 1, 0));
  });
  test('work down the columns, and from the last of equals when asked', async () => {
    expect(await run('ArgMax', [a], { axis: 0, keepdims: 1 })).toEqual(i([1, 3], 0, 1, 0));
    expect(await run('ArgMax', [a], { axis: 1, keepdims: 0, select_last_index: 1 })).toEqual(i([2], 2, 1));
  });
  test('of no values are refused', async () => {
    await expect(run('ArgMax', [f([1, 0])], { axis: 1 })).rejects.toMatchObject({ code: 'VSR_GRAPH' });
  });
});

describe('TopK', () => {
  const a = f([2, 4], 1, 3, 3, 2, 9, 7, 8, 9);
  test('gives values and indices, largest first, equal values in index order', async () => {
    expect(await run('TopK', [a], { k: 3 }, 0, 2)).toEqual(f([2, 3], 3, 3, 2, 9, 9, 8));
    expect(await run('TopK', [a], { k: 3 }, 1, 2)).toEqual(i([2, 3], 1, 2, 3, 0, 3, 2));
  });
  test('works along another axis, and smallest first', async () => {
    expect(await run('TopK', [a], { k: 1, axis: 0 }, 1, 2)).toEqual(i([1, 4], 1, 1, 1, 1));
    expect(await run('TopK', [a], { k: 2, largest: 0 }, 1, 2)).toEqual(i([2, 2], 0, 3, 1, 2));
  });
  test('of more than there are is refused', async () => {
    await expect(run('TopK', [a], { k: 5 }, 0, 2)).rejects.toMatchObject({
      message: 'scoring graph: TopK of k = 5 along an axis of 4.',
    });
  });
});

describe('Gather', () => {
  const a = f([3, 2], 1, 2, 3, 4, 5, 6);
  test('takes rows at indices of any shape; −1 is the last', async () => {
    expect(await run('Gather', [a, i([2, 2], 2, 0, -1, 1)], { axis: 0 })).toEqual(f([2, 2, 2], 5, 6, 1, 2, 5, 6, 3, 4));
    expect(await run('Gather', [a, i([], 1)], { axis: 0 })).toEqual(f([2], 3, 4));
  });
  test('takes columns', async () => {
    expect(await run('Gather', [a, i([1], 1)], { axis: 1 })).toEqual(f([3, 1], 2, 4, 6));
  });
  test.each([3, -4])('refuses index %i of 3 rows', async (index) => {
    await expect(run('Gather', [a, i([1], index)])).rejects.toMatchObject({
      message: `scoring graph: Gather at index ${index} of an axis of 3.`,
    });
  });
});

describe('Softmax', () => {
  test('shares one unit along its axis, however large the values', async () => {
    expect(await run('Softmax', [f([2, 2], 1000, 1000, -500, -500)])).toEqual(f([2, 2], 0.5, 0.5, 0.5, 0.5));
    expect(await run('Softmax', [f([4, 1], 7, 7, 7, 7)], { axis: 0 })).toEqual(f([4, 1], 0.25, 0.25, 0.25, 0.25));
    const { data } = await run('Softmax', [f([2], Math.log(3), 0)]);
    expect(data[0]).toBeCloseTo(0.75, 6);
    expect(data[1]).toBeCloseTo(0.25, 6);
  });
});

describe('Transpose', () => {
  test('swaps rows and columns, across tile edges too', async () => {
    expect(await run('Transpose', [f([2, 3], 1, 2, 3, 4, 5, 6)])).toEqual(f([3, 2], 1, 4, 2, 5, 3, 6));
    const [rows, cols] = [33, 65];
    const data = Float32Array.from({ length: rows * cols }, (_, index) => index);
    const expected = Float32Array.from(data, (_, index) => (index % rows) * cols + Math.floor(index / rows));
    const result = await run('Transpose', [{ shape: [rows, cols], data }], { perm: [1, 0] });
    expect(result).toEqual({ shape: [cols, rows], data: expected });
  });
  test('permutes three axes: out[i,j,k] = in[j,k,i] for perm [2,0,1]', async () => {
    const a = f([2, 1, 3], 1, 2, 3, 4, 5, 6);
    expect(await run('Transpose', [a], { perm: [2, 0, 1] })).toEqual(f([3, 2, 1], 1, 4, 2, 5, 3, 6));
  });
  test('refuses what is no permutation', async () => {
    await expect(run('Transpose', [f([1, 1], 1)], { perm: [0, 0] })).rejects.toMatchObject({ code: 'VSR_GRAPH' });
  });
});

describe('Concat, Unsqueeze, Squeeze', () => {
  test('Concat joins along its axis', async () => {
    const a = f([2, 1], 1, 2);
    const b = f([2, 2], 3, 4, 5, 6);
    expect(await run('Concat', [a, b], { axis: -1 })).toEqual(f([2, 3], 1, 3, 4, 2, 5, 6));
    expect(await run('Concat', [b, b], { axis: 0 })).toEqual(f([4, 2], 3, 4, 5, 6, 3, 4, 5, 6));
    await expect(run('Concat', [a, b], { axis: 0 })).rejects.toMatchObject({ code: 'VSR_GRAPH' });
  });
  test('Unsqueeze and Squeeze put in and take out axes of one', async () => {
    const a = f([2, 2], 1, 2, 3, 4);
    expect(await run('Unsqueeze', [a], { axes: [0, -1] })).toEqual(f([1, 2, 2, 1], 1, 2, 3, 4));
    expect(await run('Squeeze', [f([1, 2, 1], 1, 2)], { axes: [0] })).toEqual(f([2, 1], 1, 2));
    expect(await run('Squeeze', [f([1, 2, 1], 1, 2)])).toEqual(f([2], 1, 2));
    await expect(run('Squeeze', [a], { axes: [0] })).rejects.toMatchObject({ code: 'VSR_GRAPH' });
  });
});
