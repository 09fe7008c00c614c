import { expect, test } from 'vitest';
import { flatAdam } from '../../src/training/adam.js';
import { distance } from './golden.js';

const column = (...data: number[]) => ({ shape: [data.length, 1], data: Float32Array.from(data) });

test('the first step moves every parameter by the learning rate, against its gradient', () => {
  const adam = flatAdam({ a: column(1, 2, 3), b: column(4, 5) }, { epsilon: 1e-12 });
  adam.gradients.a!.set([0.5, -7, 0]);
  adam.gradients.b!.set([1e-3, -1e3]);
  adam.step(0.25);
  expect(distance(adam.weights.a!.data, [0.75, 2.25, 3])).toBeLessThan(1e-6);
  expect(distance(adam.weights.b!.data, [3.75, 5.25])).toBeLessThan(1e-6);
});

test('decoupled decay shrinks by 1 − lr·decay, with or without a gradient', () => {
  const adam = flatAdam({ a: column(8) }, { weightDecay: 0.5 });
  adam.step(0.5);
  adam.step(0.5);
  expect(adam.weights.a!.data[0]).toBe(8 * 0.75 * 0.75);
});

test('a gradient longer than the limit is scaled down over all parameters together', () => {
  // (3, 4) has length 5: clipped to 1 it is (0.6, 0.8). After one step m = 0.1·g.
  const adam = flatAdam({ a: column(0), b: column(0) }, { clipNorm: 1 });
  adam.gradients.a!.set([3]);
  adam.gradients.b!.set([4]);
  adam.step(1e-3);
  expect(distance(adam.save().firstMoments, [0.06, 0.08])).toBeLessThan(1e-7);
});

test('a saved state continues bit for bit', () => {
  const start = () => flatAdam({ a: column(1, -1, 0.5, 2, 7) }, { weightDecay: 0.01 });
  const gradient = (step: number) => [1, 2, 3, 4, 5].map((k) => Math.sin(k * step));
  const run = (adam: ReturnType<typeof start>, from: number, to: number) => {
    for (let step = from; step <= to; step++) {
      adam.gradients.a!.set(gradient(step));
      adam.step(0.01);
    }
    return adam;
  };
  const half = run(start(), 1, 10).save();
  const resumed = start();
  resumed.load(half);
  expect(run(resumed, 11, 20).save()).toEqual(run(start(), 1, 20).save());
});

test('agrees with the formula in float64 over 50 steps, also beyond a multiple of four parameters', () => {
  const n = 11;
  const adam = flatAdam({ a: { shape: [n], data: Float32Array.from({ length: n }, (_, i) => i / n) } });
  const w = Array.from({ length: n }, (_, i) => Math.fround(i / n));
  const m = new Array<number>(n).fill(0);
  const v = new Array<number>(n).fill(0);
  for (let t = 1; t <= 50; t++) {
    for (let i = 0; i < n; i++) {
      const g = Math.fround(Math.cos(t * (i + 1)));
      adam.gradients.a![i] = g;
      m[i] = 0.9 * m[i]! + 0.1 * g;
      v[i] = 0.999 * v[i]! + 0.001 * g * g;
      w[i]! -= (0.01 * (m[i]! / (1 - 0.9 ** t))) / (Math.sqrt(v[i]! / (1 - 0.999 ** t)) + 1e-8);
    }
    adam.step(0.01);
  }
  expect(distance(adam.weights.a!.data, w)).toBeLessThan(1e-6);
});
