import { expect, test } from 'vitest';
import { bitSource, seededRandom } from '../../src/math/random.js';
import { mean, standardDeviation } from '../../src/math/stats.js';

test('gives the same draws for the same seed and others for another', () => {
  const draws = (seed: number) => Array.from({ length: 5 }, seededRandom(seed).uniform);
  expect(draws(7)).toEqual(draws(7));
  expect(draws(7)).not.toEqual(draws(8));
});

test('a fork depends on its name alone, not on what was drawn before', () => {
  const a = seededRandom(1);
  const b = seededRandom(1);
  b.uniform();
  expect(a.fork('x').uniform()).toBe(b.fork('x').uniform());
  expect(a.fork('x').uniform()).not.toBe(a.fork('y').uniform());
});

test('draws have the moments of their distributions', () => {
  const random = seededRandom(3);
  const uniform = Array.from({ length: 20_000 }, random.uniform);
  const normal = Array.from({ length: 20_000 }, random.normal);
  expect(mean(uniform)).toBeCloseTo(0.5, 1);
  expect(standardDeviation(uniform)).toBeCloseTo(1 / Math.sqrt(12), 1);
  expect(Math.abs(mean(normal))).toBeLessThan(0.03);
  expect(standardDeviation(normal)).toBeCloseTo(1, 1);
});

test('shuffle keeps every item', () => {
  const shuffled = seededRandom(5).shuffle([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(shuffled).not.toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(shuffled.toSorted((x, y) => x - y)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

test('permute is shuffle in place, with the same draws', () => {
  const items = Int32Array.from({ length: 9 }, (_, i) => 10 * i);
  const random = seededRandom(5);
  const shuffled = seededRandom(5).shuffle(items);
  random.permute(items);
  expect([...items]).toEqual(shuffled);
});

test('a bit source sets each of its 32 bits half of the time, and repeats itself for the same seed', () => {
  const next = bitSource(seededRandom(9));
  const counts = new Array<number>(32).fill(0);
  const draws = Array.from({ length: 10_000 }, next);
  for (const draw of draws) for (let bit = 0; bit < 32; bit++) counts[bit]! += (draw >>> bit) & 1;
  // 10,000 draws of probability ½: five standard deviations are 250.
  expect(counts.filter((count) => Math.abs(count - 5000) > 250)).toEqual([]);
  expect(Array.from({ length: 10_000 }, bitSource(seededRandom(9)))).toEqual(draws);
});
