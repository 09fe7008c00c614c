// The rows whose vectors are compared: all of few, of many a sample that the seed decides.
import { describe, expect, test } from 'vitest';
import { drawnRows, neighbourRows, placesIn, unitedRows } from '../../../src/pipelines/analyze/drawn-rows.js';

const upTo = (n: number) => Int32Array.from({ length: n }, (_, i) => 3 * i);

describe('drawnRows', () => {
  test('takes all rows where they are no more than asked for', () => {
    expect(drawnRows(upTo(5), 5, 1)).toEqual(upTo(5));
  });

  test('draws without replacement, in the old order, the same for the same seed', () => {
    const drawn = drawnRows(upTo(1000), 100, 1);
    expect(drawn).toEqual(Int32Array.from(new Set(drawn)).sort());
    expect([drawn.length, drawn.every((row) => row % 3 === 0 && row < 3000)]).toEqual([100, true]);
    expect(drawnRows(upTo(1000), 100, 1)).toEqual(drawn);
    expect(drawnRows(upTo(1000), 100, 2)).not.toEqual(drawn);
  });

  test('draws every row alike', () => {
    const drawn = new Float64Array(50);
    for (let seed = 0; seed < 2000; seed++) for (const row of drawnRows(upTo(50), 10, seed)) drawn[row / 3]!++;
    // 400 each, standard deviation √(2,000 · .2 · .8) = 17.9; five of them
    expect([...drawn].filter((n) => Math.abs(n - 400) > 90)).toEqual([]);
  });
});

test('neighbours are looked for in 20,000 rows at most, for 5,000 at most', () => {
  const { learn, judge } = neighbourRows(upTo(30_000), upTo(6000), 1);
  expect([learn.length, judge.length]).toEqual([20_000, 5000]);
  const few = neighbourRows(upTo(20), upTo(5), 1);
  expect(few).toEqual({ learn: upTo(20), judge: upTo(5) });
});

test('rows of both sides stand once, ascending, and are found again among all', () => {
  const united = unitedRows({ learn: Int32Array.of(2, 9, 12), judge: Int32Array.of(2, 5) });
  expect(united).toEqual(Int32Array.of(2, 5, 9, 12));
  expect(placesIn(Int32Array.of(0, 2, 4, 5, 9, 12, 13), united)).toEqual(Int32Array.of(1, 3, 4, 5));
});
