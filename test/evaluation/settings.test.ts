// The setting that a target asks for, on a table small enough to see.
import { expect, test } from 'vitest';
import { allSettings, recommend } from '../../src/evaluation/settings.js';
import { matrix, matrix64 } from '../../src/math/matrix.js';
import { tableOf } from './table-of.js';

const judged = tableOf({
  quality: [
    [1, 1],
    [0, 1],
    [1, 0],
    [0, 1],
  ],
  cost: [
    [0.001, 0.004],
    [0.001, 0.004],
    [0.001, 0.004],
    [0.001, 0.004],
  ],
  models: ['small', 'large'],
});
const oracle = {
  name: 'oracle',
  expected: matrix(4, 2, Float32Array.from([1, 1, 0, 1, 1, 0, 0, 1])),
  costs: matrix64(4, 2, Float64Array.from([0.001, 0.004, 0.001, 0.004, 0.001, 0.004, 0.001, 0.004])),
};
const settings = allSettings({ judged, costScale: 0.001, routers: [oracle] });

test('a router goes from the cheapest model to the best answers', () => {
  const points = settings.filter(({ name }) => name === 'oracle');
  expect(points).toHaveLength(21);
  expect(points[0]).toEqual({ name: 'oracle', qualityWeight: 0, quality: 0.5, cost: 0.001 });
  expect(points.at(-1)).toEqual({ name: 'oracle', qualityWeight: 1, quality: 1, cost: 0.0025 });
  // 1·w + .5(1 − w)·… : the large model is worth its price from w/(1 − w) > 1/2 − 1/5 on, w > .23
  expect(points.filter(({ quality }) => quality === 1)[0]!.qualityWeight).toBe(0.25);
});

test('the cheapest setting of a quality, the best for a price, and both', () => {
  expect(recommend(settings, { quality: 0.5 }).setting).toMatchObject({ name: 'small', cost: 0.001 });
  expect(recommend(settings, { quality: 0.9 }).setting).toMatchObject({ name: 'oracle', qualityWeight: 0.25 });
  expect(recommend(settings, { maxCost: 0.002 }).setting).toMatchObject({ name: 'small' });
  expect(recommend(settings, { maxCost: 0.003 }).sentence).toBe(
    'For at most $3 per 1,000 queries: use oracle with --quality-weight 0.25 --cost-weight 0.75 (quality 1.000, $2.5 per 1,000 queries here). The setting was picked on these queries, so expect a little less elsewhere.',
  );
  const nothing = recommend(settings, { quality: 0.9, maxCost: 0.002 });
  expect([nothing.setting, nothing.sentence]).toEqual([
    null,
    'For a quality of 0.900 for at most $2 per 1,000 queries: no setting fits. The greatest quality is 1.000, the least cost $1 per 1,000 queries.',
  ]);
});

test('without costs nothing can be recommended', () => {
  const free = tableOf({ quality: [[1, 0]] });
  expect(allSettings({ judged: free, costScale: 1, routers: [] })).toEqual([]);
  expect(recommend([], { quality: 0.5 }).sentence).toContain('costs are unknown');
});
