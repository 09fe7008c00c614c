// The user node by arithmetic: inferred weights, what they do not explain, and how much of it is liking.
import { expect, test } from 'vitest';
import { liking, likingShrinkage, modelResiduals } from '../../../src/routers/personalizedrouter/liking.js';
import type { RatedGroup } from '../../../src/routers/personalizedrouter/rated-group.js';
import { bestShares, ratedGroups } from '../../../src/routers/personalizedrouter/rated-group.js';
import {
  componentWeights,
  inferredWeights,
  residuals,
  type WeighedGroup,
} from '../../../src/routers/personalizedrouter/user-weights.js';
import { pricedTable, ratedBy } from './people.js';

function group(
  kind: RatedGroup['kind'],
  y: readonly number[],
  attributes: readonly (readonly number[])[],
): WeighedGroup {
  const models = Int32Array.from(y, (_, m) => m);
  const rated = { group: 0, query: 0, order: 0, models, y: Float64Array.from(y), kind };
  return { rated, attributes: attributes.map((a) => Float64Array.from(a)) };
}

const quality = Float64Array.of(1, 0);

test('declared weights are those of the terms there are, scaled to 1; quality alone where none is', () => {
  const weights = { quality: 0.5, latency: 0.25, cost: 0.25 };
  expect([...componentWeights(weights, [{ name: 'quality' }, { name: 'latency' }])]).toEqual([2 / 3, 1 / 3]);
  expect([...componentWeights({ quality: 0, latency: 0, cost: 1 }, [{ name: 'quality' }])]).toEqual([1]);
});

test('scores pull the weights towards what they follow', () => {
  // Two models with a = (0, 0) and (0, −1): centred ±½ on cost. y falls by 1 with cost, n times.
  // d/dw: 2·n·(½·w − ½) + (w_c − 0) = 0 with Σ over both rows n·½·… gives w_c = n/(n + 1); quality stays 1 (no row tells of it).
  const rows = Array.from({ length: 4 }, () =>
    group(
      'scores',
      [1, 0],
      [
        [0, 0],
        [0, -1],
      ],
    ),
  );
  const cost = 4 / (4 + 1);
  const found = inferredWeights(rows, quality);
  expect(found[0]).toBeCloseTo(1 / (1 + cost), 10);
  expect(found[1]).toBeCloseTo(cost / (1 + cost), 10);
});

test('nobody’s past, or one term alone, leaves the prior', () => {
  expect(inferredWeights([], quality)).toEqual(quality);
  expect(inferredWeights([group('choices', [1, 0], [[1], [0]])], Float64Array.of(1))).toEqual(Float64Array.of(1));
});

test('choices of the cheaper model move weight to cost, never beyond', () => {
  const dear = [
    [1, -1],
    [0, 0],
  ];
  const cheaper = Array.from({ length: 50 }, () => group('choices', [0, 1], dear));
  const found = inferredWeights(cheaper, quality);
  expect(found[1]).toBeGreaterThan(0.4);
  expect(found[0]! + found[1]!).toBeCloseTo(1, 12);
});

test('residuals of scores are centred, those of a vote are ±(t − σ(10·w·Δa))', () => {
  expect(
    [
      ...residuals(
        group(
          'scores',
          [0.9, 0.5],
          [
            [0.2, 0],
            [0.4, 0],
          ],
        ),
        quality,
      ),
    ].map((e) => Number(e.toFixed(12))),
  ).toEqual([0.3, -0.3]);
  const chance = 1 / (1 + Math.exp(-10 * 0.1));
  const vote = residuals(
    group(
      'choices',
      [0, 1],
      [
        [0.3, 0],
        [0.2, 0],
      ],
    ),
    quality,
  );
  expect(vote[0]).toBeCloseTo(0 - chance, 12);
  expect(vote[1]).toBeCloseTo(chance, 12);
});

test('an answer rated alone is its own residual, and weighs no term', () => {
  const alone = group('alone', [0.3], [[0.9, -0.2]]);
  expect([...residuals(alone, quality)]).toEqual([0.3]);
  expect(inferredWeights([alone], Float64Array.of(0.6, 0.4))).toEqual(Float64Array.of(0.6, 0.4));
});

test('liking is Σ e / (n + κ)', () => {
  const groups = [group('scores', [1, 0], []), group('scores', [1, 0], [])];
  const sums = modelResiduals(groups, [Float64Array.of(0.3, -0.3), Float64Array.of(0.1, -0.1)], 3);
  expect([...liking(sums, 2)].map((delta) => Number(delta.toFixed(6)))).toEqual([0.1, -0.1, 0]);
});

test('κ is the variance inside over the variance between, and endless where people do not differ', () => {
  const person = (...e: readonly number[]) =>
    modelResiduals(
      e.map(() => group('scores', [0], [])),
      e.map((value) => Float64Array.of(value)),
      1,
    );
  // Means ±2, inside variance 2 a person: between = 8 − 2/2 = 7, within = 2; κ = 2/7 is cut to 1.
  expect(likingShrinkage([person(1, 3), person(-1, -3)], 1)).toBe(1);
  // Means ±.5, inside variance 2·… : within ½, between = ½ − ½/2 = ¼, κ = 2.
  expect(likingShrinkage([person(0, 1), person(-1, 0)], 1)).toBeCloseTo(2, 12);
  expect(likingShrinkage([person(1, -1), person(1, -1)], 1)).toBe(1e6);
  expect(likingShrinkage([person(0, 0), person(0, 0)], 1)).toBe(1e6);
  expect(likingShrinkage([], 1)).toBe(20); // nobody tells whether people differ
});

test('groups stand in order of time, votes as shares, one model alone as half its distance from what is usual', () => {
  const table = pricedTable(6);
  const votes = ratedBy(table, ['ann'], [3, 1], (_, row, model) => (row === 3 ? [1, -1, -1][model]! : 0), 'votes');
  const found = ratedGroups(votes)[0]!.map(({ query, y, kind }) => ({ query, y: [...y], kind }));
  const third = 1 / 3;
  expect(found).toEqual([
    { query: 3, y: [1, 0, 0], kind: 'choices' },
    { query: 1, y: [third, third, third], kind: 'choices' },
  ]);
  const cells = votes.group.length;
  const alone = { ...votes, group: Int32Array.from(votes.group, (_, i) => i), order: Float64Array.from(votes.model) };
  const usual = (sum: number, n: number) => sum / (n + 4);
  expect(ratedGroups(alone)[0]!.map(({ y, kind }) => [kind, ...y])).toEqual(
    [1, 0, -1, 0, -1, 0].map((r, i) => [
      'alone',
      (r -
        usual(
          ...([
            [0, 0],
            [1, 2],
            [0, 4],
          ][i >> 1] as [number, number]),
        )) /
        2,
    ]),
  );
  expect(ratedGroups({ ...votes, implied: new Uint8Array(cells).fill(1) })).toEqual([[]]);
  expect([...bestShares([0.5, 0.5 - 1e-12, 0.1], 1e-9)]).toEqual([0.5, 0.5, 0]);
});
