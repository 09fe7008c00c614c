// The kmeans router on tables whose clusters and scores can be written down.
import { expect, test } from 'vitest';
import { fromRows, type Matrix, matrix64 } from '../../../src/math/matrix.js';
import { seededRandom } from '../../../src/math/random.js';
import { loadRouter } from '../../../src/routers/registry.js';
import type { TrainingTable } from '../../../src/routers/router.js';
import { chosenColumns, separableTable } from '../toy-table.js';

const kmeans = await loadRouter('kmeans');
const NONE = Number.NaN;

/** Two directions: rows 0–2 point right, rows 3–5 up; row 2 has the text of row 1. */
const table: TrainingTable = {
  models: ['a', 'b'],
  features: fromRows([
    [5, 0],
    [4, 0.4],
    [4, 0.4],
    [0, 1],
    [0.1, 1],
    [0, 7],
  ]),
  quality: matrix64(6, 2, Float64Array.of(1, NONE, 0.5, 0.2, 0.7, NONE, 0.1, 0.6, 0, 0.9, 0.3, NONE)),
  groups: Int32Array.of(0, 1, 1, 2, 3, 4),
};
const PRIOR = [(1 + 0.5 + 0.7 + 0.1 + 0 + 0.3) / 6, (0.2 + 0.6 + 0.9) / 3];
const queries = {
  features: fromRows([
    [3, 0.1],
    [0.2, 3],
  ]),
};
const right = { features: fromRows([[3, 0.1]]) };

test.each(['own', 'ml-kmeans'])(
  'gives the means of the nearest cluster, pulled to the mean by κ rows (%s)',
  async (implementation) => {
    for (const shrinkage of [0, 4]) {
      const fitted = await kmeans.fit(table, { clusters: 2, shrinkage, implementation }, { seed: 1 });
      const pulled = (sum: number, count: number, m: number) => (sum + shrinkage * PRIOR[m]!) / (count + shrinkage);
      const expected = [pulled(2.2, 3, 0), pulled(0.2, 1, 1), pulled(0.4, 3, 0), pulled(1.5, 2, 1)];
      const { data } = await fitted.score(queries);
      expected.forEach((value, at) => {
        expect(data[at]).toBeCloseTo(value, 6);
      });
    }
  },
);

test('gives the mean of a model that nobody in the cluster was asked of', async () => {
  const quality = matrix64(6, 2, Float64Array.of(1, NONE, 1, NONE, 1, NONE, 0, 0.6, 0, 0.8, 0, 1));
  const fitted = await kmeans.fit({ ...table, quality }, { clusters: 2, shrinkage: 0 }, { seed: 1 });
  const { data } = await fitted.score(right);
  expect(data[0]).toBe(1);
  expect(data[1]).toBeCloseTo(0.8, 6);
});

test('centres are plain means of unit rows, each text counted once', async () => {
  const fitted = await kmeans.fit(table, { clusters: 2 }, { seed: 1 });
  const { centres, sizes } = fitted.state().tensors;
  const tilted = Math.hypot(4, 0.4);
  const leaning = Math.hypot(0.1, 1);
  // Rows 3 and 5 are the same unit vector: the point counts once, though two rows stand there.
  const rightCentre = [(1 + 4 / tilted) / 2, 0.4 / tilted / 2];
  const upCentre = [0.1 / leaning / 2, (1 + 1 / leaning) / 2];
  const first = centres!.data[0]! > 0.5 ? [...rightCentre, ...upCentre] : [...upCentre, ...rightCentre];
  first.forEach((value, at) => {
    expect(centres!.data[at]).toBeCloseTo(value, 6);
  });
  expect([...sizes!.data]).toEqual([3, 3]);
});

test('explains a score by the cluster, its size and the rows nearest to its centre', async () => {
  const fitted = await kmeans.fit(table, { clusters: 2 }, { seed: 1 });
  const explained = await fitted.explain!(right.features);
  const cluster = fitted.state().tensors.centres!.data[0]! > 0.5 ? 0 : 1;
  // The centre lies halfway between row 0 and the equal rows 1 and 2; which of them float64 puts first is no matter.
  expect(explained).toMatchObject({ kind: 'cluster', cluster, size: 3 });
  if (explained.kind === 'cluster') expect([...explained.rows].sort()).toEqual([0, 1, 2]);
});

test('more clusters than distinct rows are cut down, with a warning', async () => {
  const warnings: string[] = [];
  const onWarning = (sentence: string) => warnings.push(sentence);
  const fitted = await kmeans.fit(table, { clusters: 9 }, { seed: 1, onWarning });
  expect(warnings).toEqual(['clusters is 9, but there are only 4 distinct training queries: each is a cluster.']);
  expect(fitted.state().json).toEqual({ clusters: 4 });
  expect([...fitted.state().tensors.sizes!.data].sort()).toEqual([1, 1, 2, 2]);
});

test('rows without direction are a cluster like any other', async () => {
  const features = fromRows([
    [0, 0],
    [4, 0.4],
    [4, 0.4],
    [0, 1],
    [0.1, 1],
    [0, 0],
  ]);
  const fitted = await kmeans.fit({ ...table, features }, { clusters: 3, shrinkage: 0 }, { seed: 1 });
  const { data } = await fitted.score({ features: fromRows([[0, 0]]) });
  expect(data[0]).toBeCloseTo((1 + 0.3) / 2, 6);
});

test('clusters: auto takes as many clusters as help', async () => {
  // 16 topics, each a direction of its own and the domain of one model: fewer clusters mix them, more split them.
  const random = seededRandom(3);
  const features: Matrix = { rows: 640, cols: 16, data: new Float32Array(640 * 16) };
  const quality = matrix64(640, 2);
  for (let i = 0; i < 640; i++) {
    for (let d = 0; d < 16; d++) features.data[i * 16 + d] = (i % 16 === d ? 3 : 0) + 0.5 * random.normal();
    const first = (i % 16) % 2;
    quality.data.set(random.uniform() < 0.8 ? [1 - first, first] : [first, 1 - first], i * 2);
  }
  const groups = Int32Array.from({ length: 640 }, (_, i) => i);
  const fitted = await kmeans.fit({ models: ['a', 'b'], features, quality, groups }, {}, { seed: 1 });
  expect(fitted.state().json.clusters).toBeGreaterThanOrEqual(16);
});

test('clusters: auto is not fooled by copies of a query: they are one group', async () => {
  // Outcomes are coin tosses and every query stands there four times: a small cluster remembers the copies.
  const random = seededRandom(4);
  const directions = Array.from({ length: 320 }, () => Array.from({ length: 40 }, () => random.normal()));
  const tosses = directions.map(() => (random.uniform() < 0.6 ? [1, 0] : [0, 1]));
  const features = fromRows(Array.from({ length: 1280 }, (_, i) => directions[i % 320]!));
  const quality = matrix64(
    1280,
    2,
    Float64Array.from({ length: 2560 }, (_, at) => tosses[(at >> 1) % 320]![at % 2]!),
  );
  const clusters = async (groups: Int32Array) =>
    (await kmeans.fit({ models: ['a', 'b'], features, quality, groups }, {}, { seed: 1 })).state().json.clusters;
  expect(await clusters(Int32Array.from({ length: 1280 }, (_, i) => i))).toBe(64);
  expect(await clusters(Int32Array.from({ length: 1280 }, (_, i) => i % 320))).toBeLessThan(32);
});

test('ml-kmeans, as an oracle, routes as our own clustering does', async () => {
  const fresh = separableTable(90, 2);
  const chosen = async (implementation: string) => {
    const fitted = await kmeans.fit(separableTable(90, 1), { clusters: 3, implementation }, { seed: 1 });
    return chosenColumns(await fitted.score(fresh));
  };
  expect(await chosen('ml-kmeans')).toEqual(await chosen('own'));
});

test('ml-kmeans stops when it is aborted', async () => {
  const stop = new AbortController();
  const onProgress = () => stop.abort();
  const fitting = kmeans.fit(
    table,
    { clusters: 2, implementation: 'ml-kmeans' },
    { seed: 1, signal: stop.signal, onProgress },
  );
  await expect(fitting).rejects.toMatchObject({ code: 'VSR_ABORTED' });
});
