// The worked examples of the evaluation page, by hand: four queries, three models costing 1, 2 and 4.
import { describe, expect, test } from 'vitest';
import { argMax, columnMeans, oracleChoices, rowMeans } from '../../src/evaluation/baselines.js';
import { brierScore, reliability } from '../../src/evaluation/calibration.js';
import { chosenValues, presentMean } from '../../src/evaluation/choice-metrics.js';
import { aiq, mixtureAtCost, nonDecreasingHull } from '../../src/evaluation/cost-curve.js';
import { arenaScore } from '../../src/evaluation/router-arena.js';
import { averageGapRecovered, callShareFor, strongWeakCurve } from '../../src/evaluation/strong-weak.js';
import { values } from './table-of.js';

const quality = values([
  [1, 1, 1],
  [0, 1, 1],
  [0, 0, 1],
  [1, 0, 0],
]);
const cost = values([
  [1, 2, 4],
  [1, 2, 4],
  [1, 2, 4],
  [1, 2, 4],
]);
const singles = [1, 2, 4].map((c, m) => ({ cost: c, quality: columnMeans(quality)[m]! }));

describe('baselines', () => {
  test('random .5833, best single strong .75, oracle 1 at mean cost 2', () => {
    expect(presentMean(rowMeans(quality))).toBeCloseTo((1 + 2 / 3 + 1 / 3 + 1 / 3) / 4, 12);
    expect([...columnMeans(quality)]).toEqual([0.5, 0.5, 0.75]);
    expect(argMax(columnMeans(quality))).toBe(2);
    const oracle = oracleChoices(quality, cost);
    expect([...oracle]).toEqual([0, 1, 2, 0]);
    expect(presentMean(chosenValues(quality, oracle))).toBe(1);
    expect(presentMean(chosenValues(cost, oracle))).toBe((1 + 2 + 4 + 1) / 4);
  });
});

describe('cost and quality', () => {
  test('the zero router runs from (1, .5) to (4, .75): AIQ .625', () => {
    expect(nonDecreasingHull(singles)).toEqual([
      { cost: 1, quality: 0.5 },
      { cost: 4, quality: 0.75 },
    ]);
    expect(aiq(singles, 1, 4)).toBeCloseTo((0.5 + 0.75) / 2, 12);
  });
  test('the router (1, .5), (2, 1), (3.25, .75) has AIQ .9167: level after its highest point', () => {
    const points = [
      { cost: 1, quality: 0.5 },
      { cost: 2, quality: 1 },
      { cost: 3.25, quality: 0.75 },
    ];
    expect(nonDecreasingHull(points)).toEqual(points.slice(0, 2));
    expect(aiq(points, 1, 4)).toBeCloseTo((0.75 * 1 + 1 * 2) / 3, 12);
  });
  test('a hull over one cost has no range', () => {
    expect(aiq([{ cost: 1, quality: 0.5 }], 1, 1)).toBeNull();
  });
});

describe('the zero router mixes two neighbours of the hull at a given cost', () => {
  const mixture = (at: number) => [...mixtureAtCost([0, 2], [1, 2, 4], at)];
  test('linear between them, clamped at the ends', () => {
    expect(mixture(2.5)).toEqual([0.5, 0, 0.5]);
    expect(mixture(0.2)).toEqual([1, 0, 0]);
    expect(mixture(9)).toEqual([0, 0, 1]);
  });
  test('finds the right piece of a longer hull', () => {
    expect([...mixtureAtCost([0, 1, 2], [1, 2, 4], 3)]).toEqual([0, 0.5, 0.5]);
    expect([...mixtureAtCost([0, 1, 2], [1, 2, 4], 2)]).toEqual([0, 1, 0]);
    expect([...mixtureAtCost([1], [1, 2, 4], 3)]).toEqual([0, 1, 0]);
  });
});

describe('strong against weak, ranked q3, q2, q1, q4', () => {
  const column = (m: number) => [0, 1, 2, 3].map((i) => quality.data[i * 3 + m]!);
  const curve = strongWeakCurve([2, 3, 4, 1], column(2), column(0));
  test('quality .5 .75 1 1 .75, APGR 1.375, CPT50 .125, CPT80 .20', () => {
    expect(curve).toEqual({ share: [0, 0.25, 0.5, 0.75, 1], quality: [0.5, 0.75, 1, 1, 0.75] });
    expect(averageGapRecovered(curve, 0.5, 0.75)).toBeCloseTo(1.375, 12);
    expect(callShareFor(curve, 0.5, 0.75, 0.5)).toBeCloseTo(0.125, 12);
    expect(callShareFor(curve, 0.5, 0.75, 0.8)).toBeCloseTo(0.2, 12);
  });
  test('a share that is never enough is null, and so is a gap that does not exist', () => {
    expect(callShareFor(curve, 0.5, 0.75, 3)).toBeNull();
    expect(averageGapRecovered(curve, 0.5, 0.5)).toBeNull();
  });
});

describe('RouterArena', () => {
  test('A = .7396 at $10.02 a thousand gives .6432', () => {
    expect(arenaScore(0.7396, 10.02)).toBeCloseTo(0.6432, 4);
  });
  test('the cost term is clamped: free is 1, dearer than $200 is 0', () => {
    expect(arenaScore(0.5, 0)).toBeCloseTo((1.1 * 0.5) / (0.05 + 1), 12);
    expect(arenaScore(0.5, 1000)).toBe(0);
  });
});

describe('calibration', () => {
  test('p .9 .8 .7 .2 against 1 1 0 0: ECE .30, Brier .145', () => {
    const p = [0.9, 0.8, 0.7, 0.2];
    const s = [1, 1, 0, 0];
    expect(reliability(p, s).ece).toBeCloseTo((0.1 + 0.2 + 0.7 + 0.2) / 4, 12);
    expect(brierScore(p, s)).toBeCloseTo((0.01 + 0.04 + 0.49 + 0.04) / 4, 12);
  });
});
