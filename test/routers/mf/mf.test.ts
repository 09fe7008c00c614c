import { describe, expect, test } from 'vitest';
import { matrix64 } from '../../../src/math/matrix.js';
import { mf } from '../../../src/routers/mf/mf.js';
import { pairWeights } from '../../../src/routers/mf/pairs.js';
import { TEST_ENGINE, testEngine } from '../../training/test-engine.js';
import { chosenColumns, firstRows, separableTable } from '../toy-table.js';

const train = separableTable(120, 1);
const fresh = separableTable(300, 2);
const training = { engine: TEST_ENGINE };

describe('mf', () => {
  for (const scorer of ['plain', 'bilinear', 'bilinear_normalized']) {
    for (const loss of ['masked_bce', 'bradley_terry']) {
      test(`${scorer}, ${loss}: learns which model suits which topic`, async () => {
        const fitted = await mf.fit(train, { scorer, loss, learningRate: 0.02 }, { seed: 42, training });
        const chosen = chosenColumns(await fitted.score(fresh));
        expect(chosen.filter((column, q) => column === q % 3).length).toBeGreaterThan(285); // of 300
        expect(fitted.scale).toBe(loss === 'bradley_terry' ? 'logit' : 'quality');
      });
    }
  }

  test('trains the projection', async () => {
    const projection = async (epochs: number) => {
      const fitted = await mf.fit(train, { epochs, patience: 60 }, { seed: 42, training });
      return fitted.state().tensors.projection!.data;
    };
    expect(await projection(1)).not.toEqual(await projection(20));
  });

  test('leaves no tensor behind', async () => {
    const { tf } = await testEngine();
    const before = tf.memory().numTensors;
    await mf.fit(train, { epochs: 2, loss: 'bradley_terry', scorer: 'bilinear_normalized' }, { seed: 1, training });
    expect(tf.memory().numTensors).toBe(before);
  });

  test('where no model ever beats another, each scores its mean, with one warning', async () => {
    const table = { ...train, quality: matrix64(120, 3, new Float64Array(360).fill(0.25)) };
    const warnings: string[] = [];
    const context = { seed: 1, training, onWarning: (sentence: string) => warnings.push(sentence) };
    const fitted = await mf.fit(table, { loss: 'bradley_terry' }, context);
    expect([...(await fitted.score(firstRows(fresh, 1))).data]).toEqual([0.25, 0.25, 0.25]);
    expect(warnings).toEqual(['every query finds its models equally good: each model scores its mean.']);
  });
});

test('a pair weighs its difference in quality, at most 0.3; missing cells and ties weigh nothing', () => {
  const quality = matrix64(2, 3, Float64Array.of(0.5, 0.25, 0.25, 1, Number.NaN, 0));
  const { data, total } = pairWeights(quality, Int32Array.of(0, 1));
  const of = (a: number, b: number) => [...data.subarray((a * 3 + b) * 2, (a * 3 + b) * 2 + 2)];
  expect([of(0, 1), of(0, 2), of(1, 2), of(1, 0)]).toEqual([
    [0.25, 0],
    [0.25, Math.fround(0.3)],
    [0, 0],
    [0, 0],
  ]);
  expect(total).toBeCloseTo(0.8, 10);
});

test('schedule, warm-up, clipping and class weights each change what is learned', async () => {
  // Birch has half as many outcomes as the others.
  const rarer = train.quality.data.map((value, at) => (at % 6 === 1 ? Number.NaN : value));
  const table = { ...train, quality: matrix64(120, 3, rarer) };
  const projection = async (params: object) => {
    const fitted = await mf.fit(table, { epochs: 3, ...params }, { seed: 42, training });
    return fitted.state().tensors.projection!.data;
  };
  const plain = await projection({});
  const others = [{ schedule: 'cosine' }, { warmup: 0.5 }, { clipNorm: 0.001 }, { classWeights: 'balanced' }];
  for (const params of others) expect([params, await projection(params)]).not.toEqual([params, plain]);
});

test('class weights are refused where pairs are what is weighed', async () => {
  await expect(mf.checkParams({ loss: 'bradley_terry', classWeights: 'balanced' })).rejects.toMatchObject({
    code: 'VSR_ROUTER_PARAMS',
    message:
      'routers.mf.class_weights: expected none with loss bradley_terry, which weighs pairs by how much was won, got "balanced".',
  });
});
