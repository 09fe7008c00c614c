// The mlp router's network, losses, folding and whole fit against PyTorch 1.13 (fixtures/mlp): x [64×24], widths 24-16-8-5.
import { describe, expect, test } from 'vitest';
import { matrix } from '../../../src/math/matrix.js';
import { seededRandom } from '../../../src/math/random.js';
import type { MlpParams } from '../../../src/routers/mlp/params.js';
import { logits, type MlpBatch, mlpProblem } from '../../../src/routers/mlp/problem.js';
import { fitLoop } from '../../../src/training/fit-loop.js';
import type { FitProblem, NamedWeights } from '../../../src/training/fit-problem.js';
import { foldedLayers } from '../../../src/training/folded-layers.js';
import { inputBatch } from '../../../src/training/layers.js';
import { hasShared } from '../../shared-folder.js';
import { distance, goldenJson, goldenTensors, goldenWeights, transposed } from '../../training/golden.js';
import { testEngine } from '../../training/test-engine.js';

interface Expected {
  logits: Record<string, number[][]>;
  losses_after_steps: Record<string, number>;
  batchnorm: Record<string, number[][]>;
}

const LAYERS = ['w1', 'b1', 'w2', 'b2', 'w3', 'b3'];
const PARAMS: MlpParams = {
  hiddenLayers: [16, 8],
  dropout: 0,
  batchNorm: 'none',
  target: 'scores',
  loss: 'bce',
  classWeights: 'none',
  ensemble: 1,
  learningRate: 1e-3,
  schedule: 'constant',
  warmup: 0,
  clipNorm: 0,
  weightDecay: 0,
  batchSize: 64,
  epochs: 100,
  patience: 100,
};
const RUNS = {
  masked_bce: { target: 'scores', loss: 'bce' },
  masked_mse: { target: 'scores', loss: 'mse' },
  soft_cross_entropy: { target: 'best', loss: 'bce' },
} as const;

describe.skipIf(!hasShared)('golden mlp router (needs ../shared/fixtures)', async () => {
  if (!hasShared) return;
  const engine = await testEngine();
  const { tf } = engine;
  const data = goldenTensors('mlp', 'data.safetensors');
  const expected = goldenJson<Expected>('mlp', 'expected.json');
  const steps = goldenTensors('mlp', 'steps.safetensors');
  const norms = goldenTensors('mlp', 'batchnorm.safetensors');
  const floats = (name: string) => Float32Array.from(data[name]!.data);
  const x = floats('x');
  const rows = Int32Array.from({ length: 64 }, (_, i) => i);

  /** The router's own problem, but over the fixture's x as it stands (the router would scale its rows to length √D). */
  const problem = (params: MlpParams, parameters: NamedWeights, buffers: NamedWeights = {}): FitProblem<MlpBatch> => {
    const best = params.target === 'best';
    const targets = {
      values: floats(best ? 'share' : 'quality'),
      weights: best ? new Float32Array(320).fill(1) : floats('mask'),
      outputBias: new Float32Array(5),
    };
    const own = mlpProblem({ rows: 64, cols: 24, data: x }, targets, params, { parameters, buffers });
    const input = (picked: Int32Array) =>
      Float32Array.from({ length: picked.length * 24 }, (_, i) => x[picked[Math.floor(i / 24)]! * 24 + (i % 24)]!);
    return {
      ...own,
      rows,
      validationRows: new Int32Array(),
      batch: (of, picked) => ({
        ...own.batch(of, picked),
        input: inputBatch(of, matrix(picked.length, 24, input(picked))),
      }),
    };
  };
  const evaluate = (params: MlpParams, parameters: NamedWeights, buffers: NamedWeights) =>
    tf.tidy(() => {
      const tensors = (weights: NamedWeights) =>
        Object.fromEntries(Object.entries(weights).map(([name, w]) => [name, tf.tensor(w.data, [...w.shape])]));
      const step = {
        tf,
        batch: problem(params, parameters, buffers).batch(tf, rows),
        parameters: tensors(parameters),
        buffers: tensors(buffers),
        training: false,
        random: seededRandom(0),
        observe: () => {},
      };
      return transposed(logits(step, params).dataSync(), 5, 64);
    });

  test('forward', () => {
    const z = evaluate(PARAMS, goldenWeights(data, LAYERS), {});
    expect(distance(z, expected.logits.f64!.flat())).toBeLessThan(1e-5);
  });

  const optimizers = {
    adam: {},
    'adam_l2_1e-2': { l2: 1e-2 },
    'adamw_1e-2': { weightDecay: 1e-2 },
  };
  // Parameters after n steps; where a gradient is nearly 0, Adam turns rounding into whole steps of the learning rate.
  const tolerances = { 1: 1e-6, 10: 1e-5, 100: 2e-3 };
  for (const [loss, choice] of Object.entries(RUNS)) {
    for (const [optimizer, options] of Object.entries(optimizers)) {
      test(`${loss}: 1, 10 and 100 steps of ${optimizer} through the fit loop`, async () => {
        for (const [epochs, tolerance] of Object.entries(tolerances)) {
          const settings = {
            ...options,
            seed: 1,
            epochs: Number(epochs),
            batchSize: 64,
            learningRate: 1e-3,
            patience: 100,
          };
          const params = { ...PARAMS, ...choice };
          const fitted = await fitLoop(engine, problem(params, goldenWeights(data, LAYERS)), settings);
          for (const name of LAYERS) {
            const off = distance(
              fitted.parameters[name]!.data,
              steps[`${loss}/${optimizer}/f64/${epochs}/${name}`]!.data,
            );
            expect([epochs, name, off < tolerance]).toEqual([epochs, name, true]);
          }
        }
      });
    }
  }

  for (const [order, batchNorm] of [
    ['norm_relu', 'before_relu'],
    ['relu_norm', 'after_relu'],
  ] as const) {
    const normed = ['gamma1', 'beta1', 'gamma2', 'beta2'];
    const parameters = { ...goldenWeights(data, LAYERS), ...goldenWeights(data, normed) };
    const buffers = goldenWeights(data, ['running_mean1', 'running_var1', 'running_mean2', 'running_var2']);
    const params = { ...PARAMS, batchNorm };

    test(`batch_norm ${batchNorm}: settled forward, and the same folded into plain layers`, () => {
      const golden = expected.batchnorm[`${order}/f64/eval_logits`]!.flat();
      expect(distance(evaluate(params, parameters, buffers), golden)).toBeLessThan(1e-5);
      const layers = foldedLayers(parameters, buffers, 3, batchNorm);
      layers.forEach(({ weights, bias }, i) => {
        expect(distance(weights, norms[`${order}/f64/folded/w${i + 1}`]!.data)).toBeLessThan(1e-6);
        expect(distance(bias, norms[`${order}/f64/folded/b${i + 1}`]!.data)).toBeLessThan(1e-5);
      });
    });

    test(`batch_norm ${batchNorm}: parameters and averages after one step`, async () => {
      const settings = { seed: 1, epochs: 1, batchSize: 64, learningRate: 1e-3, patience: 1 };
      const fitted = await fitLoop(engine, problem(params, parameters, buffers), settings);
      for (const [name, { data: values }] of Object.entries(fitted.parameters)) {
        // The bias before a batch norm has gradient 0 but for rounding, of which Adam makes whole steps.
        const tolerance = order === 'norm_relu' && (name === 'b1' || name === 'b2') ? 1.1e-3 : 1e-5;
        expect([name, distance(values, norms[`${order}/f64/after_one_step/${name}`]!.data) < tolerance]).toEqual([
          name,
          true,
        ]);
      }
      for (const [name, { data: values }] of Object.entries(fitted.buffers)) {
        expect(distance(values, norms[`${order}/f64/after_one_batch/${name}`]!.data)).toBeLessThan(1e-5);
      }
      const golden = expected.batchnorm[`${order}/f64/eval_logits_after_one_step`]!.flat();
      expect(distance(evaluate(params, fitted.parameters, fitted.buffers), golden)).toBeLessThan(2e-3);
    });
  }
});
