// Calibration per model and the largest regrets, on tables small enough to add up by hand.
import { describe, expect, test } from 'vitest';
import { equalMassEce } from '../../src/evaluation/calibration.js';
import { calibrationReport, isMiscalibrated } from '../../src/evaluation/calibration-report.js';
import { largestRegrets } from '../../src/evaluation/largest-regrets.js';
import { matrix } from '../../src/math/matrix.js';
import { tableOf } from './table-of.js';

describe('calibration report', () => {
  const predicted = [0.9, 0.8, 0.7, 0.2];
  const observed = [1, 1, 0, 0];

  test('the worked example: ECE .30, Brier .145, missing cells left out', () => {
    const table = tableOf({ quality: [...observed.map((q) => [q]), [null]], models: ['a'] });
    const report = calibrationReport('knn', matrix(5, 1, Float32Array.from([...predicted, 0.4])), table)!;
    expect(report.router).toBe('knn');
    const [a] = report.models;
    expect([a!.model, a!.n, a!.bins.length]).toEqual(['a', 4, 10]);
    expect(a!.ece).toBeCloseTo((0.1 + 0.2 + 0.7 + 0.2) / 4, 6);
    expect(a!.brier).toBeCloseTo((0.01 + 0.04 + 0.49 + 0.04) / 4, 6);
    expect(a!.logLoss).toBeCloseTo(-(Math.log(0.9) + Math.log(0.8) + Math.log(0.3) + Math.log(0.8)) / 4, 6);
    expect(report.ece).toBeCloseTo(a!.ece, 12);
  });

  test('what a router expects beyond 0 and 1 counts as 0 and 1', () => {
    const table = tableOf({ quality: [[1], [0]], models: ['a'] });
    const [a] = calibrationReport('mf', matrix(2, 1, Float32Array.of(1.5, -0.5)), table)!.models;
    expect([a!.ece, a!.brier]).toEqual([0, 0]);
  });

  test('an expectation is called off from more than .05 on', () => {
    expect([0, 0.05, 0.0501].map((ece) => isMiscalibrated({ ece }))).toEqual([false, false, true]);
  });

  test('bins of equal mass: two of two cells each', () => {
    // {.2, .7}: expected .9, found 0; {.8, .9}: expected 1.7, found 2
    expect(equalMassEce(predicted, observed, 2)).toBeCloseTo((0.9 + 0.3) / 4, 12);
  });

  test('nothing to say where no cell is present', () => {
    expect(calibrationReport('knn', matrix(1, 1), tableOf({ quality: [[null]], models: ['a'] }))).toBeNull();
  });
});

describe('largest regrets', () => {
  const table = tableOf({
    quality: [
      [0.2, 1],
      [0.5, 0.5],
      [1, 0],
      [null, 1],
    ],
    models: ['a', 'b'],
  });
  const judged = { table, utilities: table.quality };

  test('sorted, without rows that lost nothing or were not answered', () => {
    const regrets = largestRegrets(judged, Int32Array.of(0, 0, 1, 0), ['x', 'x', 'y', 'y'], undefined);
    expect(regrets.map(({ id, chosen, best, regret, task }) => [id, chosen, best, regret, task])).toEqual([
      [table.queries[2]!.id, 'b', 'a', 1, 'y'],
      [table.queries[0]!.id, 'a', 'b', 0.8, 'x'],
    ]);
  });

  test('names what the router expected, and no more than asked for', () => {
    const expected = matrix(4, 2, Float32Array.of(0.5, 0.25, 0, 0, 0, 1, 0, 0));
    const regrets = largestRegrets(judged, Int32Array.of(0, 0, 1, 0), ['', '', '', ''], expected, 1);
    expect(regrets).toHaveLength(1);
    expect(regrets[0]!.expected).toEqual({ a: 0, b: 1 });
  });
});
