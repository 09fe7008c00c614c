// k-means against scikit-learn (../shared/fixtures/kmeans): Lloyd step by step, empty clusters, the spread of greedy k-means++.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { EvaluatorChoice } from '../../../src/inference/registry.js';
import { squaredEuclidean } from '../../../src/math/distance.js';
import { fromRows, type Matrix, matrix64, rowOf } from '../../../src/math/matrix.js';
import { mean } from '../../../src/math/stats.js';
import { absoluteTolerance, type Clustering, lloyd } from '../../../src/routers/lloyd.js';
import { openPoints } from '../../../src/routers/points.js';
import { bestClustering } from '../../../src/routers/restarts.js';
import { hasShared, SHARED } from '../../shared-folder.js';

interface Run {
  readonly max_iter: number;
  readonly tol: number;
  readonly tol_absolute: number;
  readonly n_iter: number;
  readonly inertia: number;
  readonly centers: number[][];
  readonly labels: number[];
  readonly predict_new: number[];
  readonly distances_new: number[][];
}
interface Spread {
  readonly min: number;
  readonly mean: number;
  readonly std: number;
}
const json = (name: string) => JSON.parse(readFileSync(join(SHARED, 'fixtures/kmeans', name), 'utf8'));
/** Points and products are float32: the fixture's tolerance for it. */
const RELATIVE = 1e-4;

/** Defined only where the fixtures are: the body of a skipped block runs too. */
const golden = (): void => {
  const data: { points: number[][]; new_points: number[][]; sample_weight: number[] } = json('data.json');
  const expected = json('expected.json');
  const points = fromRows(data.points);

  describe.each([4, 12])('k = %i, from given centres', (k) => {
    test.each(['', ',max_iter=1', ',tol=0', ',weighted'])('run "%s"', async (suffix) => {
      const golden: Run = expected[`k=${k}${suffix}`];
      const weights = suffix === ',weighted' ? Float64Array.from(data.sample_weight) : undefined;
      const found = await run(points, data.points.slice(0, k), golden, 'auto', weights);
      expectRun(found, golden);
      expectDistances(found, golden, data.new_points);
    });
  });

  test('plain arrays take the same steps', async () => {
    const golden: Run = expected['k=12'];
    expectRun(await run(points, data.points.slice(0, 12), golden, 'plain'), golden);
  });

  test.each([
    ['init', 'after_1'],
    ['init', 'converged'],
    ['two_empty_init', 'two_empty_after_1'],
    ['two_empty_init', 'two_empty_converged'],
  ])('an empty cluster takes the farthest point: %s, %s', async (init, name) => {
    const { [init]: start, [name]: golden, points: plane } = expected.empty_cluster;
    const found = await run(fromRows(plane), start, golden);
    expectRun(found, golden);
    expectDistances(found, golden, plane);
  });

  test('three clusters of two distinct points: labels and inertia', async () => {
    const { points: six, init, converged } = expected.duplicates;
    const { labels, inertia } = await run(fromRows(six), init, converged);
    expect([[...labels], inertia]).toEqual([converged.labels, converged.inertia]);
  });

  test.each([4, 12])('greedy k-means++ starts as well as scikit-learn over 20 seeds, k = %i', async (k) => {
    const spread: Spread = expected[`k=${k},greedy_kmeans++`];
    const inertias = await inertiasOf(points, k, 1, 20);
    expect(mean(inertias)).toBeLessThanOrEqual(spread.mean + 2 * spread.std);
    expect(Math.min(...inertias)).toBeGreaterThan(0.98 * spread.min);
  });

  test.each([4, 12])('ten restarts come within 2 % of the best known inertia, k = %i', async (k) => {
    const spread: Spread = expected[`k=${k},greedy_kmeans++`];
    for (const inertia of await inertiasOf(points, k, 10, 3)) expect(inertia).toBeLessThanOrEqual(1.02 * spread.min);
  });

  test('ml-kmeans reaches the same inertia from its own starts', async () => {
    const spread: Spread = expected['k=4,greedy_kmeans++'];
    const [inertia] = await inertiasOf(points, 4, 3, 1, 'ml-kmeans');
    expect(Math.abs(inertia! / spread.min - 1)).toBeLessThan(0.02);
  });
};

if (hasShared) describe('golden k-means (needs ../shared/fixtures)', golden);
else test.skip('golden k-means (needs ../shared/fixtures)', () => {});

async function run(
  rows: Matrix,
  start: number[][],
  { max_iter: maxIter, tol }: Run,
  engine: EvaluatorChoice = 'auto',
  weights?: Float64Array,
): Promise<Clustering> {
  const points = await openPoints(rows, engine);
  const initial = matrix64(start.length, rows.cols, Float64Array.from(start.flat()));
  return lloyd(points, initial, { maxIter, tolerance: absoluteTolerance(rows, tol), ...(weights && { weights }) });
}

function expectRun({ centres, labels, inertia, iterations }: Clustering, golden: Run): void {
  expect([...labels]).toEqual(golden.labels);
  expect(iterations).toBe(golden.n_iter);
  expect(Math.abs(inertia / golden.inertia - 1)).toBeLessThan(RELATIVE);
  golden.centers.flat().forEach((value, at) => {
    expect(Math.abs(centres.data[at]! - value)).toBeLessThan(RELATIVE * Math.max(1, Math.abs(value)));
  });
}

/** Distances to the centres, and the nearest of them, for points that were not clustered. */
function expectDistances({ centres }: Clustering, golden: Run, fresh: number[][]): void {
  fresh.forEach((point, i) => {
    const distances = golden.distances_new[i]!.map((_, c) => Math.sqrt(squaredEuclidean(point, rowOf(centres, c))));
    expect(distances.indexOf(Math.min(...distances))).toBe(golden.predict_new[i]);
    distances.forEach((distance, c) => {
      const wanted = golden.distances_new[i]![c]!;
      expect(Math.abs(distance - wanted)).toBeLessThan(RELATIVE * Math.max(1, wanted));
    });
  });
}

async function inertiasOf(
  rows: Matrix,
  k: number,
  nInit: number,
  seeds: number,
  implementation: 'own' | 'ml-kmeans' = 'own',
): Promise<number[]> {
  const points = await openPoints(rows, 'plain');
  const inertias: number[] = [];
  for (let seed = 0; seed < seeds; seed++) {
    const options = { nInit, maxIter: 300, tol: 1e-4, implementation };
    inertias.push((await bestClustering(points, k, options, { seed })).inertia);
  }
  return inertias;
}
