import fc from 'fast-check';
import { expect, test } from 'vitest';
import { topK } from '../../src/math/top-k.js';

test('gives the largest first and equal values in index order', () => {
  expect([...topK([3, 1, 3, 2, 3], 4)]).toEqual([0, 2, 4, 3]);
});

test('clamps k to the length', () => {
  expect([...topK([1, 2], 5)]).toEqual([1, 0]);
  expect([...topK([], 3)]).toEqual([]);
});

test('equals a full stable sort, cut at k', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 5 })), fc.nat(8), (values, k) => {
      const sorted = values.map((_, i) => i).sort((a, b) => values[b]! - values[a]! || a - b);
      expect([...topK(values, k)]).toEqual(sorted.slice(0, k));
    }),
  );
});
