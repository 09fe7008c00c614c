import { expect, test } from 'vitest';
import { nearestName } from '../../src/errors/nearest.js';

test('finds a slip of one letter, and nothing where nothing is near', () => {
  expect(nearestName('qualty_weight', ['quality_weight', 'cost_weight'])).toBe('quality_weight');
  expect(nearestName('knnn', ['knn', 'kmeans'])).toBe('knn');
  expect(nearestName('banana', ['knn', 'kmeans'])).toBeUndefined();
});
