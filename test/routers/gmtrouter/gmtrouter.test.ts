// What the fitted router promises: personal where the past says so, the ranking for everybody where it says nothing.
import { beforeAll, describe, expect, test } from 'vitest';
import { type Matrix, matrix, rowOf } from '../../../src/math/matrix.js';
import { seededRandom } from '../../../src/math/random.js';
import { gmtrouter } from '../../../src/routers/gmtrouter/gmtrouter.js';
import { gatherHistories, newestPast } from '../../../src/routers/gmtrouter/histories.js';
import { gmtrouterParams } from '../../../src/routers/gmtrouter/params.js';
import { turnScores } from '../../../src/routers/gmtrouter/problem.js';
import { initialParameters } from '../../../src/routers/gmtrouter/shape.js';
import { scaledRows, toState } from '../../../src/routers/gmtrouter/state.js';
import { ratedGroups } from '../../../src/routers/gmtrouter/turns.js';
import type { Interactions, Person } from '../../../src/routers/people.js';
import type { FittedRouter, TrainingTable } from '../../../src/routers/router.js';
import { distance } from '../../training/golden.js';
import { testEngine } from '../../training/test-engine.js';
import { type ToyVote, votesOf } from './votes.js';

const engine = await testEngine();
const MODELS = ['amber', 'birch', 'cedar'];
const D = 4;

function randomFeatures(rows: number, seed: number): Matrix {
  const random = seededRandom(seed);
  return matrix(
    rows,
    D,
    Float32Array.from({ length: rows * D }, () => random.normal()),
  );
}

/** Users of even number like amber, the others cedar; birch stands between. */
function tasteVotes(users: number, each: number): Interactions {
  const random = seededRandom(5);
  const votes = Array.from({ length: users * each }, (_, i): ToyVote => {
    const user = Math.floor(i / each);
    const [first, second] = random.shuffle([0, 1, 2]) as [number, number];
    const likes = user % 2 === 0 ? 1 : -1;
    return { user, order: i % each, models: [first, second], rating: first < second ? likes : -likes, session: i };
  });
  return votesOf(votes, randomFeatures(votes.length, 6));
}

function tableOf(interactions: Interactions): TrainingTable {
  const { features } = interactions;
  const quality = { rows: features.rows, cols: 3, data: new Float64Array(features.rows * 3).fill(Number.NaN) };
  return { models: MODELS, features, quality, groups: interactions.queryGroups, interactions };
}

/** A person who chose so, on queries of their own. */
function person(id: string, votes: readonly Omit<ToyVote, 'user' | 'session'>[], seed = 9): Person {
  const whole = votes.map((vote, i) => ({ ...vote, user: 0, session: i }));
  return { id, weights: null, history: votesOf(whole, randomFeatures(votes.length, seed)) };
}

const likesAmber = [0, 1, 2, 3, 4, 5].map((order) => ({
  order,
  models: (order % 2 === 0 ? [0, 2] : [0, 1]) as [number, number],
  rating: 1,
}));
const likesCedar = likesAmber.map(({ order }) => ({ order, models: [2, order % 2] as [number, number], rating: 1 }));
const PARAMS = { hidden: 16, heads: 2, epochs: 30, patience: 30, batchSize: 64, historySize: 8, learningRate: 0.02 };
const queries = randomFeatures(5, 11);
const askedBy = (people: readonly Person[], index = 0) => ({
  features: queries,
  askers: { people, asker: new Int32Array(5).fill(index) },
});

const learned = (conv: 'hgt' | 'sage'): Promise<FittedRouter> =>
  gmtrouter.fit(tableOf(tasteVotes(20, 8)), { ...PARAMS, conv }, { seed: 1, training: { engine: engine.name } });
const FITTED = { hgt: await learned('hgt'), sage: await learned('sage') };

describe.each([['hgt'], ['sage']] as const)('with %s', (conv) => {
  const fitted = FITTED[conv];
  let ranking: Matrix;
  beforeAll(async () => {
    ranking = await fitted.score({ features: queries });
  });

  test('two users with opposite pasts get two models for one query', async () => {
    const people = [person('ann', likesAmber), person('bob', likesCedar)];
    const best = async (index: number) => {
      const [a, , c] = rowOf(await fitted.score(askedBy(people, index)), 0);
      return a! > c! ? 'amber' : 'cedar';
    };
    expect([await best(0), await best(1)]).toEqual(['amber', 'cedar']);
  });

  test('answers rated one at a time raise or lower their model as they lie above or below the usual', async () => {
    const lead = async (ratings: readonly number[]) => {
      const votes = ratings.map((rating, order) => ({ order, models: [0, 2] as [number, number], rating }));
      const { history } = person('ann', votes);
      const first = <T extends Int32Array | Float64Array>(column: T) => column.filter((_, row) => row % 2 === 0) as T;
      const { user, group, order, session, query, model, rating } = history!;
      const rows = { user, group, order, session, query, model, rating };
      const alone = Object.fromEntries(Object.entries(rows).map(([name, column]) => [name, first(column)]));
      const told = { id: 'ann', weights: null, history: { ...history!, ...alone, kind: 'ratings' as const } };
      const [a, , c] = rowOf(await fitted.score(askedBy([told])), 0);
      return a! - c!;
    };
    const nobody = rowOf(ranking, 0)[0]! - rowOf(ranking, 0)[2]!;
    expect(await lead([1, 1, 1])).toBeGreaterThan(nobody);
    expect(await lead([-1, -1, -1])).toBeLessThan(nobody);
    expect(await lead([1, 1, 1, 1, 1, 1, -1])).toBeLessThan(await lead([1, 1, 1, 1, 1, 1, 1]));
  });

  test('no past, an empty past and nobody at all give the same scores to the bit', async () => {
    const empty = { ...person('new', []), history: votesOf([{ ...likesAmber[0]!, user: 0, session: 0 }]) };
    const none = { ...empty.history, ...votesOf([]), users: ['new'], features: matrix(0, D) };
    expect(await fitted.score(askedBy([{ id: 'new', weights: null, history: null }]))).toEqual(ranking);
    expect(await fitted.score(askedBy([{ id: 'new', weights: null, history: none }]))).toEqual(ranking);
    expect(await fitted.score(askedBy([person('ann', likesAmber)], -1))).toEqual(ranking);
    expect(await fitted.score(askedBy([person('ann', likesAmber)]))).not.toEqual(ranking);
  });

  test('the order of a past’s rows changes nothing; what was rated how does', async () => {
    const scores = await fitted.score(askedBy([person('ann', likesAmber)]));
    const { history } = person('ann', likesAmber);
    const turned = { ...history! } as Record<string, unknown>;
    for (const key of ['user', 'group', 'order', 'session', 'query', 'model', 'rating'] as const) {
      turned[key] = history![key].slice().reverse();
    }
    const reversed = { id: 'ann', weights: null, history: turned as unknown as Interactions };
    expect(await fitted.score(askedBy([reversed]))).toEqual(scores);
    const other = person(
      'ann',
      likesAmber.map((vote, i) => (i === 2 ? { ...vote, rating: -1 } : vote)),
    );
    expect(await fitted.score(askedBy([other]))).not.toEqual(scores);
  });

  test('explains by the past: every group that was read, weights that add up to 1', async () => {
    const explained = await fitted.explain!(matrix(1, D, rowOf(queries, 0)), person('ann', likesAmber));
    if (explained.kind !== 'history') throw new Error('expected a history');
    expect(explained.turns.map(({ group }) => group).sort()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(explained.turns.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 6);
    expect(explained.turns.map(({ weight }) => weight)).toEqual(
      explained.turns.map(({ weight }) => weight).sort((a, b) => b - a),
    );
  });
});

describe.each([
  ['hgt', 2, false],
  ['hgt', 3, false],
  ['hgt', 3, true],
  ['sage', 3, true],
] as const)('untrained %s, %i layers, linked turns %s', (conv, layers, multiTurn) => {
  const interactions = tasteVotes(4, 6);
  // Two conversations a user, so that turns have turns before them.
  const linked = { ...interactions, session: interactions.order.map((order) => order % 2) as unknown as Int32Array };
  const turns: Interactions = { ...linked, session: Int32Array.from(linked.session) };
  const groups = ratedGroups(turns);
  const params = gmtrouterParams.parse({ hidden: 16, heads: 4, layers, conv, multiTurn, historySize: 4, shrinkage: 2 });
  const shape = { ...params, featureDim: D, models: 3, described: true };
  const prior = Float64Array.of(0.5, 0.1, -0.6);
  const descriptions = scaledRows(randomFeatures(3, 13));
  const start = initialParameters(shape, 3);
  const restored = (parameters: typeof start) =>
    gmtrouter.restore({
      models: MODELS,
      featureDim: D,
      params,
      state: toState(parameters, descriptions, prior, 'network'),
    });
  const pastOf = (user: number, before: number): Interactions => {
    const rows = Array.from(turns.rating, (_, i) => i).filter(
      (i) => turns.user[i] === user && turns.order[i]! < before,
    );
    const taken = (of: Int32Array | Float64Array) => (of.constructor as typeof Int32Array).from(rows, (i) => of[i]!);
    return {
      ...turns,
      users: ['asker'],
      user: new Int32Array(rows.length),
      group: taken(turns.group),
      order: Float64Array.from(rows, (i) => turns.order[i]!),
      session: taken(turns.session),
      query: taken(turns.query),
      model: taken(turns.model),
      rating: Float64Array.from(rows, (i) => turns.rating[i]!),
    };
  };

  test('scores as the ranking for everybody, whoever asks', async () => {
    const scores = await restored(start).score(askedBy([person('ann', likesAmber)]));
    for (let q = 0; q < 5; q++) expect(rowOf(scores, q)).toEqual(Float32Array.from(prior));
  });

  test('serves what was trained: plain arrays over each past = the padded network on the engine', async () => {
    // The last weights are no longer 0, so that everything before them counts.
    const random = seededRandom(17);
    const noisy = Object.fromEntries(
      Object.entries(start).map(([name, { shape: sizes, data }]) => [
        name,
        { shape: sizes, data: data.map((value) => value + 0.3 * random.normal()) },
      ]),
    );
    const trained = engine.tf.tidy(() => {
      const parameters = Object.fromEntries(
        Object.entries(noisy).map(([name, { shape: sizes, data }]) => [name, engine.tf.tensor(data, [...sizes])]),
      );
      const step = { tf: engine.tf, parameters, training: false, random };
      const data = {
        groups,
        queries: scaledRows(turns.features),
        descriptions,
        prior,
        shape,
        strangers: 'network' as const,
      };
      const pasts = groups.map((group) => newestPast(group, params.historySize));
      return turnScores(step, data, params, gatherHistories(groups, groups, pasts, multiTurn)).dataSync();
    });
    const people = groups.map(({ user, order, id }) => ({
      id: `${user} before ${order} (${id})`,
      weights: null,
      history: pastOf(user, order),
    }));
    const features = matrix(
      groups.length,
      D,
      Float32Array.from(groups.flatMap(({ query }) => [...rowOf(turns.features, query)])),
    );
    const asker = Int32Array.from(people, (_, i) => i);
    const scores = await restored(noisy).score({ features, askers: { people, asker } });
    const columns = Array.from(
      { length: scores.data.length },
      (_, i) => scores.data[(i % groups.length) * 3 + Math.floor(i / groups.length)]!,
    );
    expect(distance(columns, trained)).toBeLessThan(5e-5);
  });

  test('a target’s own label, equal times and the future change no score; a past label does', () => {
    const scoreOf = (ratings: Float64Array, which: number) => {
      const changed = ratedGroups({ ...turns, rating: ratings });
      const random = seededRandom(17);
      return engine.tf.tidy(() => {
        const parameters = Object.fromEntries(
          Object.entries(start).map(([name, { shape: sizes, data }]) => [
            name,
            engine.tf.tensor(
              data.map((value) => value + 0.3 * random.normal()),
              [...sizes],
            ),
          ]),
        );
        const step = { tf: engine.tf, parameters, training: false, random };
        const data = {
          groups: changed,
          queries: scaledRows(turns.features),
          descriptions,
          prior,
          shape,
          strangers: 'network' as const,
        };
        const target = changed[which]!;
        return [
          ...turnScores(
            step,
            data,
            params,
            gatherHistories(changed, [target], [newestPast(target, 4)], multiTurn),
          ).dataSync(),
        ];
      });
    };
    const which = 3; // user 0, order 3
    const before = scoreOf(turns.rating, which);
    const flipped = (isFlipped: (row: number) => boolean) =>
      turns.rating.map((rating, row) => (isFlipped(row) ? -rating : rating));
    const { id, order, user } = groups[which]!;
    expect(
      scoreOf(
        flipped((row) => turns.group[row] === id),
        which,
      ),
    ).toEqual(before);
    expect(
      scoreOf(
        flipped((row) => turns.order[row]! >= order || turns.user[row] !== user),
        which,
      ),
    ).toEqual(before);
    expect(
      scoreOf(
        flipped((row) => turns.user[row] === user && turns.order[row]! < order),
        which,
      ),
    ).not.toEqual(before);
  });
});

test('refuses a hidden width that its heads do not divide', async () => {
  await expect(gmtrouter.checkParams({ hidden: 64, heads: 3 })).rejects.toMatchObject({
    code: 'VSR_ROUTER_PARAMS',
    message: 'routers.gmtrouter.hidden: expected a multiple of heads, got 64.',
  });
});

test('refuses votes of one user alone, and votes that are all ties', async () => {
  const alone = tableOf(tasteVotes(1, 8));
  await expect(gmtrouter.fit(alone, {}, { seed: 1 })).rejects.toMatchObject({
    code: 'VSR_TRAINING_DATA',
    message:
      'gmtrouter: nothing to learn from: 1 of 1 users rate two models on one query, and 8 of 8 groups prefer one.',
  });
  const votes = tasteVotes(3, 4);
  const ties = tableOf({ ...votes, rating: new Float64Array(votes.rating.length) });
  await expect(gmtrouter.fit(ties, {}, { seed: 1 })).rejects.toMatchObject({ code: 'VSR_TRAINING_DATA' });
});

test('tells models without a description apart where only another one has one', async () => {
  const profile = { inputPrice: null, outputPrice: null, size: null, contextWindow: null };
  const described = [null, randomFeatures(1, 21).data, null].map((description) => ({
    ...profile,
    description,
    capabilities: {},
    modalities: [],
  }));
  const table = { ...tableOf(tasteVotes(20, 8)), profiles: described };
  const fitted = await gmtrouter.fit(table, PARAMS, { seed: 1, training: { engine: engine.name } });
  const people = [person('ann', likesAmber), person('bob', likesCedar)];
  const [first, second] = [await fitted.score(askedBy(people, 0)), await fitted.score(askedBy(people, 1))];
  expect(first.data.every(Number.isFinite)).toBe(true);
  expect([first.data[0]! > first.data[2]!, second.data[0]! > second.data[2]!]).toEqual([true, false]);
});

test('gives who has no past the ranking of the outcomes where the votes are simulated, and still tells users apart', async () => {
  const votes = { ...tasteVotes(20, 8), simulated: true };
  const rows = votes.features.rows;
  const data = Float64Array.from({ length: rows * 3 }, (_, at) => (at % 3 === 1 || at % 15 > 2 ? 1 : 0)); // birch always, the others on four of five
  const table = { ...tableOf(votes), quality: { rows, cols: 3, data } };
  const fitted = await gmtrouter.fit(table, PARAMS, { seed: 1, training: { engine: engine.name } });
  const anybody = await fitted.score({ features: queries });
  for (let q = 0; q < 5; q++) expect(rowOf(anybody, q)).toEqual(rowOf(anybody, 0));
  expect(rowOf(anybody, 0).indexOf(Math.max(...rowOf(anybody, 0)))).toBe(1);
  const people = [person('ann', likesAmber), person('bob', likesCedar)];
  const lead = async (index: number) => {
    const [a, , c] = rowOf(await fitted.score(askedBy(people, index)), 0);
    return a! - c!;
  };
  expect([(await lead(0)) > 0, (await lead(1)) < 0]).toEqual([true, true]);
});
