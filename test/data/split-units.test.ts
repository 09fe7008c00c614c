// Whole tasks, users or sessions on one side of a split.
import { describe, expect, test } from 'vitest';
import type { Query } from '../../src/data/query.js';
import { queryFromRow } from '../../src/data/query-row.js';
import { assignUnitSplits, unitOf } from '../../src/data/split-units.js';

const RATIOS = { ratios: [0.8, 0.1, 0.1] as const, seed: 42 };
const rows = (count: number, of: (i: number) => Record<string, unknown>): Query[] =>
  Array.from({ length: count }, (_, i) => queryFromRow({ query: `q ${i}`, ...of(i) }, `row ${i}`));

describe('splits by unit', () => {
  test('every task stands on one side, each side has one, and a split in the data is not looked at', () => {
    const queries = rows(100, (i) => ({ task_name: `t${i % 10}`, split: i % 2 ? 'train' : 'test' }));
    const splits = assignUnitSplits(queries, 'task', RATIOS);
    const sides = new Map<string, Set<string>>();
    splits.forEach((split, i) => {
      const task = `t${i % 10}`;
      sides.set(task, (sides.get(task) ?? new Set()).add(split));
    });
    expect([...sides.values()].every((side) => side.size === 1)).toBe(true);
    const counts = (['train', 'validation', 'test'] as const).map((name) => splits.filter((s) => s === name).length);
    expect(counts).toEqual([80, 10, 10]);
    expect(assignUnitSplits(queries, 'task', RATIOS)).toEqual(splits);
  });

  test('three units are enough for three sides, however large they are', () => {
    const splits = assignUnitSplits(
      rows(30, (i) => ({ user_id: i < 28 ? 'a' : `u${i}` })),
      'user',
      RATIOS,
    );
    expect(new Set(splits).size).toBe(3);
  });

  test('a share of 0 gets nothing', () => {
    const queries = rows(10, (i) => ({ session_id: `s${i % 5}` }));
    const splits = assignUnitSplits(queries, 'session', { ratios: [0.8, 0, 0.2], seed: 1 });
    expect([splits.includes('validation'), splits.filter((split) => split === 'test').length]).toEqual([false, 2]);
  });

  test('a query without the unit stands alone, by its text', () => {
    const [named, bare] = rows(2, (i) => (i === 0 ? { user_id: 'u' } : {}));
    expect([unitOf(named!, 'user'), unitOf(bare!, 'user')]).toEqual(['user u', 'text q 1']);
  });

  test('refuses data that names no unit, and too few of them', () => {
    const split = (queries: Query[]) => () => assignUnitSplits(queries, 'user', RATIOS);
    expect(split(rows(5, () => ({})))).toThrow(/no query names its user/);
    expect(split(rows(5, (i) => ({ user_id: i % 2 })))).toThrow(/3 parts need 3 of them, here is 2/);
  });
});
