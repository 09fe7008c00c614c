// personalizedrouter beyond the exam: tastes differ, targets are masked, new users and new models need no training.
import { describe, expect, test } from 'vitest';
import { rowOf, takeRows } from '../../../src/math/matrix.js';
import { seededRandom } from '../../../src/math/random.js';
import type { Person } from '../../../src/routers/people.js';
import { initialParameters } from '../../../src/routers/personalizedrouter/initial.js';
import { learningData } from '../../../src/routers/personalizedrouter/learning-data.js';
import { personalizedRouterParams } from '../../../src/routers/personalizedrouter/params.js';
import { personalizedRouter } from '../../../src/routers/personalizedrouter/personalizedrouter.js';
import { ratedTargets } from '../../../src/routers/personalizedrouter/rated-targets.js';
import { settledState } from '../../../src/routers/personalizedrouter/settle.js';
import { simulatedUsers } from '../../../src/routers/personalizedrouter/simulated-users.js';
import { stepScores } from '../../../src/routers/personalizedrouter/step-scores.js';
import { stepTensors } from '../../../src/routers/personalizedrouter/step-tensors.js';
import type { FittedRouter, TrainingTable } from '../../../src/routers/router.js';
import { testEngine } from '../../training/test-engine.js';
import { chosenColumns } from '../toy-table.js';
import { alone, pricedTable, ratedBy, together } from './people.js';

const params = personalizedRouterParams.parse({ embeddingDim: 16 });
const rows = Array.from({ length: 20 }, (_, i) => i);

/** Scores of all the table's queries, asked by one person. */
async function asked(router: FittedRouter, table: TrainingTable, person: Person) {
  const asker = new Int32Array(table.features.rows);
  const taskNames = Array.from(table.tasks!.of, (task) => table.tasks!.names[task]!);
  return router.score({ features: table.features, askers: { people: [person], asker }, taskNames }, 'plain');
}

const weighed = { ...pricedTable(), people: simulatedUsers() };
const byWeights = await personalizedRouter.fit(weighed, { embeddingDim: 16, trainEpoch: 10 }, { seed: 1 });

describe('users who declare weights', () => {
  const [table, router] = [weighed, byWeights];

  test('are nine from quality .2 to 1 where nobody else is there', () => {
    expect(simulatedUsers().map(({ id, weights }) => [id, weights!.quality, weights!.latency, weights!.cost])).toEqual([
      ['0', 0.2, 0, 0.8],
      ['1', 0.3, 0, 0.7],
      ['2', 0.4, 0, 0.6],
      ['3', 0.5, 0, 0.5],
      ['4', 0.6, 0, 0.4],
      ['5', 0.7, 0, 0.3],
      ['6', 0.8, 0, 0.2],
      ['7', 0.9, 0, 0.1],
      ['8', 1, 0, 0],
    ]);
  });

  test('get different models where the better one is the dearer one', async () => {
    const [thrifty, demanding] = [simulatedUsers()[0]!, simulatedUsers()[8]!];
    const cheap = chosenColumns(await asked(router, table, thrifty));
    const good = chosenColumns(await asked(router, table, demanding));
    expect(good.filter((model, q) => model === q % 3).length).toBeGreaterThan(57);
    expect(cheap.filter((model, q) => model === q % 3).length).toBeLessThan(3);
  });

  test('are joined by a model that brings outcomes alone; what the others score stays the same', async () => {
    const features = takeRows(table.features, rows);
    const newcomer = {
      model: 'dogwood',
      features,
      quality: new Float64Array(20).fill(0.95),
      rows: Int32Array.from(rows),
      others: takeRows(table.quality, rows),
      cost: new Float64Array(20).fill(0.0001),
    };
    const joined = router.withModel!(newcomer);
    const [before, after] = [
      await asked(router, table, simulatedUsers()[4]!),
      await asked(joined, table, simulatedUsers()[4]!),
    ];
    expect([joined.models, after.cols]).toEqual([['amber', 'birch', 'cedar', 'dogwood'], 4]);
    for (let q = 0; q < before.rows; q++) {
      rowOf(before, q).forEach((score, m) => {
        expect(rowOf(after, q)[m]).toBeCloseTo(score, 5);
      });
    }
    // Better than all and cheaper than all: it is everybody's choice nearly everywhere.
    expect(chosenColumns(after).filter((model) => model === 3).length).toBeGreaterThan(50);
  });
});

describe('answers rated one at a time', () => {
  const demanding = simulatedUsers()[8]!;
  const rated = (ratings: readonly number[]): Person => ({
    ...demanding,
    history: alone(weighed, 0, ratings),
  });

  test('move the rated model by their distance from what is usual for the user, over n + κ, and no other', async () => {
    const [before, after] = [
      await asked(byWeights, weighed, demanding),
      await asked(byWeights, weighed, rated([-1, -1, -1])),
    ];
    // −1 against 0, −1/5 and −2/6 on a scale twice as wide as that of scores; κ is 20 where nobody has told of tastes.
    const delta = (-1 - 4 / 5 - 4 / 6) / 2 / (3 + 20);
    for (let q = 0; q < before.rows; q++) {
      const [was, is] = [rowOf(before, q), rowOf(after, q)];
      expect(is[0]! - was[0]!).toBeCloseTo(delta, 5);
      expect(is.slice(1)).toEqual(was.slice(1));
    }
  });

  test('below the usual speak against a model that was rated well', async () => {
    const well = rowOf(await asked(byWeights, weighed, rated([1, 1, 1, 1, 1, 1, 0.5])), 0)[0]!;
    const best = rowOf(await asked(byWeights, weighed, rated([1, 1, 1, 1, 1, 1])), 0)[0]!;
    expect(well).toBeLessThan(best);
  });

  test('alone teach the fit whether people differ, and nothing else', async () => {
    const pasts = ['ann', 'bob', 'cem', 'dan'].map((id, u) => ({ id, ...alone(weighed, u % 3, [1, 1, 0.9, 1, 0.8]) }));
    const interactions = together(pasts);
    const fitted = await personalizedRouter.fit(
      { ...weighed, interactions },
      { embeddingDim: 16, trainEpoch: 2 },
      { seed: 1 },
    );
    expect(fitted.state().json.likingShrinkage).not.toBe(20);
  });
});

describe('why a person is routed so', () => {
  const query = takeRows(weighed.features, [40]);
  const shown = [3, 4, 5];
  // Turn 1 says the opposite of what the outcomes do; the others say exactly what they do.
  const honest = (row: number, model: number) => 2 * weighed.quality.data[row * 3 + model]! - 1;
  const rate = (_: number, row: number, model: number) => (row === 4 ? -1 : 1) * honest(row, model);
  const ann: Person = {
    id: 'ann',
    weights: { quality: 1, latency: 0, cost: 0 },
    history: ratedBy(weighed, ['ann'], shown, rate),
  };

  test('is told by the own past turns, the most surprising one first, in shares that add up to 1', async () => {
    const explained = await byWeights.explain!(query, ann);
    if (explained.kind !== 'history') throw new Error('expected a history');
    expect(explained.turns.map(({ group }) => group).sort()).toEqual(shown);
    expect(explained.turns[0]!.group).toBe(4);
    expect(explained.turns.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 6);
  });

  test('names no turn for who has none', async () => {
    const nobody: Person = { id: 'new', weights: null, history: null };
    expect(await byWeights.explain!(query, nobody)).toEqual({ kind: 'history', turns: [] });
    expect(await byWeights.explain!(query)).toEqual({ kind: 'history', turns: [] });
  });
});

describe('the network as it is trained', () => {
  const users = ['ann', 'bob', 'cem'];
  const likes = (user: number, _: number, model: number) => (model === user ? 0.8 : -0.4);
  const table: TrainingTable = { ...pricedTable(), interactions: ratedBy(pricedTable(), users, rows, likes) };

  /** Outcome logits of query 5 and ann's scores of it, with untrained weights and all other queries shown. */
  async function scoresOfQueryFive(given: TrainingTable, history: 'first' | 'none') {
    const { tf } = await testEngine();
    const data = learningData(tf, given, params);
    const [ann] = data.people;
    const [past, target] = [ann!.past.filter(({ row }) => row > 0 && row < 5), ann!.past.find(({ row }) => row === 5)!];
    const rated = [ratedTargets([target], history === 'first' ? past : [], null, data, 10)];
    const visible = Int32Array.from({ length: 60 }, (_, i) => i).filter((row) => row !== 5);
    const step = { targets: Int32Array.of(5), rated, visible, hidden: new Set([5]), dropping: false };
    return tf.tidy(() => {
      const tensors = stepTensors(tf, data, step, false, seededRandom(0));
      const start = initialParameters(
        { features: 6, hidden: 16, models: 3, tasks: 3, components: 2, described: false },
        1,
      );
      const p = Object.fromEntries(Object.entries(start).map(([name, w]) => [name, tf.tensor(w.data, [...w.shape])]));
      const { expected, scores } = stepScores(tf, p, data, tensors, undefined);
      return [...expected, scores!].map((tensor) => Array.from(tensor.dataSync()));
    });
  }

  function withQuality(row: number, values: readonly number[]): TrainingTable {
    const data = table.quality.data.slice();
    data.set(values, row * 3);
    return { ...table, quality: { ...table.quality, data } };
  }

  test('never sees the outcomes of a target query; those of others, and the history, it does', async () => {
    const before = await scoresOfQueryFive(table, 'first');
    expect(await scoresOfQueryFive(withQuality(5, [0.7, 0.1, 0.4]), 'first')).toEqual(before);
    expect(await scoresOfQueryFive(withQuality(8, [0.7, 0.1, 0.4]), 'first')).not.toEqual(before);
    const [quality, cost, scores] = await scoresOfQueryFive(table, 'none');
    expect([quality, cost]).toEqual(before.slice(0, 2));
    expect(scores).not.toEqual(before[2]);
  });

  test('scores in its graph what it scored in training, for a person with a past', async () => {
    const { tf } = await testEngine();
    const data = learningData(tf, table, params);
    const start = initialParameters(
      { features: 6, hidden: 16, models: 3, tasks: 3, components: 2, described: false },
      1,
    );
    const state = settledState(tf, data, start, 10);
    const router = personalizedRouter.restore({ models: table.models, featureDim: 6, params, state });
    const [ann] = data.people;
    const visible = Int32Array.from({ length: 60 }, (_, i) => i);
    const step = {
      targets: visible,
      rated: [ratedTargets([...ann!.past].slice(10), [...ann!.past].slice(0, 10), null, data, 10)],
      visible,
      hidden: new Set<number>(),
      dropping: false,
    };
    const trained = tf.tidy(() => {
      const p = Object.fromEntries(Object.entries(start).map(([name, w]) => [name, tf.tensor(w.data, [...w.shape])]));
      return Array.from(
        stepScores(tf, p, data, stepTensors(tf, data, step, false, seededRandom(0)), undefined).scores!.dataSync(),
      );
    });
    const history = ratedBy(pricedTable(), ['ann'], rows.slice(0, 10), likes);
    const person = { id: 'ann', weights: null, history: { ...history, queryTask: table.tasks!.of } };
    const served = await asked(router, table, person);
    const worst = Math.max(...trained.map((score, at) => Math.abs(score - served.data[30 + at]!)));
    // The shrinkage's mean leaves the query's own outcome out in training alone: a tenth of what its 16 cells say.
    expect(worst).toBeLessThan(0.05);
  });
});

describe('likings of models', () => {
  const people = ['ann', 'bob', 'cem', 'dan', 'eve', 'fay'];
  const asked = Array.from({ length: 30 }, (_, i) => i);
  const likes = (user: number, _: number, model: number): number => (model === user % 3 ? 0.8 : -0.4);
  const shrinkage = async (rate: typeof likes) => {
    const table = { ...pricedTable(), interactions: ratedBy(pricedTable(), people, asked, rate) };
    const warnings: string[] = [];
    const fitted = await personalizedRouter.fit(
      table,
      { embeddingDim: 16, trainEpoch: 1 },
      { seed: 1, onWarning: (sentence) => warnings.push(sentence) },
    );
    return { kappa: fitted.state().json.likingShrinkage as number, warned: warnings.join() };
  };

  test('are kept where later answers bear them out', async () => {
    const { kappa, warned } = await shrinkage(likes);
    expect(kappa).toBeLessThan(10);
    expect(warned).not.toContain('liked models do not help');
  });

  test('are dropped where later answers do not, and a sentence says so', async () => {
    const { kappa, warned } = await shrinkage((user, row, model) => (row < 24 ? 1 : -1) * likes(user, row, model));
    expect(kappa).toBe(1e6);
    expect(warned).toContain('liked models do not help users held out');
  });
});

describe('what it refuses', () => {
  const context = { seed: 1 };
  const fit = (table: TrainingTable, given = {}) => personalizedRouter.fit(table, given, context);

  test('nobody to learn for', async () => {
    const refused = {
      code: 'VSR_TRAINING_DATA',
      message: 'personalizedrouter needs users with preferences or history.',
    };
    await expect(fit(pricedTable())).rejects.toMatchObject(refused);
    await expect(
      fit({ ...pricedTable(), people: [{ id: 'ann', weights: null, history: null }] }),
    ).rejects.toMatchObject(refused);
  });

  test('more users or tasks than were named', async () => {
    const table = { ...pricedTable(), people: simulatedUsers() };
    await expect(fit(table, { userNum: 8 })).rejects.toMatchObject({
      code: 'VSR_TRAINING_DATA',
      message: 'personalizedrouter: expected at most 8 users, got 9.',
    });
    await expect(fit(table, { numTask: 2 })).rejects.toMatchObject({
      message: 'personalizedrouter: expected at most 2 tasks, got 3.',
    });
  });

  test('not a weight on what nobody knows: the others take its share, and a sentence says so', async () => {
    const { cost: _, ...table } = { ...pricedTable(), people: simulatedUsers() };
    const warnings: string[] = [];
    const onWarning = (sentence: string) => warnings.push(sentence);
    await personalizedRouter.fit(table, { embeddingDim: 16, trainEpoch: 1 }, { seed: 1, onWarning });
    expect(warnings).toEqual([
      '8 users weigh cost, but the data knows none; their other weights take its share: add prices or set cost to 0.',
    ]);
  });
});
