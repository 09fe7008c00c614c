// Distances and neighbour order, against arithmetic and against scikit-learn and scipy (../shared/fixtures/knn).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cosineDistance, dot, squaredEuclidean } from '../../src/math/distance.js';
import { topK } from '../../src/math/top-k.js';
import { hasShared, SHARED } from '../shared-folder.js';

test('distances are what their formulas say', () => {
  expect(dot([1, 2, 3], [4, 5, 6])).toBe(1 * 4 + 2 * 5 + 3 * 6);
  expect(squaredEuclidean([1, 2], [4, 6])).toBe(3 ** 2 + 4 ** 2);
  expect(cosineDistance([1, 0], [0, 2])).toBe(1);
  expect(cosineDistance([1, 1], [-2, -2])).toBe(2);
  expect(cosineDistance([3, 4], [3, 0])).toBeCloseTo(1 - 9 / 15, 15);
});

test('a cosine distance is never below 0, and 1 to a zero vector', () => {
  const odd = [0.1, 0.7, 0.3];
  expect(
    cosineDistance(
      odd,
      odd.map((value) => 3 * value),
    ),
  ).toBeGreaterThanOrEqual(0);
  expect(cosineDistance([0, 0], [1, 2])).toBe(1);
});

interface Expected {
  readonly neighbours_all: readonly number[][];
  readonly distances_all: readonly number[][];
}
const METRICS = {
  cosine: cosineDistance,
  euclidean: (a: readonly number[], b: readonly number[]) => Math.sqrt(squaredEuclidean(a, b)),
};

describe.skipIf(!hasShared).each(['cosine', 'euclidean'] as const)(
  'golden %s neighbours (need ../shared)',
  (metric) => {
    const json = (name: string) => JSON.parse(readFileSync(join(SHARED, 'fixtures/knn', name), 'utf8'));

    test('all 200 rows of 40 queries: order, ties by row number, and distances to nine digits', () => {
      const train: { features: number[][] } = json('train.json');
      const queries: { features: number[][] } = json('queries.json');
      const expected: Expected = json(`expected-${metric}.json`);
      queries.features.forEach((query, q) => {
        const distances = train.features.map((row) => METRICS[metric](query, row));
        // The fixture calls distances within 1e-12 equal, which undoes the rounding of scaled copies.
        const order = topK(
          distances.map((distance) => -Math.round(distance * 1e12)),
          distances.length,
        );
        expect([...order]).toEqual(expected.neighbours_all[q]);
        order.forEach((row, rank) => {
          expect(Math.abs(distances[row]! - expected.distances_all[q]![rank]!)).toBeLessThanOrEqual(
            1e-8 * Math.max(1, expected.distances_all[q]![rank]!),
          );
        });
      });
    });
  },
);
