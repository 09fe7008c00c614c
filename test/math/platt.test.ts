// Platt scaling against its golden numbers (../shared/fixtures/svm/platt.json: Newton as in Lin, Lin and Weng, checked with scipy).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fitPlatt, plattProbability } from '../../src/math/platt.js';
import { hasShared, SHARED } from '../shared-folder.js';

interface GoldenCase {
  readonly decision_values: number[];
  readonly labels: number[];
  readonly A: number;
  readonly B: number;
  readonly probability_positive: number[];
}

const cases: Record<string, GoldenCase> = hasShared
  ? JSON.parse(readFileSync(join(SHARED, 'fixtures/svm/platt.json'), 'utf8'))
  : {};

describe.skipIf(!hasShared)('golden numbers (skipped where ../shared is absent)', () => {
  test.each(Object.entries(cases))('%s: A and B to 1e-5, and the probabilities they give', (_, golden) => {
    const scale = fitPlatt(
      golden.decision_values,
      golden.labels.map((label) => (label === 1 ? 1 : 0)),
    );
    expect(Math.abs(scale.a / golden.A - 1)).toBeLessThan(1e-5);
    expect(Math.abs(scale.b / golden.B - 1)).toBeLessThan(1e-5);
    golden.decision_values.forEach((value, i) => {
      expect(plattProbability(value, scale)).toBeCloseTo(golden.probability_positive[i]!, 6);
    });
  });
});

describe('by hand', () => {
  test('decisions that say nothing give the smoothed share of positives', () => {
    // 3 of 4 positive: the targets are 4/5 and 1/3; their mean over four rows is (3·4/5 + 1/3) / 4
    const scale = fitPlatt([0, 0, 0, 0], [1, 1, 1, 0]);
    expect(plattProbability(0, scale)).toBeCloseTo((3 * (4 / 5) + 1 / 3) / 4, 6);
  });

  test('a fractional outcome counts partly as both', () => {
    // two halves are one positive and one negative: targets ½·2/3 + ½·1/3 = ½
    expect(plattProbability(0, fitPlatt([0, 0], [0.5, 0.5]))).toBeCloseTo(0.5, 9);
    const rising = fitPlatt([-2, -1, 1, 2], [0.1, 0.4, 0.6, 0.9]);
    expect(rising.a).toBeLessThan(0);
    expect(rising.b).toBeCloseTo(0, 6); // by symmetry
  });

  test('never gives NaN, however far out a decision lies', () => {
    const scale = { a: -1, b: 0 };
    expect([plattProbability(1e6, scale), plattProbability(-1e6, scale)]).toEqual([1, 0]);
  });
});
