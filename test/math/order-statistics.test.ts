import fc from 'fast-check';
import { expect, test } from 'vitest';
import { orderStatistics } from '../../src/math/order-statistics.js';
import { percentiles } from '../../src/math/stats.js';

test('the values at any ranks are those of the sorted array, ties and all', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 60 }), fc.nat(), (list, seed) => {
      const ranks = list.map((_, i) => i).filter((i) => (seed >> (i % 20)) % 2 === 0);
      const sorted = Float64Array.from(list).sort();
      expect(orderStatistics(Float64Array.from(list), ranks)).toEqual(ranks.map((rank) => sorted[rank]));
    }),
  );
});

test('sorted, reversed and equal values end', () => {
  const n = 20_000;
  for (const of of [(i: number) => i, (i: number) => n - i, () => 1]) {
    const values = Float64Array.from({ length: n }, (_, i) => of(i));
    const sorted = values.slice().sort();
    expect(orderStatistics(values, [0, 7, n >> 1, n - 1])).toEqual([0, 7, n >> 1, n - 1].map((rank) => sorted[rank]));
  }
});

test('percentiles come in the order they were asked for, NaN last as when sorted', () => {
  expect(percentiles([4, 1, 3, 2, 5], [100, 0, 50, 25, 10])).toEqual([5, 1, 3, 2, 1.4]);
  expect(percentiles([2, Number.NaN, 1], [0])).toEqual([1]);
});
