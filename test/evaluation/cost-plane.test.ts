// The cost–quality plane on the worked example: four queries, three models costing 1, 2 and 4.
import { describe, expect, test } from 'vitest';
import { type CostPlane, costPlane } from '../../src/evaluation/cost-plane.js';
import { paretoMeasures } from '../../src/evaluation/pareto.js';
import { matrix, matrix64 } from '../../src/math/matrix.js';
import { tableOf } from './table-of.js';

const quality = [
  [1, 1, 1],
  [0, 1, 1],
  [0, 0, 1],
  [1, 0, 0],
];
const judged = tableOf({ quality, cost: quality.map(() => [1, 2, 4]) });
const learned = { quality: Float64Array.of(0.5, 0.5, 0.75), cost: Float64Array.of(1, 2, 4) };
const oracle = Int32Array.of(0, 1, 2, 0);
const costs = matrix64(4, 3, Float64Array.of(1, 2, 4, 1, 2, 4, 1, 2, 4, 1, 2, 4));
const planeOf = (expected: number[]): CostPlane =>
  costPlane({
    judged,
    learned,
    bestSingle: 2,
    oracle,
    routers: [{ name: 'r', expected: matrix(4, 3, Float32Array.from(expected)), costs }],
  })!;

describe('cost plane', () => {
  test('single models, zero router and oracle', () => {
    const plane = planeOf(quality.flat());
    expect([plane.minCost, plane.maxCost, plane.bestSingle]).toEqual([1, 4, judged.models[2]]);
    expect(plane.zero).toEqual({
      points: [
        { cost: 1, quality: 0.5 },
        { cost: 4, quality: 0.75 },
      ],
      aiq: 0.625,
    });
    expect(plane.oracle).toEqual({ cost: 2, quality: 1 });
  });

  test('a router that knows every outcome reaches the oracle, and the cheapest model at infinite weight', () => {
    const { points, hull, aiq, aiqOverZero, perfGain, costSave, qualityAtEqualCost } = planeOf(quality.flat())
      .routers[0]!;
    expect(points).toHaveLength(23);
    expect(points[0]).toEqual({ lambda: 0, cost: 2, quality: 1 });
    expect(points.at(-1)).toEqual({ lambda: null, cost: 1, quality: 0.5 });
    // hull (1, .5), (1.25, .75), (2, 1): λ between 1/3 and 1 gives up the query that only the dear model answers
    expect(hull).toEqual([
      { cost: 1, quality: 0.5 },
      { cost: 1.25, quality: 0.75 },
      { cost: 2, quality: 1 },
    ]);
    expect(aiq).toBeCloseTo((0.25 * 0.625 + 0.75 * 0.875 + 2 * 1) / 3, 12);
    expect(aiqOverZero).toBeCloseTo(aiq! - 0.625, 12);
    expect(perfGain).toBeCloseTo(1 / 3, 12);
    expect(costSave).toBeCloseTo(1 - 1.25 / 4, 12);
    expect(qualityAtEqualCost).toBe(1);
  });

  test('without costs there is no plane', () => {
    const free = tableOf({ quality });
    expect(costPlane({ judged: free, learned, bestSingle: 2, oracle, routers: [] })).toBeNull();
  });
});

describe('pareto measures', () => {
  test('share on the joint frontier and scaled distance to it', () => {
    const own = [
      { cost: 1, quality: 0.5 },
      { cost: 3, quality: 0.5 },
    ];
    const all = [...own, { cost: 3, quality: 1 }];
    // the second lies the whole height of .5 below (3, 1), and the whole width from (1, .5): distance 1
    expect(paretoMeasures(own, all, [1, 3])).toEqual({ paretoRatio: 0.5, paretoDistance: 0.5 });
  });
});
