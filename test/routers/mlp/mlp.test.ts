import { describe, expect, test } from 'vitest';
import { matrix64 } from '../../../src/math/matrix.js';
import { ensembleLayers } from '../../../src/routers/mlp/fold.js';
import { mlp } from '../../../src/routers/mlp/mlp.js';
import { mlpTargets } from '../../../src/routers/mlp/targets.js';
import { outcomesOf } from '../../../src/routers/outcomes.js';
import type { FitCheckpoint } from '../../../src/training/checkpoint.js';
import { TEST_ENGINE, testEngine } from '../../training/test-engine.js';
import { chosenColumns, firstRows, onlyModels, separableTable } from '../toy-table.js';

const none = Number.NaN;
const train = separableTable(120, 1);
const fresh = separableTable(300, 2);
const training = { engine: TEST_ENGINE };
const fit = (params: Record<string, unknown>, table = train) => mlp.fit(table, params, { seed: 42, training });

describe('mlp', () => {
  const variants: Record<string, Record<string, unknown>> = {
    'logistic regression': { hiddenLayers: [], learningRate: 0.01 },
    'squared error': { loss: 'mse' },
    'the best model as target': { target: 'best' },
    'batch norm before ReLU': { batchNorm: 'before_relu' },
    'batch norm after ReLU': { batchNorm: 'after_relu' },
    'no dropout, batches of one': { dropout: 0, batchSize: 1, epochs: 10 },
    'one network, warmed up, then a constant rate': { ensemble: 1, schedule: 'constant', warmup: 0.2 },
    'short gradients': { clipNorm: 0.05 },
    'balanced models': { classWeights: 'balanced' },
  };
  for (const [name, params] of Object.entries(variants)) {
    test(`${name}: learns which model suits which topic`, async () => {
      const fitted = await fit(params);
      const chosen = chosenColumns(await fitted.score(fresh));
      expect(chosen.filter((column, q) => column === q % 3).length).toBeGreaterThan(285); // of 300
      expect(fitted.scale).toBe(params.target === 'best' ? 'logit' : 'quality');
    });
  }

  test('predicts expected quality: about .9 for the right model, .1 for the others', async () => {
    const { data } = await (await fit({})).score(fresh);
    const right = Array.from({ length: 300 }, (_, q) => data[q * 3 + (q % 3)]!);
    const wrong = Array.from({ length: 300 }, (_, q) => data[q * 3 + ((q + 2) % 3)]!);
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    expect(Math.abs(mean(right) - 0.9)).toBeLessThan(0.05);
    expect(Math.abs(mean(wrong) - 0.1)).toBeLessThan(0.05);
  });

  test('leaves no tensor behind', async () => {
    const { tf } = await testEngine();
    const before = tf.memory().numTensors;
    await fit({ epochs: 2, batchNorm: 'after_relu' });
    expect(tf.memory().numTensors).toBe(before);
  });

  test('tells which engine trains', async () => {
    const engines: unknown[] = [];
    const { name, version, device } = await testEngine();
    await mlp.fit(
      train,
      { epochs: 1 },
      { seed: 1, training: { ...training, onEngine: (engine) => engines.push(engine) } },
    );
    expect(engines).toEqual([{ name, version, device }]);
  });

  test('goes on from a checkpoint to the very same router', async () => {
    const saved: FitCheckpoint[] = [];
    const params = { epochs: 4, batchNorm: 'before_relu', ensemble: 2, schedule: 'cosine', clipNorm: 1 };
    const whole = await mlp.fit(train, params, {
      seed: 3,
      training: { ...training, onCheckpoint: (c) => saved.push(c) },
    });
    const resumed = await mlp.fit(train, params, { seed: 3, training: { ...training, resume: saved[1]! } });
    expect(saved.length).toBe(4);
    expect(resumed.state()).toEqual(whole.state());
  });

  test('with too few queries for validation trains `patience` epochs and says so', async () => {
    const warnings: string[] = [];
    const steps: string[] = [];
    await mlp.fit(
      firstRows(train, 9),
      { patience: 3 },
      {
        seed: 1,
        training,
        onWarning: (sentence) => warnings.push(sentence),
        onProgress: ({ step, steps: all }) => steps.push(`${step}/${all}`),
      },
    );
    expect(warnings).toEqual(['too few queries to set any aside for early stopping: 3 epochs are trained.']);
    expect(steps).toEqual(['1/3', '2/3', '3/3']);
  });

  test('where every query finds all models equally good, each model scores its mean, with one warning', async () => {
    const quality = matrix64(120, 3);
    for (let i = 0; i < 120; i++) quality.data.fill(i % 4 === 0 ? 1 : 0.5, i * 3, i * 3 + 3);
    const warnings: string[] = [];
    const fitted = await mlp.fit(
      { ...train, quality },
      {},
      { seed: 1, onWarning: (sentence) => warnings.push(sentence) },
    );
    expect([...(await fitted.score(firstRows(fresh, 2))).data]).toEqual(new Array(6).fill(0.625));
    expect(warnings).toEqual(['every query finds its models equally good: each model scores its mean.']);
  });

  test('refuses parameters out of range by name', async () => {
    await expect(mlp.checkParams({ dropout: 0.9 })).rejects.toMatchObject({
      code: 'VSR_ROUTER_PARAMS',
      message: 'routers.mlp.dropout: expected a number from 0 to 0.5, got 0.9.',
    });
    await expect(mlp.checkParams({ hiddenLayers: [0] })).rejects.toMatchObject({
      message: 'routers.mlp.hidden_layers.0: expected a whole number from 1 to 8192, got 0.',
    });
  });
});

test('target best: one unit of mass over the present models within 0.01 of the best', () => {
  const quality = matrix64(3, 3, Float64Array.of(0.5, 0.509, 0.2, Number.NaN, 0, 1, 0.3, 0.3, 0.3));
  const table = { ...firstRows(train, 3), quality };
  const { values, weights } = mlpTargets(table, outcomesOf(table), { target: 'best', classWeights: 'none' });
  expect([...values]).toEqual([0.5, 0.5, 0, 0, 0, 1, ...new Array(3).fill(Math.fround(1 / 3))]);
  expect([...weights]).toEqual([1, 1, 1, 0, 1, 1, 1, 1, 1]);
});

describe('balanced models', () => {
  // amber 4 outcomes, birch 2, cedar 0 … so that their cells weigh 3/4, 3/2 and nothing.
  const quality = matrix64(4, 3, Float64Array.of(1, 0, none, 1, 0.5, none, 0, none, none, 1, none, none));
  const table = { ...firstRows(train, 4), quality };
  const outcomes = outcomesOf(table);

  test('of target scores: the cells of each model weigh the same in sum', () => {
    const { weights } = mlpTargets(table, outcomes, { target: 'scores', classWeights: 'balanced' });
    expect([...weights]).toEqual([0.75, 1.5, 0, 0.75, 1.5, 0, 0.75, 0, 0, 0.75, 0, 0]);
  });

  test('of target best: the wins of each model do', () => {
    const wins = matrix64(3, 2, Float64Array.of(1, 0, 1, 0, 0, 1));
    const { values } = mlpTargets({ ...onlyModels(firstRows(train, 3), ['amber', 'birch']), quality: wins }, outcomes, {
      target: 'best',
      classWeights: 'balanced',
    });
    expect([...values]).toEqual([0.75, 0, 0.75, 0, 0, 1.5]);
  });
});

test('an ensemble becomes one wider network whose logits are the mean of its networks', () => {
  const weights = (shape: [number, number], ...data: number[]) => ({ shape, data: Float32Array.from(data) });
  // Two networks 1-1-1: 2·relu(3x + 1) + 4 and 6·relu(5x − 1) + 8.
  const parameters = {
    w1: weights([1, 1], 3),
    b1: weights([1, 1], 1),
    w2: weights([1, 1], 2),
    b2: weights([1, 1], 4),
    'network2.w1': weights([1, 1], 5),
    'network2.b1': weights([1, 1], -1),
    'network2.w2': weights([1, 1], 6),
    'network2.b2': weights([1, 1], 8),
  };
  const [hidden, output] = ensembleLayers(parameters, {}, 2, { batchNorm: 'none', ensemble: 2 });
  expect(hidden).toEqual({
    weights: Float32Array.of(3, 5),
    bias: Float32Array.of(1, -1),
    inputs: 1,
    outputs: 2,
  });
  expect(output).toEqual({ weights: Float32Array.of(1, 3), bias: Float32Array.of(6), inputs: 2, outputs: 1 });
});

test('between hidden layers the networks of an ensemble do not meet', () => {
  const one = (value: number) => ({ shape: [1, 1], data: Float32Array.of(value) });
  const names = ['w1', 'b1', 'w2', 'b2', 'w3', 'b3'].flatMap((name) => [name, `network2.${name}`]);
  const parameters = Object.fromEntries(names.map((name, i) => [name, one(i + 1)]));
  const [, middle] = ensembleLayers(parameters, {}, 3, { batchNorm: 'none', ensemble: 2 });
  // w2 is 5 and 6, b2 is 7 and 8.
  expect(middle).toEqual({
    weights: Float32Array.of(5, 0, 0, 6),
    bias: Float32Array.of(7, 8),
    inputs: 2,
    outputs: 2,
  });
});
