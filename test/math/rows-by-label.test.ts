// Rows by label: labels in order of appearance, rows ascending.
import { expect, test } from 'vitest';
import { rowsByLabel } from '../../src/math/rows-by-label.js';

test('every row stands under its label', () => {
  expect([...rowsByLabel(['b', 'a', 'b', 'c', 'a'])]).toEqual([
    ['b', [0, 2]],
    ['a', [1, 4]],
    ['c', [3]],
  ]);
  expect([...rowsByLabel(Int32Array.of(7, 7, -1))]).toEqual([
    [7, [0, 1]],
    [-1, [2]],
  ]);
  expect(rowsByLabel([]).size).toBe(0);
});
