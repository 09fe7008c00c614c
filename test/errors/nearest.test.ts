import { expect, test } from 'vitest';
import { nearestName } from '../../src/errors/nearest.js';

test('finds a slip of one letter, and nothing where nothing is near', () => {
  expect(nearestName('qualty_weight', ['quality_weight', 'cost_weight'])).toBe('quality_weight');
  expect(nearestName('knnn', ['knn', 'kmeans'])).toBe('knn');
  expect(nearestName('banana', ['knn', 'kmeans'])).toBeUndefined();
});

test('takes a part of a name for the name, if it can be no other', () => {
  expect(nearestName('gemma', ['gemma-2-9b-it', 'llama-3.1-8b'])).toBe('gemma-2-9b-it');
  expect(nearestName('llama', ['llama-3.1-8b', 'llama-3.1-70b'])).toBeUndefined();
});
