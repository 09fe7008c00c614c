// When a model has been asked often enough.
import { expect, test } from 'vitest';
import { createPrecision } from '../../../src/pipelines/benchmark/precision.js';

/** After how many right answers in a row it is enough; null = not within a hundred. */
function enoughAfter(limit: number | undefined): number | null {
  const precision = createPrecision(limit);
  for (let n = 1; n <= 100; n++) {
    precision.note('a', 1);
    if (precision.isEnough('a')) return n;
  }
  return null;
}

test('half of the interval is held against the limit, from thirty answers on', () => {
  // Wilson: of n right ones the interval is [n/(n + 1.96²), 1], half of it 1.92/(n + 3.84): ≤ .05 from 34.6 on
  expect(enoughAfter(0.05)).toBe(35);
  expect(enoughAfter(0.3)).toBe(30);
  expect(enoughAfter(0.01)).toBeNull();
  expect(enoughAfter(undefined)).toBeNull();
});

test('each model counts for itself', () => {
  const precision = createPrecision(0.1);
  for (let n = 0; n < 40; n++) {
    precision.note('steady', 1);
    precision.note('swinging', n % 2);
  }
  expect(['steady', 'swinging', 'unasked'].map((model) => precision.isEnough(model))).toEqual([true, false, false]);
});
