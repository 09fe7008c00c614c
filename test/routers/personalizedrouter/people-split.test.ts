import { expect, test } from 'vitest';
import { type PastGroup, personOf } from '../../../src/routers/personalizedrouter/learning-data.js';
import { splitPeople, unseenTexts } from '../../../src/routers/personalizedrouter/people-split.js';

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
const texts = Int32Array.from({ length: 20 }, (_, row) => row % 10); // row and row + 10 are one text

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

test('texts that judge are learned by nobody: a third of the targets’ texts where all would be too many', () => {
  const shared = Array.from({ length: 12 }, (_, i) => person(String(i), [0, 1, 2, 3, 4, 15, 16, 17, 18, 19]));
  const people = splitPeople(shared, 32, 1);
  expect([people.learned.length, people.judged.length]).toEqual([10, 2]);
  const { learned, judged, texts: judging } = unseenTexts(people, texts, 1);
  expect(judging.size).toBe(2); // of the five later texts
  const asked = judged.map(({ targets }) => rowsOf(targets).map((row) => texts[row]!));
  expect(asked).toEqual([asked[0], asked[0]]);
  expect(new Set(asked[0])).toEqual(judging);
  for (const { past, comparisons } of learned) {
    expect(past).toHaveLength(8);
    expect(comparisons).toEqual(past);
    expect(past.some(({ row }) => judging.has(texts[row]!))).toBe(false);
  }
});

test('all of the targets’ texts judge where they are a tenth of what there is, and none where they are under three', () => {
  const many = Int32Array.from({ length: 100 }, (_, row) => row);
  const own = Array.from({ length: 12 }, (_, i) =>
    person(
      String(i),
      [0, 1, 2, 3, 4, 5, 6].map((at) => 8 * i + at),
    ),
  );
  const people = splitPeople(own, 32, 1);
  expect(unseenTexts(people, many, 1).texts.size).toBe(6); // two people's last three
  const few = {
    learned: people.learned,
    judged: people.judged.slice(0, 1).map((one) => ({ ...one, targets: one.targets.slice(0, 2) })),
  };
  expect(unseenTexts(few, many, 1)).toEqual({ ...few, texts: new Set() });
});
