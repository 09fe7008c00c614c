import { expect, test } from 'vitest';
import { tellingRatings } from '../../src/routers/lone-ratings.js';

/** Rows (user, group, order, rating) as columns. */
function columns(rows: readonly (readonly [number, number, number, number])[]) {
  const whole = (at: number) => Int32Array.from(rows, (row) => row[at]!);
  const real = (at: number) => Float64Array.from(rows, (row) => row[at]!);
  return { user: whole(0), group: whole(1), order: real(2), rating: real(3) };
}

test('an answer rated alone counts by how far it lies above what the user gave before, the middle of the scale counting four times', () => {
  const rows = columns([
    [0, 0, 0, 0.5],
    [0, 1, 1, 0.5],
    [0, 2, 2, -1],
    [0, 3, 3, 0.5],
  ]);
  expect([...tellingRatings(rows)]).toEqual([0.5, 0.5 - 0.5 / 5, -1 - 1 / 6, 0.5 - 0 / 7]);
});

test('who always gives the same says less each time, and never the contrary', () => {
  const always = columns(Array.from({ length: 500 }, (_, i) => [0, i, i, 1]));
  const telling = [...tellingRatings(always)];
  expect(telling).toEqual(Array.from({ length: 500 }, (_, i) => 1 - i / (i + 4)));
});

test('other users, groups of several models, what comes later and what comes at once count for nothing', () => {
  const rows = columns([
    [0, 0, 1, 0.4], // two at once
    [0, 1, 1, 1],
    [1, 2, 0, -1], // another user
    [0, 3, 0, -0.6], // a vote before
    [0, 3, 0, 0.6],
    [0, 4, 2, 0.2],
    [0, 5, 3, -1], // later
  ]);
  const telling = tellingRatings(rows);
  expect([...telling.subarray(0, 5)]).toEqual([0.4, 1, -1, -0.6, 0.6]);
  expect(telling[5]).toBeCloseTo(0.2 - 1.4 / 6, 15);
  const reversed = Object.fromEntries(Object.entries(rows).map(([name, column]) => [name, column.slice().reverse()]));
  expect(tellingRatings(reversed as typeof rows).reverse()).toEqual(telling);
});
