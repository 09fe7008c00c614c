// Layers, losses and optimiser against PyTorch 1.13 (fixtures/mlp): x [64×24], widths 24-16-8-5.
import { describe, expect, test } from 'vitest';
import { matrix } from '../../src/math/matrix.js';
import { type AdamOptions, flatAdam } from '../../src/training/adam.js';
import { batchNorm, dense, inputBatch, inputDense, settledBatchNorm } from '../../src/training/layers.js';
import { maskedBce, maskedMse, softCrossEntropy } from '../../src/training/losses.js';
import type { EngineTensor } from '../../src/training/tensorflow.js';
import { hasShared } from '../shared-folder.js';
import { distance, goldenJson, goldenTensors, goldenWeights, transposed } from './golden.js';
import { testEngine } from './test-engine.js';

interface Expected {
  logits: Record<string, number[][]>;
  losses: Record<string, number>;
  losses_after_steps: Record<string, number | number[]>;
  batchnorm: Record<string, number[][] | number>;
}
type Parameters = Record<string, EngineTensor>;

const NAMES = ['w1', 'b1', 'w2', 'b2', 'w3', 'b3'];
const LOSSES = ['masked_bce', 'masked_mse', 'soft_cross_entropy'] as const;

describe.skipIf(!hasShared)('golden MLP (needs ../shared/fixtures)', async () => {
  if (!hasShared) return;
  const { tf, copyOut } = await testEngine();
  const data = goldenTensors('mlp', 'data.safetensors');
  const gradients = goldenTensors('mlp', 'gradients.safetensors');
  const steps = goldenTensors('mlp', 'steps.safetensors');
  const norms = goldenTensors('mlp', 'batchnorm.safetensors');
  const expected = goldenJson<Expected>('mlp', 'expected.json');
  const initial = goldenWeights(data, NAMES);
  const input = inputBatch(tf, matrix(64, 24, Float32Array.from(data.x!.data)));
  const columns = (name: string) => tf.tensor(transposed(data[name]!.data, 64, 5), [5, 64], 'float32');
  const [quality, mask, share] = [columns('quality'), columns('mask'), columns('share')];
  const present = Array.from(data.mask!.data).reduce((sum, value) => sum + value, 0);

  const forward = (p: Parameters) => {
    const h1 = inputDense(tf, input, p.w1!, p.b1!, 'relu');
    return dense(tf, dense(tf, h1, p.w2!, p.b2!, 'relu'), p.w3!, p.b3!, 'linear');
  };
  const lossOf = {
    masked_bce: (z: EngineTensor) => maskedBce(tf, z, quality!, mask!, present),
    masked_mse: (z: EngineTensor) => maskedMse(tf, z, quality!, mask!, present),
    soft_cross_entropy: (z: EngineTensor) => softCrossEntropy(tf, z, share!, 64),
  };
  const tensors = (weights: Readonly<Record<string, { shape: readonly number[]; data: Float32Array }>>): Parameters =>
    Object.fromEntries(Object.entries(weights).map(([name, w]) => [name, tf.tensor(w.data, [...w.shape])]));

  test('logits', () => {
    const z = forward(tensors(initial));
    expect(distance(z.dataSync(), transposed(expected.logits.f64!.flat(), 64, 5))).toBeLessThan(1e-5);
  });

  for (const name of LOSSES) {
    test(`${name}: loss and gradients`, () => {
      const p = tensors(initial);
      const f = (...values: EngineTensor[]) =>
        lossOf[name](forward(Object.fromEntries(NAMES.map((n, i) => [n, values[i]!]))));
      const { value, grads } = tf.valueAndGrads(f)(NAMES.map((n) => p[n]!));
      expect(Math.abs(value.dataSync()[0]! - expected.losses[`${name}/f64`]!)).toBeLessThan(1e-6);
      for (const [i, n] of NAMES.entries()) {
        expect([n, distance(grads[i]!.dataSync(), gradients[`${name}/f64/${n}`]!.data) < 1e-5]).toEqual([n, true]);
      }
    });
  }

  const optimizers: Record<string, AdamOptions> = {
    adam: {},
    'adam_eps1e-7': { epsilon: 1e-7 },
    'adam_l2_1e-2': { l2: 1e-2 },
    'adamw_1e-2': { weightDecay: 1e-2 },
  };
  // float32 after n steps; where a gradient is nearly 0, Adam turns rounding into whole steps of the learning rate.
  const tolerances: Record<number, number> = { 1: 1e-6, 10: 1e-5, 100: 2e-3 };
  for (const name of LOSSES) {
    for (const [optimizer, options] of Object.entries(optimizers)) {
      test(`${name}: 1, 10 and 100 steps of ${optimizer}`, () => {
        const adam = flatAdam(initial, options);
        const trace: number[] = [];
        const key = `${name}/${optimizer}/f64`;
        for (let step = 1; step <= 100; step++) {
          tf.tidy(() => {
            const f = (...values: EngineTensor[]) =>
              lossOf[name](forward(Object.fromEntries(NAMES.map((n, i) => [n, values[i]!]))));
            const { value, grads } = tf.valueAndGrads(f)(Object.values(tensors(adam.weights)));
            trace.push(value.dataSync()[0]!);
            NAMES.forEach((n, i) => {
              copyOut(grads[i]!, adam.gradients[n]!);
            });
          });
          adam.step(1e-3);
          if (!(step in tolerances)) continue;
          for (const n of NAMES) {
            const off = distance(adam.weights[n]!.data, steps[`${key}/${step}/${n}`]!.data);
            expect([step, n, off, off < tolerances[step]!]).toEqual([step, n, off, true]);
          }
        }
        const golden = expected.losses_after_steps[`${key}/trace_before_each_step`] as number[];
        expect(distance(trace, golden)).toBeLessThan(1e-5);
        const after = tf.tidy(() => lossOf[name](forward(tensors(adam.weights))).dataSync()[0]!);
        expect(Math.abs(after - (expected.losses_after_steps[`${key}/100`] as number))).toBeLessThan(1e-5);
      });
    }
  }

  for (const order of ['norm_relu', 'relu_norm'] as const) {
    const hidden = ['gamma1', 'beta1', 'gamma2', 'beta2'];
    const parameters = { ...initial, ...goldenWeights(data, hidden) };
    const names = Object.keys(parameters);
    const settled = goldenWeights(data, ['running_mean1', 'running_var1', 'running_mean2', 'running_var2']);

    test(`batch norm, ${order}: training logits, gradients and what the moving averages see`, () => {
      const seen: Record<string, EngineTensor> = {};
      const normed = (h: EngineTensor, p: Parameters, i: number) => {
        const { value, mean, variance } = batchNorm(tf, h, p[`gamma${i}`]!, p[`beta${i}`]!);
        seen[`running_mean${i}`] = tf.keep(mean);
        seen[`running_var${i}`] = tf.keep(variance);
        return value;
      };
      const network = (p: Parameters) => {
        let h: EngineTensor = tf.transpose(input.rows);
        for (const i of [1, 2]) {
          const z = tf.add(tf.matMul(p[`w${i}`]!, h), p[`b${i}`]!);
          h = order === 'norm_relu' ? tf.relu(normed(z, p, i)) : normed(tf.relu(z), p, i);
        }
        return dense(tf, h, p.w3!, p.b3!, 'linear');
      };
      const z = network(tensors(parameters));
      const golden = (expected.batchnorm[`${order}/f64/train_logits`] as number[][]).flat();
      expect(distance(z.dataSync(), transposed(golden, 64, 5))).toBeLessThan(1e-5);
      const f = (...values: EngineTensor[]) =>
        lossOf.masked_bce(network(Object.fromEntries(names.map((n, i) => [n, values[i]!]))));
      const { grads } = tf.valueAndGrads(f)(Object.values(tensors(parameters)));
      for (const [i, n] of names.entries()) {
        expect([n, distance(grads[i]!.dataSync(), norms[`${order}/f64/grad/${n}`]!.data) < 1e-5]).toEqual([n, true]);
      }
      for (const [name, towards] of Object.entries(seen)) {
        const moved = Float32Array.from(settled[name]!.data);
        const values = towards.dataSync();
        for (let i = 0; i < moved.length; i++) moved[i]! += 0.1 * (values[i]! - moved[i]!);
        expect(distance(moved, norms[`${order}/f64/after_one_batch/${name}`]!.data)).toBeLessThan(1e-5);
      }
    });

    test(`batch norm, ${order}: logits with settled averages`, () => {
      const p = { ...tensors(parameters), ...tensors(settled) };
      let h: EngineTensor = tf.transpose(input.rows);
      for (const i of [1, 2]) {
        const z = tf.add(tf.matMul(p[`w${i}`]!, h), p[`b${i}`]!);
        const norm = (x: EngineTensor) =>
          settledBatchNorm(tf, x, p[`gamma${i}`]!, p[`beta${i}`]!, p[`running_mean${i}`]!, p[`running_var${i}`]!);
        h = order === 'norm_relu' ? tf.relu(norm(z)) : norm(tf.relu(z));
      }
      const golden = (expected.batchnorm[`${order}/f64/eval_logits`] as number[][]).flat();
      expect(distance(dense(tf, h, p.w3!, p.b3!, 'linear').dataSync(), transposed(golden, 64, 5))).toBeLessThan(1e-5);
    });
  }
});
