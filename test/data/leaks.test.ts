// A text in two splits is found in the later one.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findLeaks } from '../../src/data/leaks.js';
import { queryFromRow } from '../../src/data/query-row.js';
import { hasShared, SHARED } from '../shared-folder.js';

const queries = ['A?', 'b', 'a', 'B!', 'c', 'C', 'a '].map((query) => queryFromRow({ query }, 'row'));

test('counts the rows of the later split and names the earlier one', () => {
  const leaks = findLeaks(queries, ['train', 'validation', 'test', 'test', 'test', 'test', 'train']);
  expect(leaks).toEqual({
    count: 2,
    rows: [2, 3],
    examples: [
      { query: 'a', id: queries[2]!.id, split: 'test', alsoIn: 'train' },
      { query: 'B!', id: queries[3]!.id, split: 'test', alsoIn: 'validation' },
    ],
  });
});

test('finds none where every text has one split', () => {
  expect(findLeaks(queries, ['test', 'train', 'test', 'train', 'test', 'test', 'test'])).toEqual({
    count: 0,
    rows: [],
    examples: [],
  });
});

test.skipIf(!hasShared)('finds exactly the 119 test questions that fusion marks as in_train (shared data)', () => {
  const rowsOf = (name: string) =>
    readFileSync(join(SHARED, 'data/fusion', name), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  const rows = [
    ...rowsOf('train.jsonl').map((row) => ({ ...row, split: 'train' })),
    ...rowsOf('test.jsonl').map((row) => ({ ...row, split: 'test' })),
  ];
  const all = rows.map((row) => queryFromRow(row, 'row'));
  const leaks = findLeaks(
    all,
    all.map((query) => query.split!),
  );
  expect(leaks.count).toBe(119);
  expect(leaks.rows).toEqual(rows.flatMap((row, i) => (row.in_train === true ? [i] : [])));
  expect(leaks.examples).toHaveLength(5);
});
