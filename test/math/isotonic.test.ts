// Isotonic regression on sequences small enough to pool by hand, and calibrators as artifacts keep them.
import { describe, expect, test } from 'vitest';
import { calibrated, fitCalibrator } from '../../src/math/calibrator.js';
import { fitIsotonic, isotonicValue } from '../../src/math/isotonic.js';

describe('isotonic regression', () => {
  test('pools neighbours that fall, and keeps the rest', () => {
    expect(fitIsotonic([1, 2, 3, 4, 5], [0, 1, 0, 1, 1])).toEqual({ x: [1, 2, 3, 4, 5], y: [0, 0.5, 0.5, 1, 1] });
    expect(fitIsotonic([3, 1, 2], [0, 1, 0.5])).toEqual({ x: [1, 3], y: [0.5, 0.5] });
  });

  test('takes equal scores as one point', () => {
    expect(fitIsotonic([1, 1, 1, 1], [0, 1, 1, 1])).toEqual({ x: [1], y: [0.75] });
  });

  test('is straight between its knots and constant outside', () => {
    const curve = fitIsotonic([0, 1], [0.2, 0.8]);
    expect([-1, 0, 0.5, 1, 9].map((score) => isotonicValue(score, curve))).toEqual([0.2, 0.2, 0.5, 0.8, 0.8]);
  });

  test('never falls, and keeps the mean', () => {
    const scores = Array.from({ length: 200 }, (_, i) => ((i * 37) % 101) / 100);
    const outcomes = scores.map((score, i) => Number((i * 61) % 100 < 100 * score));
    const { y } = fitIsotonic(scores, outcomes);
    expect(y.every((value, i) => i === 0 || value >= y[i - 1]!)).toBe(true);
    const curve = fitIsotonic(scores, outcomes);
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(scores.map((score) => isotonicValue(score, curve)))).toBeCloseTo(mean(outcomes), 12);
  });
});

describe('calibrators', () => {
  test('survive JSON, and nothing is fitted on nothing', () => {
    for (const method of ['platt', 'isotonic'] as const) {
      const calibrator = fitCalibrator(method, [0.1, 0.4, 0.6, 0.9], [0, 0, 1, 1])!;
      const again = JSON.parse(JSON.stringify(calibrator)) as typeof calibrator;
      expect(calibrated(0.7, again)).toBe(calibrated(0.7, calibrator));
      expect(calibrated(0.9, calibrator)).toBeGreaterThan(calibrated(0.1, calibrator));
    }
    expect(fitCalibrator('platt', [], [])).toBeUndefined();
  });
});
