// Near-duplicates across splits: found by MinHash, decided by exact Jaccard over five-word shingles.
import { describe, expect, test } from 'vitest';
import { bundledFile } from '../../src/data/bundled.js';
import { findLeaks } from '../../src/data/leaks.js';
import { findNearLeaks } from '../../src/data/near-leaks.js';
import type { Query, Split } from '../../src/data/query.js';
import { queryFromRow } from '../../src/data/query-row.js';
import { readOutcomes } from '../../src/data/read-outcomes.js';
import { seededRandom } from '../../src/math/random.js';

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

  test('what the neighbours of a pair share with others hides nothing: the same pairs as comparing all with all', () => {
    const random = seededRandom(7);
    const pool = Array.from({ length: 12 }, (_, k) => words(200 * k, 200 * k + 120).split(' '));
    const texts = Array.from({ length: 90 }, () => {
      const copy = [...pool[random.int(pool.length)]!];
      for (let edits = random.int(4); edits > 0; edits--) copy[random.int(copy.length)] = `e${random.int(50)}`;
      return copy.join(' ');
    });
    const splits = texts.map((_, i): Split => (['train', 'validation', 'test'] as const)[i % 3]!);
    const rank = { train: 0, validation: 1, test: 2 };
    const sets = texts.map((text) => {
      const all = text.split(' ');
      return new Set(all.slice(4).map((_, i) => all.slice(i, i + 5).join(' ')));
    });
    const expected = texts.flatMap((text, row) => {
      const overlaps = texts.flatMap((other, alsoRow) => {
        if (rank[splits[alsoRow]!] >= rank[splits[row]!] || other === text) return [];
        const both = [...sets[row]!].filter((shingle) => sets[alsoRow]!.has(shingle)).length;
        const jaccard = both / (sets[row]!.size + sets[alsoRow]!.size - both);
        return jaccard >= 0.8 ? [jaccard] : [];
      });
      return overlaps.length > 0 ? [[row, Math.max(...overlaps)]] : [];
    });
    expect(expected.length).toBeGreaterThan(5);
    expect(findNearLeaks(queries(...texts), splits).map(({ row, jaccard }) => [row, jaccard])).toEqual(expected);
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
