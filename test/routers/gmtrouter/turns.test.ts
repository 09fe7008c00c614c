// Groups, pasts, splits and the ranking for everybody.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { erf } from '../../../src/math/erf.js';
import { seededRandom } from '../../../src/math/random.js';
import { drawnPast, gatherHistories, newestPast } from '../../../src/routers/gmtrouter/histories.js';
import { priorStrengths } from '../../../src/routers/gmtrouter/prior.js';
import { splitTurns } from '../../../src/routers/gmtrouter/split.js';
import { forEachPair, type RatedGroup, ratedGroups } from '../../../src/routers/gmtrouter/turns.js';
import { hasShared, SHARED } from '../../shared-folder.js';
import { distance } from '../../training/golden.js';
import { type ToyVote, votesOf } from './votes.js';

/** Two users; ann's second and third vote are of one order. */
const VOTES: ToyVote[] = [
  { user: 0, order: 5, models: [0, 1], rating: 1, session: 0 },
  { user: 0, order: 5, models: [1, 2], rating: 0, session: 1 },
  { user: 0, order: 1, models: [0, 2], rating: -1, session: 0 },
  { user: 1, order: 3, models: [0, 1], rating: 1, session: 2 },
  { user: 0, order: 9, models: [2, 0], rating: 1, session: 0 },
];
const past = ({ firstOfUser, pastEnd }: RatedGroup) => [firstOfUser, pastEnd];

describe('ratedGroups', () => {
  test('stand by user and order; what is of the same order is no past', () => {
    const groups = ratedGroups(votesOf(VOTES));
    expect(groups.map(({ id }) => id)).toEqual([2, 0, 1, 4, 3]);
    expect(groups.map(past)).toEqual([
      [0, 0],
      [0, 1],
      [0, 1],
      [0, 3],
      [4, 4],
    ]);
    expect(groups[3]).toMatchObject({ models: [0, 2], ratings: [-1, 1], session: 0 });
  });

  test('do not hang on the order of the rows', () => {
    const whole = votesOf(VOTES);
    const turned = (values: Int32Array | Float64Array) => values.slice().reverse();
    const reversed = { ...whole } as Record<string, unknown>;
    for (const key of ['user', 'group', 'order', 'session', 'query', 'model', 'rating'] as const) {
      reversed[key] = turned(whole[key]);
    }
    expect(ratedGroups(reversed as unknown as typeof whole)).toEqual(ratedGroups(whole));
  });
});

test('a group weighs 1 over its pairs, a tie half a win of each', () => {
  const pairs: [number, number, number][] = [];
  forEachPair({ models: [3, 4, 6], ratings: [0.5, 0.5, -1] }, (a, b, weight) => pairs.push([a, b, weight]));
  expect(pairs).toEqual([
    [3, 4, 1 / 6],
    [4, 3, 1 / 6],
    [3, 6, 1 / 3],
    [4, 6, 1 / 3],
  ]);
});

describe('pasts', () => {
  test('are the newest at evaluation, oldest first', () => {
    expect(newestPast({ firstOfUser: 4, pastEnd: 9 }, 3)).toEqual([6, 7, 8]);
    expect(newestPast({ firstOfUser: 4, pastEnd: 4 }, 3)).toEqual([]);
  });

  test('are drawn in training: every length alike, nothing twice, nothing that is not past', () => {
    const random = seededRandom(1);
    const counts = new Array(5).fill(0);
    for (let i = 0; i < 5000; i++) {
      const drawn = drawnPast({ firstOfUser: 10, pastEnd: 17 }, 4, random);
      counts[drawn.length]++;
      expect(drawn).toEqual([...new Set(drawn)].sort((a, b) => a - b));
      expect(drawn.every((group) => group >= 10 && group < 17)).toBe(true);
    }
    for (const count of counts) expect(Math.abs(count / 5000 - 0.2)).toBeLessThan(0.03); // five standard errors
  });

  test('become index arrays: a row once, slots for the longest', () => {
    const groups = ratedGroups(votesOf(VOTES));
    const targets = [groups[3]!, groups[1]!, groups[0]!];
    const histories = gatherHistories(groups, targets, [[0, 2], [0], []], false);
    expect(histories).toEqual({
      queries: Int32Array.of(2, 1, 4, 0),
      targetQuery: Int32Array.of(2, 3, 0),
      rowQuery: Int32Array.of(0, 0, 1, 1),
      rowModel: Int32Array.of(0, 2, 1, 2),
      rowRating: Float32Array.of(-1, 1, 0, 0),
      previous: undefined,
      slots: Int32Array.of(0, 0, 0, 1, 1, 0, 2, 0, 0, 3, 0, 0),
      filled: Float32Array.of(1, 1, 0, 1, 1, 0, 1, 0, 0, 1, 0, 0),
      lengths: Float32Array.of(2, 1, 0),
    });
  });

  test('link a turn to the latest strictly earlier one of its conversation and model', () => {
    const groups = ratedGroups(
      votesOf([
        { user: 0, order: 1, models: [0, 1], rating: 1, session: 0 },
        { user: 0, order: 2, models: [0, 1], rating: 1, session: 1 },
        { user: 0, order: 3, models: [0, 2], rating: 1, session: 0 },
        { user: 0, order: 3, models: [0, 1], rating: 1, session: 0 },
        { user: 0, order: 4, models: [0, 1], rating: 1, session: 0 },
      ]),
    );
    const { previous } = gatherHistories(groups, [groups[4]!], [[0, 1, 2, 3]], true);
    expect(previous).toEqual(Int32Array.of(-1, -1, -1, -1, 0, -1, 0, 1));
  });
});

describe('splitTurns', () => {
  const votes = (users: number, each: number) =>
    ratedGroups(
      votesOf(
        Array.from({ length: users * each }, (_, i) => ({
          user: Math.floor(i / each),
          order: i % each,
          models: [0, 1] as [number, number],
          rating: 1,
          session: i,
        })),
      ),
    );

  const ownTexts = (groups: readonly RatedGroup[]) => Int32Array.from(groups, (_, i) => i);

  test('lets a third of the texts that both sides rate judge, and learns nothing from these', () => {
    const groups = votes(10, 9);
    const texts = Int32Array.from(groups, (_, i) => i % 9); // everybody votes on the same nine
    const { rows, validationRows, known } = splitTurns(groups, texts, 3);
    const textsOf = (numbers: Int32Array) => new Set(Array.from(numbers, (i) => texts[groups[i]!.query]!));
    expect([rows.length, validationRows.length, known.length]).toEqual([8 * 6, 2 * 3, 8 * 9]);
    expect([...textsOf(rows)].some((text) => textsOf(validationRows).has(text))).toBe(false);
  });

  test('sets a fifth of the users aside, whole, where there are ten', () => {
    const groups = votes(10, 4);
    const { rows, validationRows, known } = splitTurns(groups, ownTexts(groups), 3);
    const usersOf = (numbers: Int32Array) => new Set(Array.from(numbers, (i) => groups[i]!.user));
    expect([usersOf(rows).size, usersOf(validationRows).size]).toEqual([8, 2]);
    expect([...usersOf(rows)].some((user) => usersOf(validationRows).has(user))).toBe(false);
    expect(known).toEqual(rows);
  });

  test('sets the latest fifth of each user aside where there are fewer', () => {
    const groups = votes(3, 10);
    expect([...splitTurns(groups, ownTexts(groups), 3).validationRows].sort((a, b) => a - b)).toEqual([
      8, 9, 18, 19, 28, 29,
    ]);
  });
});

test('the ranking of two models is the logarithm of their odds, drawn to 0', () => {
  const wins = Array.from({ length: 30 }, (_, i) => ({
    user: 0,
    order: i,
    models: [0, 1] as [number, number],
    rating: i < 20 ? 1 : -1,
    session: i,
  }));
  const [first, second] = priorStrengths(ratedGroups(votesOf(wins)), 2);
  expect(first).toBe(-second!);
  // β solves 30·σ(2β) − 20 + β = 0.
  expect(Math.abs(30 / (1 + Math.exp(-2 * first!)) - 20 + first!)).toBeLessThan(1e-9);
  expect(first!).toBeLessThan(Math.log(2) / 2);
});

test.skipIf(!hasShared)('the ranking of real votes (needs ../shared/data)', () => {
  const lines = readFileSync(join(SHARED, 'data/mtbench/human-votes.jsonl'), 'utf8').split('\n').filter(Boolean);
  const votes = lines.map((line) => JSON.parse(line) as Record<'model_a' | 'model_b' | 'winner', string>);
  const models = ['alpaca-13b', 'claude-v1', 'gpt-3.5-turbo', 'gpt-4', 'llama-13b', 'vicuna-13b-v1.2'];
  const groups = ratedGroups(
    votesOf(
      votes.map(({ model_a, model_b, winner }, i) => ({
        user: 0,
        order: i,
        models: [models.indexOf(model_a), models.indexOf(model_b)],
        rating: winner === 'model_a' ? 1 : winner === 'model_b' ? -1 : 0,
        session: i,
      })),
    ),
  );
  const rounded = Array.from(priorStrengths(groups, 6), (value) => Number(value.toFixed(2)));
  expect(rounded).toEqual([-0.76, 0.64, 0.6, 1.01, -1.44, -0.06]);
});

test('erf, to the last digits', () => {
  const known = [0.1124629160182849, 0.5204998778130465, 0.8427007929497149, 0.9953222650189527, 0.9999779095030014];
  expect(distance([0.1, 0.5, 1, 2, 3].map(erf), known)).toBeLessThan(1e-15);
  expect([erf(0), erf(-1), erf(7), erf(Number.NEGATIVE_INFINITY)]).toEqual([0, -erf(1), 1, -1]);
});
