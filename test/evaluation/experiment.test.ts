// An A/B test by hand: who counts in which arm, what is drawn together, and when nothing can be said.
import { expect, test } from 'vitest';
import { type Arm, judgeExperiment, type MeasureName } from '../../src/evaluation/experiment.js';

const OPTIONS = { bootstrap: 400, seed: 3, confidence: 0.95 };
const NONE = Number.NaN;

/** Of what else is measured only what the test names is known. */
const judge = (
  utility: Float64Array,
  arms: (Arm | null)[],
  units: string[],
  known: Partial<Record<MeasureName, Float64Array>> = {},
) => {
  const nothing = utility.map(() => NONE);
  const measures = { quality: nothing, cost: nothing, latency: nothing, unanswered: nothing, fallback: nothing };
  return judgeExperiment({ utility, measures: { ...measures, ...known }, arms, units }, OPTIONS);
};

test('each arm has the mean of its own rated answers, and counts who gave them', () => {
  const arms: (Arm | null)[] = ['routed', 'routed', 'routed', 'default', 'default', null];
  const judged = judge(Float64Array.of(1, 0.5, NONE, 0.25, 0.5, 1), arms, ['ann', 'ann', 'bob', 'eve', 'joe', 'kim'])!;
  expect(judged).toMatchObject({
    routed: { requests: 3, assigned: 2, n: 2, units: 1, utility: (1 + 0.5) / 2 },
    default: { requests: 2, assigned: 2, n: 2, units: 2, utility: (0.25 + 0.5) / 2 },
    difference: { delta: 0.75 - 0.375 },
  });
});

test('a unit is drawn whole: of one unit an arm every resample says the same', () => {
  const arms: Arm[] = ['routed', 'routed', 'default', 'default'];
  const difference = judge(Float64Array.of(1, 0, 0.25, 0.25), arms, ['a', 'a', 'b', 'b'])!.difference!;
  expect(difference).toEqual({ delta: 0.25, low: 0.25, high: 0.25 });
  const apart = judge(Float64Array.of(1, 0, 0.25, 0.25), arms, ['a', 'c', 'b', 'd'])!.difference!;
  expect(apart.low).toBeLessThan(0.25);
  expect(apart.high).toBeGreaterThan(0.25);
});

test('the interval of a clear lead of the router lies above 0, that of its loss below', () => {
  const n = 40;
  const units = Array.from({ length: 2 * n }, (_, i) => `user ${i}`);
  const arms = units.map((_, i): Arm => (i < n ? 'routed' : 'default'));
  const values = Float64Array.from(units, (_, i) => (i < n ? 0.6 : 0.2) + (i % 2) * 0.1);
  const difference = judge(values, arms, units)!.difference!;
  expect(difference.delta).toBeCloseTo(0.4, 12);
  // A mean of forty values that are .05 from theirs has a standard error of .05/√40 = .008; two arms: .011.
  expect(difference.low).toBeGreaterThan(0.4 - 4 * 0.011);
  expect(difference.low).toBeLessThan(0.4);
  expect(difference.high).toBeLessThan(0.4 + 4 * 0.011);
  expect(difference.high).toBeGreaterThan(0.4);
  const swapped = arms.map((arm): Arm => (arm === 'routed' ? 'default' : 'routed'));
  expect(judge(values, swapped, units)!.difference!.high).toBeLessThan(0);
});

test('what is known without ratings is measured by itself: of whom it is known, arm by arm', () => {
  const arms: Arm[] = ['routed', 'routed', 'default', 'default'];
  const known = { cost: Float64Array.of(2, 4, 1, NONE), latency: Float64Array.of(9, 9, NONE, NONE) };
  expect(judge(Float64Array.of(1, NONE, NONE, NONE), arms, ['a', 'a', 'b', 'c'], known)).toMatchObject({
    routed: { requests: 2, n: 1, utility: 1 },
    default: { requests: 2, n: 0, utility: null },
    difference: null,
    measures: [
      { name: 'cost', routed: { delta: 3, low: 3, n: 2 }, default: { delta: 1, n: 1 }, difference: { delta: 2 } },
    ],
  });
});

test('nothing is said where one arm has no request', () => {
  expect(judge(Float64Array.of(1, 0), ['routed', null], ['a', 'b'])).toBeNull();
});
