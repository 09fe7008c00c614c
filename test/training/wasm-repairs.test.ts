import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/math/random.js';
import { openEngine } from '../../src/training/engine.js';
import type { EngineTensor } from '../../src/training/tensorflow.js';
import { reluGradient } from '../../src/training/wasm-repairs.js';
import { distance } from './golden.js';

const { tf } = await openEngine({ engine: 'wasm' });
const random = seededRandom(7);
const draw = (shape: number[]) =>
  tf.tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
    shape,
  );

/** Central differences of f by every element of x; f is quadratic at most, so that they are exact but for rounding. */
function numericGradient(f: (x: EngineTensor) => EngineTensor, x: EngineTensor): number[] {
  const values = x.dataSync();
  return Array.from(values, (_, i) => {
    const at = (step: number) => {
      const moved = Float32Array.from(values);
      moved[i]! += step;
      return f(tf.tensor(moved, x.shape)).dataSync()[0]!;
    };
    return (at(0.25) - at(-0.25)) / 0.5;
  });
}

describe('gradient of the matrix product', () => {
  const flags = [false, true].flatMap((transposeA) => [false, true].map((transposeB) => ({ transposeA, transposeB })));
  const ranks = [
    { rank: 2, batchA: [], batchB: [] },
    { rank: 3, batchA: [2], batchB: [2] },
    { rank: 3, batchA: [1], batchB: [3] },
    { rank: 3, batchA: [3], batchB: [1] },
  ];
  for (const { rank, batchA, batchB } of ranks) {
    for (const { transposeA, transposeB } of flags) {
      test(`rank ${rank}, batches ${batchA}|${batchB}, transposeA ${transposeA}, transposeB ${transposeB}`, () => {
        const a = draw([...batchA, ...(transposeA ? [4, 3] : [3, 4])]);
        const b = draw([...batchB, ...(transposeB ? [5, 4] : [4, 5])]);
        const c = draw(tf.matMul(a, b, transposeA, transposeB).shape);
        const f = (x: EngineTensor, y: EngineTensor) => tf.sum(tf.mul(tf.matMul(x, y, transposeA, transposeB), c));
        const [da, db] = tf.grads(f as never)([a, b]) as unknown as [EngineTensor, EngineTensor];
        expect(da.shape).toEqual(a.shape);
        expect(db.shape).toEqual(b.shape);
        const byA = numericGradient((x) => f(x, b), a);
        const byB = numericGradient((x) => f(a, x), b);
        expect(distance(da.dataSync(), byA)).toBeLessThan(1e-4);
        expect(distance(db.dataSync(), byB)).toBeLessThan(1e-4);
      });
    }
  }

  test('is the stock one on the other backends', async () => {
    const a = [1, 2, 3, 4];
    const gradient = () => {
      const f = (x: EngineTensor) => tf.sum(tf.matMul(x, x, true, false));
      return [
        ...tf
          .grad(f as never)(tf.tensor(a, [2, 2]))
          .dataSync(),
      ];
    };
    const onWasm = gradient();
    await openEngine({ engine: 'js' });
    const onJs = gradient();
    await openEngine({ engine: 'wasm' });
    expect(onWasm).toEqual(onJs);
  });
});

describe('UnsortedSegmentSum', () => {
  test('adds the rows of each segment; a negative id counts nowhere', () => {
    const x = tf.tensor([1, 2, 3, 4, 5, 6, 7, 8], [4, 2]);
    const sums = tf.unsortedSegmentSum(x, tf.tensor1d([2, 0, 2, -1], 'int32'), 3);
    expect([...sums.dataSync()]).toEqual([3, 4, 0, 0, 6, 8]);
    expect(sums.shape).toEqual([3, 2]);
  });

  test('works on whole numbers and on no rows', () => {
    const whole = tf.unsortedSegmentSum(tf.tensor1d([1, 2, 4], 'int32'), tf.tensor1d([1, 1, 0], 'int32'), 2);
    expect([...whole.dataSync()]).toEqual([4, 3]);
    const none = tf.unsortedSegmentSum(tf.zeros([0, 2]), tf.tensor1d([], 'int32'), 2);
    expect([...none.dataSync()]).toEqual([0, 0, 0, 0]);
  });

  test('gives gather its gradient: each row collects from where it went', () => {
    const table = draw([4, 3]);
    const indices = tf.tensor1d([1, 3, 1], 'int32');
    const c = draw([3, 3]);
    const f = (x: EngineTensor) => tf.sum(tf.mul(tf.gather(x, indices), c));
    const expected = numericGradient(f, table);
    expect(
      distance(
        tf
          .grad(f as never)(table)
          .dataSync(),
        expected,
      ),
    ).toBeLessThan(1e-4);
  });
});

test('ReLU’s gradient passes where its result is above 0', () => {
  const y = tf.tensor([0, 0.5, -0, 2], [2, 2]);
  const dy = tf.tensor([1, 2, 3, -4], [2, 2]);
  expect([...reluGradient(tf, dy, y).dataSync()]).toEqual([0, 2, 0, -4]);
  expect(reluGradient(tf, dy, y).shape).toEqual([2, 2]);
});
