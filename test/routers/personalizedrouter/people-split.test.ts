import { expect, test } from 'vitest';
import { type PastGroup, personOf } from '../../../src/routers/personalizedrouter/learning-data.js';
import { splitPeople } from '../../../src/routers/personalizedrouter/people-split.js';

/** A person who compared two models on these pool rows, or rated one alone on a negative one. */
function person(id: string, rows: readonly number[]) {
  const past = rows.map((row, order): PastGroup => {
    const models = row < 0 ? Int32Array.of(0) : Int32Array.of(0, 1);
    const kind = row < 0 ? ('alone' as const) : ('choices' as const);
    const rated = { group: order, query: Math.abs(row), order, models, y: new Float64Array(models.length), kind };
    return { rated, row: Math.abs(row), attributes: [] };
  });
  return personOf(id, null, past);
}

const rowsOf = (groups: readonly PastGroup[]) => groups.map(({ row }) => row);

test('what is rated alone is past, and never a target', () => {
  const people = [person('ann', [1, -2, 3, -4, 5, -6, 7, 8, -9, 2]), person('bob', [-1, -2, -3, -4, -5])];
  const { learned, judged } = splitPeople(people, 32, 1);
  expect(learned.map(({ past, comparisons }) => [rowsOf(past), rowsOf(comparisons)])).toEqual([
    [
      [1, 2, 3, 4, 5, 6, 7, 8],
      [1, 3, 5, 7, 8],
    ],
    [[1, 2, 3, 4], []],
  ]);
  expect(judged.map(({ targets }) => rowsOf(targets))).toEqual([[], []]); // 9 is alone, 2 is told by the history
});
