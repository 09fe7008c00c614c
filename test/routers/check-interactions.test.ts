// The table of bad interactions and askers: each gets one sentence.
import { expect, test } from 'vitest';
import { fromRows, matrix } from '../../src/math/matrix.js';
import { askersCheck, checkInteractions } from '../../src/routers/check-interactions.js';
import { checkTable } from '../../src/routers/check-table.js';
import type { Interactions } from '../../src/routers/people.js';
import { separableTable, withPeople } from './toy-table.js';

/** Two votes of two people about two queries. */
function votes(changes: Partial<Interactions> = {}): Interactions {
  return {
    features: fromRows([
      [1, 2],
      [3, 4],
    ]),
    users: ['ann', 'bob'],
    user: Int32Array.of(0, 0, 1, 1),
    group: Int32Array.of(0, 0, 1, 1),
    order: Float64Array.of(0, 0, 0, 0),
    session: Int32Array.of(0, 0, 1, 1),
    query: Int32Array.of(0, 0, 1, 1),
    model: Int32Array.of(0, 1, 2, 0),
    rating: Float64Array.of(1, -1, 0, 0),
    kind: 'votes',
    queryGroups: Int32Array.of(0, 1),
    ...changes,
  };
}

test('takes votes, and groups of one model, which say something of the past', () => {
  expect(() => checkInteractions(votes(), 3, 2, 'VSR_TRAINING_DATA')).not.toThrow();
  const single = votes({ user: Int32Array.of(0, 0, 1, 0), group: Int32Array.of(0, 0, 1, 2) });
  expect(() => checkInteractions(single, 3, 2, 'VSR_TRAINING_DATA')).not.toThrow();
});

test.each<[string, Partial<Interactions>]>([
  ['4 ratings, but 3 values of session.', { session: new Int32Array(3) }],
  ["their queries have 3 features, the router's have 2.", { features: matrix(2, 3) }],
  ['2 queries, but 1 query groups.', { queryGroups: new Int32Array(1) }],
  [
    'query 1, column 0: expected a number, got NaN.',
    {
      features: fromRows([
        [1, 2],
        [Number.NaN, 4],
      ]),
    },
  ],
  ['row 2: user 2, but there are 2.', { user: Int32Array.of(0, 0, 2, 2) }],
  ['row 3: query -1, but there are 2.', { query: Int32Array.of(0, 0, 1, -1) }],
  ['row 2: model 3, but there are 3.', { model: Int32Array.of(0, 1, 3, 0) }],
  ['row 0: a rating must be in [−1, 1], got 5.', { rating: Float64Array.of(5, -1, 0, 0) }],
  ['row 0: a rating must be in [−1, 1], got NaN.', { rating: Float64Array.of(Number.NaN, -1, 0, 0) }],
  ['row 1: the order must be a number, got NaN.', { order: Float64Array.of(0, Number.NaN, 0, 0) }],
  [
    'rows 0 and 1 are of group 0, but not of one user, one query and one order.',
    { order: Float64Array.of(0, 1, 0, 0) },
  ],
  ['group 0 rates model 1 twice.', { model: Int32Array.of(1, 1, 2, 0) }],
])('refuses: %s', (message, changes) => {
  expect(() => checkInteractions(votes(changes), 3, 2, 'VSR_FEATURES')).toThrow(
    expect.objectContaining({ code: 'VSR_FEATURES', message: `Interactions: ${message}` }),
  );
});

test('refuses askers who are not there and histories that are not of one user', () => {
  const check = askersCheck(3, 2);
  const features = matrix(2, 2);
  const refused = (message: string) => expect.objectContaining({ code: 'VSR_FEATURES', message });
  const ann = { id: 'ann', weights: null, history: votes() };
  const asked = (...asker: number[]) => ({ people: [ann], asker: Int32Array.from(asker) });
  expect(() => check({ features, askers: asked(0) })).toThrow(refused('There are 2 queries, but 1 askers.'));
  expect(() => check({ features, askers: asked(0, 1) })).toThrow(
    refused('A query is asked by person 1, but 1 people are given.'),
  );
  expect(() => check({ features, askers: asked(-1, 0) })).toThrow(
    refused('The history of user ann is of 2 users, not of one.'),
  );
  expect(() => check({ features })).not.toThrow();
});

test('a router that learns from interactions takes a model without outcomes, and refuses to go without interactions', () => {
  const table = separableTable(6);
  const quality = {
    ...table.quality,
    data: table.quality.data.map((value, at) => (at % 3 === 1 ? Number.NaN : value)),
  };
  const needs = { interactions: true };
  expect(() => checkTable({ ...withPeople(table), quality }, 'personal', needs)).not.toThrow();
  expect(() => checkTable({ ...withPeople(table), quality }, 'mlp')).toThrow('Model birch has no outcome');
  expect(() => checkTable(table, 'personal', needs)).toThrow(
    expect.objectContaining({
      code: 'VSR_TRAINING_DATA',
      message: 'personal learns from votes or ratings with user ids; outcomes alone have none.',
    }),
  );
});
