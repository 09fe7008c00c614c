import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/math/random.js';
import type { FitCheckpoint } from '../../src/training/checkpoint.js';
import { fitLoop } from '../../src/training/fit-loop.js';
import type { EpochProgress, FitBatch, FitProblem, FitSettings } from '../../src/training/fit-problem.js';
import { dropout } from '../../src/training/layers.js';
import { maskedBce } from '../../src/training/losses.js';
import type { EngineTensor } from '../../src/training/tensorflow.js';
import { distance } from './golden.js';
import { testEngine } from './test-engine.js';

const engine = await testEngine();
const rows = (n: number, from = 0) => Int32Array.from({ length: n }, (_, i) => from + i);

interface LogisticBatch extends FitBatch {
  readonly x: EngineTensor;
  readonly y: EngineTensor;
  readonly k: EngineTensor;
}

/** Logistic regression with dropout: 60 rows to learn from, 20 for validation, 6 features, 3 outcomes. */
function logistic(changes: Partial<FitProblem<LogisticBatch>> = {}): FitProblem<LogisticBatch> {
  const random = seededRandom(3);
  const x = Float32Array.from({ length: 80 * 6 }, () => random.normal());
  const y = Float32Array.from({ length: 80 * 3 }, (_, i) => (x[Math.floor(i / 3) * 6 + (i % 3)]! > 0 ? 1 : 0));
  const pick = (from: Float32Array, width: number, at: Int32Array) =>
    Float32Array.from(
      { length: at.length * width },
      (_, i) => from[at[i % at.length]! * width + Math.floor(i / at.length)]!,
    );
  return {
    name: 'logistic',
    parameters: {
      w: { shape: [3, 6], data: new Float32Array(18) },
      b: { shape: [3, 1], data: new Float32Array(3) },
    },
    rows: rows(60),
    validationRows: rows(20, 60),
    batch: (tf, at) => ({
      weight: at.length * 3,
      x: tf.tensor(pick(x, 6, at), [6, at.length]),
      y: tf.tensor(pick(y, 3, at), [3, at.length]),
      k: tf.ones([3, at.length]),
    }),
    loss: ({ tf, parameters, batch, training, random: draws }) => {
      const input = training ? dropout(tf, batch.x, 0.1, draws) : batch.x;
      const z = tf.add(tf.matMul(parameters.w!, input), parameters.b!);
      return maskedBce(tf, z, batch.y, batch.k, batch.weight);
    },
    ...changes,
  };
}

/** One number w and the loss (w − target)², target by row: row 0 is learned from, row 1 validates. */
function pull(target: number, validationTarget: number, start = 0): FitProblem<FitBatch & { readonly target: number }> {
  return {
    name: 'pull',
    parameters: { w: { shape: [1], data: Float32Array.of(start) } },
    rows: rows(1),
    validationRows: Number.isNaN(validationTarget) ? rows(0) : rows(1, 1),
    batch: (_, at) => ({ weight: 1, target: at[0] === 0 ? target : validationTarget }),
    loss: ({ tf, parameters, batch }) => tf.sum(tf.square(tf.sub(parameters.w!, batch.target))),
  };
}

const SETTINGS: FitSettings = { seed: 11, epochs: 12, batchSize: 8, learningRate: 0.05, patience: 12 };
const PULL: FitSettings = { seed: 1, epochs: 50, batchSize: 1, learningRate: 1, patience: 5 };

describe('fitLoop', () => {
  test('learns, and tells each epoch’s loss', async () => {
    const seen: EpochProgress[] = [];
    const result = await fitLoop(engine, logistic(), SETTINGS, { onProgress: (progress) => seen.push(progress) });
    expect(seen.map(({ epoch, epochs }) => [epoch, epochs])).toEqual(rowsOf(12).map((epoch) => [epoch, 12]));
    expect(result.validationLoss).toBeLessThan(0.4); // ln 2 = 0.69 for no knowledge
    expect(result.validationLoss).toBe(Math.min(...seen.map((progress) => progress.validationLoss!)));
    expect(result.loss).toBe(seen.at(-1)!.loss);
  });

  test('same seed, same weights bit for bit; another seed, others', async () => {
    const first = await fitLoop(engine, logistic(), SETTINGS);
    expect(await fitLoop(engine, logistic(), SETTINGS)).toEqual(first);
    expect((await fitLoop(engine, logistic(), { ...SETTINGS, seed: 12 })).parameters).not.toEqual(first.parameters);
  });

  test('leaves no tensor behind and its input untouched', async () => {
    const problem = logistic();
    const before = engine.tf.memory().numTensors;
    await fitLoop(engine, problem, { ...SETTINGS, epochs: 2 });
    expect(engine.tf.memory().numTensors).toBe(before);
    expect(problem.parameters.w!.data).toEqual(new Float32Array(18));
  });

  test('stops `patience` epochs after the best and restores the weights of then', async () => {
    // Adam walks towards 10 in steps of about 1; validation likes 3 best.
    const result = await fitLoop(engine, pull(10, 3), PULL);
    expect([result.bestEpoch, result.epochs]).toEqual([3, 8]);
    expect(Math.abs(result.parameters.w!.data[0]! - 3)).toBeLessThan(0.1);
    expect(result.validationLoss).toBeCloseTo((result.parameters.w!.data[0]! - 3) ** 2, 5);
  });

  test('keeps the start where it counts and no epoch beats it, and waits no longer than for an epoch', async () => {
    // Adam walks from 0 towards 10; validation likes −1 best, so every step is a step away.
    const result = await fitLoop(engine, pull(10, -1), { ...PULL, startCounts: true });
    expect([result.bestEpoch, result.epochs, result.validationLoss]).toEqual([0, 5, 1]);
    expect([...result.parameters.w!.data]).toEqual([0]);
    const beaten = await fitLoop(engine, pull(10, 3), { ...PULL, startCounts: true });
    expect([beaten.bestEpoch, beaten.epochs]).toEqual([3, 8]);
  });

  test('without validation rows runs every epoch and keeps the last weights', async () => {
    const result = await fitLoop(engine, pull(10, Number.NaN), { ...PULL, epochs: 4 });
    expect([result.epochs, result.bestEpoch, result.validationLoss]).toEqual([4, 4, null]);
    expect(result.parameters.w!.data[0]).toBeGreaterThan(3.5);
  });

  test('a batch without any weight teaches nothing', async () => {
    const problem = logistic({
      loss: () => engine.tf.scalar(Number.NaN),
      batch: () => ({ weight: 0 }) as LogisticBatch,
    });
    const result = await fitLoop(engine, problem, { ...SETTINGS, epochs: 3 });
    expect([...result.parameters.w!.data]).toEqual(new Array(18).fill(0));
    expect(result.validationLoss).toBe(null);
  });

  test('moves buffers towards what the loss observes', async () => {
    const problem: FitProblem<FitBatch> = {
      ...pull(10, Number.NaN),
      batch: () => ({ weight: 1 }),
      buffers: { mean: { shape: [2], data: Float32Array.of(0, 8) } },
      loss: ({ tf, parameters, observe }) => {
        observe('mean', tf.tensor1d([4, 0]));
        return tf.sum(tf.square(parameters.w!));
      },
    };
    const before = engine.tf.memory().numTensors;
    const { buffers } = await fitLoop(engine, problem, { ...PULL, epochs: 2, bufferMomentum: 0.5 });
    expect([...buffers.mean!.data]).toEqual([3, 2]);
    expect([...problem.buffers!.mean!.data]).toEqual([0, 8]);
    expect(engine.tf.memory().numTensors).toBe(before);
  });

  test('tells at most how long it will take', async () => {
    let time = 0;
    const left: number[] = [];
    await fitLoop(
      engine,
      pull(1, Number.NaN),
      { ...PULL, epochs: 4 },
      {
        now: () => time,
        onProgress: ({ secondsLeft }) => {
          left.push(secondsLeft);
          time += 2000;
        },
      },
    );
    expect(left).toEqual([0, 2, 4 / 3, 0]); // 0, 2, 4 and 6 seconds gone after 1 … 4 of 4 epochs
  });

  test('an interrupt ends it', async () => {
    const controller = new AbortController();
    const stop = fitLoop(engine, logistic(), SETTINGS, {
      signal: controller.signal,
      onProgress: ({ epoch }) => epoch === 2 && controller.abort(),
    });
    await expect(stop).rejects.toMatchObject({ code: 'VSR_ABORTED' });
  });

  test('a rate far too high is named as the likely cause, with router and epoch', async () => {
    await expect(fitLoop(engine, pull(10, Number.NaN), { ...PULL, learningRate: 1e30 })).rejects.toMatchObject({
      code: 'VSR_TRAINING_DATA',
      message: 'pull: the loss became Infinity in epoch 2. The learning rate 1e+30 is probably too high.',
      hint: 'Lower routers.pull.learning_rate, for example to 1e+29.',
    });
  });

  test('a loss that is no number from the start points at the features', async () => {
    await expect(fitLoop(engine, pull(Number.NaN, 1), PULL)).rejects.toMatchObject({
      message:
        'pull: the loss became NaN in epoch 1. Already the first batch gives no number: the features are probably far too large.',
    });
  });
});

describe('resume', () => {
  const checkpoints = async (settings: FitSettings) => {
    const saved: FitCheckpoint[] = [];
    const result = await fitLoop(engine, logistic(), settings, {
      onCheckpoint: ({ json, tensors }) => saved.push({ json: JSON.parse(JSON.stringify(json)), tensors }),
    });
    return { saved, result };
  };

  test('a fit resumed after any epoch ends exactly like one that never stopped', async () => {
    const { saved, result } = await checkpoints({ ...SETTINGS, epochs: 6 });
    expect(saved.map(({ json }) => json.epoch)).toEqual(rowsOf(6));
    for (const resume of saved.slice(0, 5)) {
      expect(await fitLoop(engine, logistic(), { ...SETTINGS, epochs: 6 }, { resume })).toEqual(result);
    }
  });

  test('a checkpoint of other settings is refused with what differs', async () => {
    const { saved } = await checkpoints({ ...SETTINGS, epochs: 2 });
    const resumed = fitLoop(
      engine,
      logistic(),
      { ...SETTINGS, epochs: 2, learningRate: 0.1, clipNorm: 1 },
      { resume: saved[0]! },
    );
    await expect(resumed).rejects.toMatchObject({
      code: 'VSR_ARTIFACT',
      message: 'The checkpoint is of another fit: learningRate was 0.05, is 0.1; clipNorm was unset, is 1.',
    });
  });

  test('a checkpoint that lacks a tensor is refused', async () => {
    const { saved } = await checkpoints({ ...SETTINGS, epochs: 1 });
    const { best: _, ...tensors } = saved[0]!.tensors;
    const resumed = fitLoop(
      engine,
      logistic(),
      { ...SETTINGS, epochs: 1 },
      { resume: { json: saved[0]!.json, tensors } },
    );
    await expect(resumed).rejects.toThrow('The checkpoint lacks the tensor best.');
  });
});

test('across engines the same fit ends at the same weights but for rounding', async () => {
  const { openEngine } = await import('../../src/training/engine.js');
  const here = await fitLoop(await testEngine(), logistic(), { ...SETTINGS, epochs: 3 });
  const there = await fitLoop(await openEngine({ engine: 'js' }), logistic(), { ...SETTINGS, epochs: 3 });
  await testEngine();
  expect(distance(here.parameters.w!.data, there.parameters.w!.data)).toBeLessThan(1e-4);
});

/** 1 … n */
function rowsOf(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i + 1);
}
