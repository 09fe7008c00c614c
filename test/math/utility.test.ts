// The one objective: redistribution of weights that the data cannot use, and the formula itself.
import { describe, expect, test } from 'vitest';
import { objectiveWeights, utility } from '../../src/math/utility.js';

const rounded = ({ quality, latency, cost }: { quality: number; latency: number; cost: number }) =>
  [quality, latency, cost].map((weight) => Number(weight.toFixed(12)));

describe('objectiveWeights', () => {
  const asked = { qualityWeight: 0.7, costWeight: 0.1 };
  test('keeps (w, 1 - w - c, c) where the data knows latency and cost', () => {
    const { weights, moved } = objectiveWeights(asked, { hasLatency: true, hasCost: true });
    expect(rounded(weights)).toEqual([0.7, 0.2, 0.1]);
    expect(moved).toBeUndefined();
  });
  test('gives the weight of an unknown latency to cost and says so', () => {
    const { weights, moved } = objectiveWeights(asked, { hasLatency: false, hasCost: true });
    expect(rounded(weights)).toEqual([0.7, 0, 0.3]);
    expect(moved).toBe('The data knows no latency: its weight of 0.2 goes to cost.');
  });
  test('gives the weight of an unknown cost to latency and says so', () => {
    const { weights, moved } = objectiveWeights(asked, { hasLatency: true, hasCost: false });
    expect(rounded(weights)).toEqual([0.7, 0.3, 0]);
    expect(moved).toBe('The data knows no cost: its weight of 0.1 goes to latency.');
  });
  test('leaves quality alone where neither is known', () => {
    const { weights, moved } = objectiveWeights(asked, { hasLatency: false, hasCost: false });
    expect(rounded(weights)).toEqual([1, 0, 0]);
    expect(moved).toBe('The data knows neither latency nor cost: quality alone decides.');
  });
  test('warns of nothing where an unknown term had no weight', () => {
    const quality = { qualityWeight: 1, costWeight: 0 };
    expect(objectiveWeights(quality, { hasLatency: false, hasCost: false }).moved).toBeUndefined();
    expect(objectiveWeights({ qualityWeight: 0.8, costWeight: 0.2 }, { hasLatency: false, hasCost: true }).moved).toBe(
      undefined,
    );
  });
});

describe('utility', () => {
  const objective = { quality: 0.5, latency: 0.3, cost: 0.2, latencyScaleMs: 10_000, costScale: 0.001 };
  test('adds weighted quality and the two falling terms, each one half at its scale', () => {
    expect(utility(0.8, 10_000, 0.001, objective)).toBeCloseTo(0.5 * 0.8 + 0.3 / 2 + 0.2 / 2, 15);
    expect(utility(1, 0, 0, objective)).toBeCloseTo(1, 15);
    expect(utility(0, 30_000, 0.003, objective)).toBeCloseTo(0.3 / 4 + 0.2 / 4, 15);
  });
  test('counts an unknown latency or cost as its scale', () => {
    expect(utility(0.8, null, null, objective)).toBe(utility(0.8, 10_000, 0.001, objective));
  });
});
