// The summary that ends a benchmark run: intervals, missing and unparsed shares, cost.
import { describe, expect, test } from 'vitest';
import type { OutcomeCell, OutcomeRow } from '../../src/data/outcome.js';
import { benchmarkSummary } from '../../src/evaluation/benchmark-summary.js';
import { meanInterval } from '../../src/evaluation/mean-interval.js';
import { tableOf } from './table-of.js';

const query = tableOf({ quality: [[1]] }).queries[0]!;
const row = (outcomes: Record<string, OutcomeCell>): OutcomeRow => ({ query, outcomes });

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

describe('benchmarkSummary', () => {
  const rows = [
    row({
      a: { quality: 1, status: 'ok', cost: 0.001, latency: 100 },
      b: { quality: 0, status: 'ok', flags: ['unparsed'] },
    }),
    row({ a: { quality: 0.5, status: 'ok', cost: 0.003, latency: 300 }, b: { quality: null, status: 'timeout' } }),
    row({ a: { quality: null, status: 'unscored', cost: 0.002 } }),
  ];
  test('counts missing cells as missing, unparsed answers among the scored ones', () => {
    const [a, b, c] = benchmarkSummary(rows, ['a', 'b', 'c']);
    expect(a).toMatchObject({ model: 'a', queries: 3, quality: 0.75, unparsedShare: 0, latency: 200 });
    expect(a!.missingShare).toBeCloseTo(1 / 3, 12);
    expect(a!.cost).toBeCloseTo(0.006, 12);
    expect(b).toMatchObject({ queries: 3, quality: 0, unparsedShare: 1, cost: null, latency: null });
    expect(b!.missingShare).toBeCloseTo(2 / 3, 12);
    expect(c).toEqual({
      model: 'c',
      queries: 3,
      quality: null,
      qualityInterval: null,
      missingShare: 1,
      unparsedShare: 0,
      cost: null,
      latency: null,
    });
  });
});
