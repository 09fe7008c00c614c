// The paired bootstrap: groups stay together, seeds repeat, percentiles and Holm by hand.
import { describe, expect, test } from 'vitest';
import {
  bootstrapMeans,
  groupNumbers,
  groupValues,
  holm,
  neededQueries,
  percentileInterval,
  twoSidedP,
} from '../../src/evaluation/bootstrap.js';
import { estimateAll } from '../../src/evaluation/estimates.js';
import { inLots } from '../../src/evaluation/lots.js';
import { seededRandom } from '../../src/math/random.js';
import { seededResamples } from '../../src/math/resample.js';
import { mean } from '../../src/math/stats.js';

describe('seededResamples', () => {
  const counts = (seed: number, n: number, times = 1) => {
    const draw = seededResamples(seed, n);
    const out = new Float64Array(n);
    for (let i = 0; i < times; i++) draw(out);
    return out;
  };
  test('draws n of n, the same for the same seed, another for another', () => {
    const one = counts(7, 50);
    expect(one.reduce((a, b) => a + b)).toBe(50);
    expect(counts(7, 50)).toEqual(one);
    expect(counts(8, 50)).not.toEqual(one);
    expect(counts(7, 50, 2)).not.toEqual(one);
  });
  test('every item is drawn once on average, with the variance of drawing with replacement', () => {
    const n = 20;
    const times = 20_000;
    const draw = seededResamples(3, n);
    const out = new Float64Array(n);
    const sums = new Float64Array(n);
    let squares = 0;
    for (let b = 0; b < times; b++) {
      draw(out);
      out.forEach((count, i) => {
        sums[i]! += count;
        squares += (count - 1) ** 2;
      });
    }
    // Standard error of a mean count: √(0.95/20,000) = 0.0069; five of them.
    for (const sum of sums) expect(Math.abs(sum / times - 1)).toBeLessThan(0.035);
    expect(squares / (n * times)).toBeCloseTo(1 - 1 / n, 1);
  });
});

describe('groups', () => {
  test('labels become consecutive numbers in order of appearance', () => {
    expect(groupNumbers([9, 4, 9, -1])).toEqual({ ids: Int32Array.of(0, 1, 0, 2), count: 3 });
    expect(groupNumbers(['ann', 'bob', 'ann'])).toEqual({ ids: Int32Array.of(0, 1, 0), count: 2 });
  });
  test('values are summed by group, NaN left out', () => {
    const groups = groupNumbers([0, 0, 1, 2]);
    expect(groupValues([1, 2, Number.NaN, 4], groups)).toEqual({
      sums: Float64Array.of(3, 0, 4),
      sizes: Float64Array.of(2, 0, 1),
    });
  });
  test('a resample takes whole groups: its mean is Σ sums / Σ sizes of those drawn', () => {
    const statistics = [groupValues([1, 3, 5, 7], groupNumbers([0, 0, 1, 2]))];
    const drawn = [
      [1, 1, 1],
      [2, 1, 0],
      [0, 0, 3],
      [3, 0, 0],
      [0, 2, 1],
    ];
    let b = 0;
    const means = bootstrapMeans(statistics, (counts) => counts.set(drawn[b++]!), drawn.length);
    expect([...means[0]!]).toEqual([16 / 4, (2 * 4 + 5) / 5, 21 / 3, 12 / 6, (2 * 5 + 7) / 3]);
  });
  test('a resample without a single value of a statistic has no mean, and the interval passes over it', () => {
    const statistics = [groupValues([2, Number.NaN], groupNumbers([0, 1]))];
    const drawn = [
      [1, 1],
      [0, 2],
    ];
    let b = 0;
    const means = bootstrapMeans(statistics, (counts) => counts.set(drawn[b++]!), 2)[0]!;
    expect([...means]).toEqual([2, Number.NaN]);
    expect(percentileInterval(means, 0.95)).toEqual({ low: 2, high: 2 });
  });
});

describe('intervals', () => {
  test('percentiles interpolate linearly, as numpy does', () => {
    const means = Float64Array.from({ length: 101 }, (_, i) => i);
    const { low, high } = percentileInterval(means, 0.95);
    expect([low, high].map((value) => Number(value.toFixed(9)))).toEqual([2.5, 97.5]);
    const wide = percentileInterval(means, 0.8);
    expect([wide.low, wide.high].map((value) => Number(value.toFixed(9)))).toEqual([10, 90]);
  });
  test('the interval of a mean of 0/1 values is near the normal one', () => {
    const n = 400;
    const values = Float64Array.from({ length: n }, (_, i) => Number(i % 4 === 0));
    const options = { bootstrap: 4000, seed: 1, confidence: 0.95 };
    const { estimate } = estimateAll([values], groupNumbers([...values.keys()]), options).get(values)!;
    const half = 1.96 * Math.sqrt((0.25 * 0.75) / n); // 0.0424
    expect(estimate.delta).toBe(0.25);
    expect(Math.abs(estimate.low - (0.25 - half))).toBeLessThan(0.005);
    expect(Math.abs(estimate.high - (0.25 + half))).toBeLessThan(0.005);
  });
  test('the same values twice in pairs of one group have a wider interval than as single queries', () => {
    const values = Float64Array.from({ length: 200 }, (_, i) => Number(Math.floor(i / 2) % 2));
    const options = { bootstrap: 2000, seed: 1, confidence: 0.95 };
    const width = (labels: number[]) => {
      const { estimate } = estimateAll([values], groupNumbers(labels), options).get(values)!;
      return estimate.high - estimate.low;
    };
    const single = width(Array.from(values, (_, i) => i));
    const paired = width(Array.from(values, (_, i) => Math.floor(i / 2)));
    expect(paired / single).toBeGreaterThan(1.25); // √2 in expectation
    expect(paired / single).toBeLessThan(1.6);
  });
  test('two vectors see the same resamples: equal vectors get equal intervals', () => {
    const a = Float64Array.of(0, 1, 0.5, 0.25);
    const b = a.slice();
    const estimates = estimateAll([a, b], groupNumbers([0, 1, 2, 3]), { bootstrap: 50, seed: 5, confidence: 0.9 });
    expect(estimates.get(a)).toEqual(estimates.get(b));
    expect(estimates.get(a)!.estimate.delta).toBe(mean(a));
  });
  test('a vector without values has no estimate', () => {
    const empty = Float64Array.of(Number.NaN, Number.NaN);
    const options = { bootstrap: 10, seed: 5, confidence: 0.95 };
    expect(estimateAll([empty], groupNumbers([0, 1]), options).has(empty)).toBe(false);
  });
});

describe('p-values', () => {
  test('two-sided: twice the smaller tail, at least 1/B, at most 1', () => {
    expect(twoSidedP(Float64Array.of(-1, 1, 1, 1, 1, 1, 1, 1))).toBe(2 / 8);
    expect(twoSidedP(Float64Array.of(1, 1, 1, 1))).toBe(1 / 4);
    expect(twoSidedP(Float64Array.of(0, 0, 0, 0))).toBe(1);
  });
  test('Holm: the smallest times the number of tests, never falling, at most 1', () => {
    expect(holm([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06]);
    expect(holm([0.6, 0.5])).toEqual([1, 1]);
    expect(holm([])).toEqual([]);
  });
});

describe('needed queries', () => {
  test('[-3.1, +6.7] points on 100 queries need 4,900 to tell one point', () => {
    // se = 0.098/3.92 = 0.025; 100·(2.8·0.025/0.01)²
    expect(neededQueries(100, { low: -0.031, high: 0.067 }, 0.01)).toBeCloseTo(4900, 6);
  });
});

describe('lots of very many groups', () => {
  test('few groups stay what they are', () => {
    const groups = groupNumbers([3, 3, 1]);
    expect(inLots(groups, 1)).toBe(groups);
  });

  test('many are dealt into 10,000 lots of equal number, groups whole, another deal for another seed', () => {
    const groups = groupNumbers(Int32Array.from({ length: 60_000 }, (_, i) => i >> 1));
    const lots = inLots(groups, 1);
    const sizes = new Int32Array(lots.count);
    for (const lot of lots.ids) sizes[lot]!++;
    expect([lots.count, Math.min(...sizes), Math.max(...sizes)]).toEqual([10_000, 6, 6]); // three groups of two
    expect(lots.ids.every((lot, i) => lot === lots.ids[i - (i % 2)])).toBe(true);
    expect(inLots(groups, 1).ids).toEqual(lots.ids);
    expect(inLots(groups, 2).ids).not.toEqual(lots.ids);
  });

  test('the interval is as wide as the standard error says', () => {
    const n = 50_000;
    const random = seededRandom(8);
    const values = Float64Array.from({ length: n }, () => random.normal());
    const { estimate } = estimateAll([values], groupNumbers([...values.keys()]), {
      bootstrap: 2000,
      seed: 1,
      confidence: 0.95,
    }).get(values)!;
    // standard error 1/√50,000 = .00447; the width of 2,000 resamples' percentiles is known to some 3 %
    expect((estimate.high - estimate.low) / (3.92 / Math.sqrt(n))).toBeGreaterThan(0.92);
    expect((estimate.high - estimate.low) / (3.92 / Math.sqrt(n))).toBeLessThan(1.08);
  });
});
