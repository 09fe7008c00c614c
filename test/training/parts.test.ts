// The small parts of the fit loop: batches, cell weights, early stopping, the learning rate's schedule.
import { describe, expect, test } from 'vitest';
import { matrix64 } from '../../src/math/matrix.js';
import { seededRandom } from '../../src/math/random.js';
import { batchCount, consecutiveBatches, shuffledBatches } from '../../src/training/batches.js';
import { cellWeights } from '../../src/training/cell-weights.js';
import { earlyStopping } from '../../src/training/early-stopping.js';
import { dropout } from '../../src/training/layers.js';
import { learningRateAt } from '../../src/training/schedule.js';
import { testEngine } from './test-engine.js';

describe('batches', () => {
  const rows = Int32Array.from([10, 11, 12, 13, 14, 15, 16]);
  test('hold every row once, in a seeded order', () => {
    const batches = shuffledBatches(rows, 3, seededRandom(1));
    expect(batches.map((batch) => batch.length)).toEqual([3, 3, 1]);
    expect(batches.flatMap((batch) => [...batch]).sort()).toEqual([...rows]);
    expect(shuffledBatches(rows, 3, seededRandom(1))).toEqual(batches);
    expect(shuffledBatches(rows, 3, seededRandom(2))).not.toEqual(batches);
  });
  test('a last batch below the smallest joins the one before', () => {
    expect(shuffledBatches(rows, 3, seededRandom(1), 2).map((batch) => batch.length)).toEqual([3, 4]);
    expect(shuffledBatches(rows, 8, seededRandom(1), 8).map((batch) => batch.length)).toEqual([7]);
    expect([batchCount(7, 3), batchCount(7, 3, 2), batchCount(6, 3), batchCount(1, 32, 2), batchCount(0, 32)]).toEqual([
      3, 2, 2, 1, 0,
    ]);
  });
  test('consecutive batches keep the order', () => {
    expect(consecutiveBatches(rows, 4).map((batch) => [...batch])).toEqual([
      [10, 11, 12, 13],
      [14, 15, 16],
    ]);
  });
});

test('a cell counts the product of its weights, a missing one nothing', () => {
  const quality = matrix64(2, 2, Float64Array.of(0, Number.NaN, 1, 0.5));
  expect([...cellWeights(quality)]).toEqual([1, 0, 1, 1]);
  const cells = matrix64(2, 2, Float64Array.of(1, 1, 1, 7));
  expect([...cellWeights(quality, { models: [2, 3], rows: [1, 5], cells })]).toEqual([2, 0, 10, 105]);
});

test('early stopping waits `patience` epochs for something better than the best', () => {
  const stopping = earlyStopping(2);
  const losses = [3, 2, 2, 2.5];
  const seen = losses.map((loss, i) => [stopping.improves(i + 1, loss), stopping.exhausted(i + 1)]);
  expect(seen).toEqual([
    [true, false],
    [true, false],
    [false, false],
    [false, true],
  ]);
  expect([stopping.bestEpoch, stopping.bestLoss]).toEqual([2, 2]);
});

describe('learning rate', () => {
  const rates = (name: 'constant' | 'linear' | 'cosine', warmup: number) =>
    [1, 2, 3, 4].map((step) => Number(learningRateAt(8, { name, warmup }, step, 4).toFixed(6)));
  test('constant', () => expect(rates('constant', 0)).toEqual([8, 8, 8, 8]));
  test('linear', () => expect(rates('linear', 0)).toEqual([8, 6, 4, 2]));
  test('cosine', () => {
    const cosine = [0, 1, 2, 3].map((k) => Number((4 * (1 + Math.cos((Math.PI * k) / 4))).toFixed(6)));
    expect(rates('cosine', 0)).toEqual(cosine);
  });
  test('rises over the warm-up first', () => expect(rates('linear', 0.5)).toEqual([4, 8, 8, 4]));
});

describe('dropout', () => {
  test('zeroes about its share and keeps the mean; the same draws on every engine', async () => {
    const { tf } = await testEngine();
    const kept = dropout(tf, tf.ones([100, 101]), 0.25, seededRandom(5)).dataSync();
    const zeros = kept.filter((value) => value === 0).length;
    expect(new Set(kept)).toEqual(new Set([0, Math.fround(1 / 0.75)]));
    // 10,100 draws of probability ¼: five standard deviations are 5·√(10100·3/16) ≈ 218.
    expect(Math.abs(zeros - 2525)).toBeLessThan(218);
    expect([...dropout(tf, tf.ones([100, 101]), 0.25, seededRandom(5)).dataSync()]).toEqual([...kept]);
  });
});
