// A mean with its interval: Wilson for right and wrong, normal for fractions, by hand.
import { describe, expect, test } from 'vitest';
import { meanInterval } from '../../src/evaluation/mean-interval.js';

describe('meanInterval', () => {
  test('Wilson for right and wrong: 8 of 10 is [.490, .943]', () => {
    const { mean, low, high, n } = meanInterval([1, 1, 1, 1, 1, 1, 1, 1, 0, 0])!;
    // (p + z²/2n ± z·√(p(1−p)/n + z²/4n²))/(1 + z²/n), z² = 3.841459
    const z2 = 1.959963984540054 ** 2;
    const half = Math.sqrt(z2 * (0.016 + z2 / 400));
    expect([mean, n]).toEqual([0.8, 10]);
    expect(low).toBeCloseTo((0.8 + z2 / 20 - half) / (1 + z2 / 10), 12);
    expect(high).toBeCloseTo((0.8 + z2 / 20 + half) / (1 + z2 / 10), 12);
    expect([low, high].map((value) => value.toFixed(3))).toEqual(['0.490', '0.943']);
  });
  test('all right is no certainty, and stays below 1 at the low end', () => {
    const { low, high } = meanInterval([1, 1, 1])!;
    expect(high).toBe(1);
    expect(low).toBeCloseTo(3 / (3 + 1.959963984540054 ** 2), 12);
  });
  test('fractions get the normal interval, inside [0, 1]', () => {
    const { mean, low, high } = meanInterval([0.25, 0.75])!;
    expect([mean, low, high]).toEqual([
      0.5,
      Math.max(0, 0.5 - 1.959963984540054 * 0.25),
      Math.min(1, 0.5 + 1.959963984540054 * 0.25),
    ]);
  });
  test('nothing but gaps has no mean', () => {
    expect(meanInterval([Number.NaN])).toBeNull();
  });
});
