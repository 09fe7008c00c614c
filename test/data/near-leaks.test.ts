// Near-duplicates across splits: found by MinHash, decided by exact Jaccard over five-word shingles.
import { describe, expect, test } from 'vitest';
import { bundledFile } from '../../src/data/bundled.js';
import { findLeaks } from '../../src/data/leaks.js';
import { findNearLeaks } from '../../src/data/near-leaks.js';
import type { Query, Split } from '../../src/data/query.js';
import { queryFromRow } from '../../src/data/query-row.js';
import { readOutcomes } from '../../src/data/read-outcomes.js';

const words = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `w${from + i}`).join(' ');
const queries = (...texts: string[]): Query[] => texts.map((query, i) => queryFromRow({ query }, `row ${i}`));

describe('near leaks', () => {
  test('a text of 50 words with its last one changed shares 45 of 47 shingles', () => {
    const rows = queries(`${words(0, 49)} end`, `${words(0, 49)} other`);
    expect(findNearLeaks(rows, ['train', 'test'])).toEqual([{ row: 1, alsoRow: 0, jaccard: 45 / 47 }]);
  });

  test('an equal text is no near leak, and one that differs by half neither', () => {
    const rows = queries(words(0, 40), words(0, 40).toUpperCase(), `${words(0, 20)} ${words(100, 120)}`);
    expect(findNearLeaks(rows, ['train', 'test', 'test'])).toEqual([]);
  });

  test('only the later split leaks, and each row names its nearest earlier row', () => {
    const base = words(0, 60);
    const rows = queries(`${base} a`, `${base} b`, `${words(0, 58)} x y z`, 'short');
    const splits: Split[] = ['validation', 'train', 'test', 'test'];
    // 0 and 1 share 56 of 58 shingles; 2 shares 54 with both, of 57 + 57 − 54 + 2
    expect(findNearLeaks(rows, splits).map(({ row, alsoRow }) => [row, alsoRow])).toEqual([
      [0, 1],
      [2, 0],
    ]);
  });

  test('the bundled example holds five among its test queries that are no exact leaks', async () => {
    const { rows } = await readOutcomes(bundledFile('example/outcomes.jsonl'), { scale: 1 });
    const all = rows.map((row) => row.query);
    const splits = all.map((query): Split => (query.split === 'test' ? 'test' : 'train'));
    expect(findLeaks(all, splits).count).toBe(0);
    const tasks = findNearLeaks(all, splits).map(({ row }) => all[row]!.taskName);
    expect(tasks.sort()).toEqual(['gsm8k', 'gsm8k', 'gsm8k', 'gsm8k', 'mbpp']);
  });
});
