import { expect, test } from 'vitest';
import { heldOutCells } from '../../../src/pipelines/people/people-cells.js';

const turn = (userId: string, query: string) => ({ userId, query });
/** Twelve people on as many queries each. */
const asked = (query: (user: number, i: number) => string) =>
  Array.from({ length: 12 * 6 }, (_, at) => turn(`u${Math.floor(at / 6)}`, query(Math.floor(at / 6), at % 6)));

function check(turns: ReturnType<typeof asked>, cells: ReturnType<typeof heldOutCells>) {
  expect(cells.flatMap(({ held }) => [...held]).sort((a, b) => a - b)).toEqual([...turns.keys()]);
  for (const { held, inside, knows } of cells) {
    const people = new Set(Array.from(held, (i) => turns[i]!.userId));
    const queries = new Set(Array.from(held, (i) => turns[i]!.query.toLowerCase()));
    turns.forEach(({ userId, query }, i) => {
      expect(knows(query)).toBe(!queries.has(query.toLowerCase()));
      if (inside[i]) expect([people.has(userId), queries.has(query.toLowerCase())]).toEqual([false, false]);
    });
  }
}

test('people with queries of their own are held out by folds of people, and all others are learned from', () => {
  const turns = asked((user, i) => `question ${user} ${i}`);
  const cells = heldOutCells(turns, 4, 1);
  check(turns, cells);
  expect(cells.map(({ held, inside }) => [held.size, inside.filter(Boolean).length])).toEqual(Array(4).fill([18, 54]));
});

test('a few queries that several people rate are left out of learning', () => {
  const turns = asked((user, i) => (i === 0 ? (user % 2 ? 'Hello' : 'hello') : `question ${user} ${i}`));
  const cells = heldOutCells(turns, 4, 1);
  check(turns, cells);
  expect(cells.map(({ held, inside }) => [held.size, inside.filter(Boolean).length])).toEqual(Array(4).fill([18, 45]));
});

test('where all people rate the same queries, people and queries are held out, crossed', () => {
  const turns = asked((_, i) => `question ${i}`);
  const cells = heldOutCells(turns, 3, 1);
  check(turns, cells);
  expect(cells.map(({ held, inside }) => [held.size, inside.filter(Boolean).length])).toEqual(Array(9).fill([8, 32]));
  expect(cells[0]!.knows('a question that nobody rated')).toBe(true);
});
