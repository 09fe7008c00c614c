import { expect, test } from 'vitest';
import { bce, bpr, davidson, hinge } from '../../../src/routers/rankrouter/losses.js';
import type { EngineTensor } from '../../../src/training/tensorflow.js';
import { testEngine } from '../../training/test-engine.js';

const { tf } = await testEngine();
const soft = (x: number) => Math.log(1 + Math.exp(x));

/** Three pairs, won by the first, by the second, and tied; weights 1, 2, 3. */
const pairs = () => ({
  first: tf.tensor1d([1, 0.5, 2]),
  second: tf.tensor1d([0, 1, -1]),
  outcome: tf.tensor1d([1, 0, 0.5]),
  weight: tf.tensor1d([1, 2, 3]),
  total: 6,
});
const value = (loss: EngineTensor) => loss.dataSync()[0]!;

test('bpr: softplus(Δ) − tΔ, a tie pulls Δ to 0', () => {
  expect(value(bpr(tf, pairs()))).toBeCloseTo((soft(-1) + 2 * soft(-0.5) + 3 * (soft(3) - 1.5)) / 6, 5);
});

test('hinge: what is missing to the margin, over decisive pairs alone', () => {
  expect(value(hinge(tf, pairs(), 1))).toBeCloseTo((0 + 2 * 0.5) / 3, 5);
  expect(value(hinge(tf, pairs(), 2))).toBeCloseTo((1 + 2 * 1.5) / 3, 5);
  const tied = { ...pairs(), outcome: tf.tensor1d([0.5, 0.5, 0.5]) };
  expect(value(hinge(tf, tied, 1))).toBe(0);
});

test('bce: both sides on their own', () => {
  const tie = soft(2) - 1 + soft(-1) + 0.5;
  expect(value(bce(tf, pairs()))).toBeCloseTo((soft(-1) + soft(0) + 2 * (soft(0.5) + soft(-1)) + 3 * tie) / 12, 5);
});

test('davidson: a tie is an outcome of its own, and its share is learned', () => {
  const probabilities = (d: number, nu: number) => {
    const z = Math.exp(d / 2) + Math.exp(-d / 2) + nu;
    return { first: Math.exp(d / 2) / z, second: Math.exp(-d / 2) / z, tie: nu / z };
  };
  const expected = (eta: number) =>
    -(
      Math.log(probabilities(1, Math.exp(eta)).first) +
      2 * Math.log(probabilities(-0.5, Math.exp(eta)).second) +
      3 * Math.log(probabilities(3, Math.exp(eta)).tie)
    ) / 6;
  const loss = (eta: EngineTensor) => davidson(tf, pairs(), eta);
  expect(value(loss(tf.tensor2d([[0.3]])))).toBeCloseTo(expected(0.3), 5);
  const slope = tf
    .grad((eta) => loss(eta))(tf.tensor2d([[0.3]]))
    .dataSync()[0]!;
  expect(slope).toBeCloseTo((expected(0.301) - expected(0.299)) / 0.002, 3);
});

test('large differences stay finite in every loss and its gradient', () => {
  const far = (first: EngineTensor) => ({ ...pairs(), first, second: tf.tensor1d([-300, 300, 200]) });
  for (const loss of [bpr, bce, (t: typeof tf, p: ReturnType<typeof pairs>) => davidson(t, p, tf.scalar(0))]) {
    const { value: at, grad } = tf.valueAndGrad((first) => loss(tf, far(first) as never))(
      tf.tensor1d([300, -300, -200]),
    );
    expect([...at.dataSync(), ...grad.dataSync()].every(Number.isFinite)).toBe(true);
  }
});
