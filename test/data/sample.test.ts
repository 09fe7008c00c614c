// Samples: in proportion, nested, the same for the same seed.
import { expect, test } from 'vitest';
import { queryFromRow } from '../../src/data/query-row.js';
import { sampleQueries } from '../../src/data/sample.js';

const SIZES = { big: 600, middle: 300, small: 100 };
const queries = Object.entries(SIZES).flatMap(([task_name, size]) =>
  Array.from({ length: size }, (_, i) => queryFromRow({ query: `question ${i}`, task_name }, 'row')),
);
const ids = (limit: number, seed = 42) => sampleQueries(queries, limit, seed).map(({ id }) => id);

test('has every task in proportion', () => {
  const tasks = sampleQueries(queries, 100, 42).map(({ taskName }) => taskName);
  expect(tasks).toEqual([...Array(60).fill('big'), ...Array(30).fill('middle'), ...Array(10).fill('small')]);
});

test('a larger sample contains the smaller one', () => {
  for (let limit = 1; limit < 120; limit++) {
    const larger = new Set(ids(limit + 1));
    expect(larger.size).toBe(limit + 1);
    expect(ids(limit).filter((id) => !larger.has(id))).toEqual([]);
  }
});

test('is in file order, the same for the same seed, another for another', () => {
  const order = new Map(queries.map(({ id }, i) => [id, i]));
  const rows = ids(50).map((id) => order.get(id)!);
  expect(rows).toEqual(rows.toSorted((a, b) => a - b));
  expect(ids(50)).toEqual(ids(50));
  expect(ids(50, 43)).not.toEqual(ids(50));
});

test('does not depend on the order of the file', () => {
  const reversed = sampleQueries(queries.toReversed(), 77, 42).map(({ id }) => id);
  expect(new Set(reversed)).toEqual(new Set(ids(77)));
});

test('0 and a limit above the number of queries give all', () => {
  expect(sampleQueries(queries, 0, 1)).toEqual(queries);
  expect(sampleQueries(queries, 5000, 1)).toEqual(queries);
});
