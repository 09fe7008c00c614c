// The knn router against scikit-learn's neighbours and averages (../shared/fixtures/knn), on both engines and by ml-knn.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { onnxRuntimeStatus } from '../../../src/inference/onnxruntime/onnx-runtime.js';
import { fromRows, type Matrix, matrix64, rowOf } from '../../../src/math/matrix.js';
import { kdTreeSearch } from '../../../src/routers/knn/kd-tree.js';
import { loadRouter } from '../../../src/routers/registry.js';
import type { TrainingTable } from '../../../src/routers/router.js';
import { hasShared, SHARED } from '../../shared-folder.js';

type Cells = (number | null)[][];
interface Golden {
  readonly neighbours_all: number[][];
  readonly distances_all: number[][];
  readonly [block: string]: unknown;
}
const json = (name: string) => JSON.parse(readFileSync(join(SHARED, 'fixtures/knn', name), 'utf8'));
const { live } = await onnxRuntimeStatus();
/** float32: distances to 2e-6, means to 1e-5 (the fixture's README). */
const TOLERANCE = 1e-5;

/** Defined only where the fixtures are: the body of a skipped block runs too. */
const golden = (): void => {
  const train: { features: number[][]; outcomes: Cells; outcomes_complete: Cells } = json('train.json');
  const queries = fromRows(json('queries.json').features);

  describe.each([1, 5, 20, 1000])('k = %i', (k) => {
    describe.each(['uniform', 'inverse', 'softmax'] as const)('%s weights', (weights) => {
      test.each([
        ['outcomes', ''],
        ['outcomes_complete', '_complete'],
      ] as const)('%s', async (column, suffix) => {
        const table = tableOf(train.features, train[column]);
        const block = json('expected-cosine.json')[`k=${k}`] as Record<string, Cells>;
        const expected = block[`${weights}${suffix}`]!;
        const router = await loadRouter('knn');
        const params = { k, shrinkage: 0, weights };
        const fitted = await router.fit(table, params, { seed: 1 });
        const prior = meansOf(train[column]);
        for (const engine of live ? (['plain', 'onnxruntime'] as const) : (['plain'] as const)) {
          expect(worst(await fitted.score({ features: queries }, engine), expected, prior)).toBeLessThan(TOLERANCE);
        }
        // At the k-th place the tree may take the other one of two equal rows; their outcomes differ.
        if (k === 1000) {
          const byTree = await router.fit(table, { ...params, implementation: 'ml-knn' }, { seed: 1 });
          expect(worst(await byTree.score({ features: queries }), expected, prior)).toBeLessThan(TOLERANCE);
        }
      });
    });
  });

  test('neighbours and similarities are explained in order, ties by row number', async () => {
    const { neighbours_all, distances_all }: Golden = json('expected-cosine.json');
    const fitted = await (await loadRouter('knn')).fit(tableOf(train.features, train.outcomes), { k: 20 }, { seed: 1 });
    for (let q = 0; q < queries.rows; q++) {
      const explained = await fitted.explain!({ rows: 1, cols: 24, data: rowOf(queries, q).slice() });
      if (explained.kind !== 'neighbours') throw new Error(`knn explained a ${explained.kind}`);
      explained.neighbours.forEach(({ row, similarity }, rank) => {
        expect(Math.abs(1 - similarity - distances_all[q]![rank]!)).toBeLessThan(2e-6);
        // float32 may swap rows whose distances lie nearer than it can tell.
        const place = neighbours_all[q]!.indexOf(row);
        expect(Math.abs(distances_all[q]![place]! - distances_all[q]![rank]!)).toBeLessThan(2e-6);
        if (distances_all[q]![place] === distances_all[q]![rank]) expect(place).toBe(rank);
      });
    }
  });

  test("ml-knn's tree finds scikit-learn's Euclidean neighbours", async () => {
    const { neighbours_all, distances_all }: Golden = json('expected-euclidean.json');
    const search = await kdTreeSearch(fromRows(train.features), 200);
    for (let q = 0; q < queries.rows; q++) {
      const found = search(rowOf(queries, q));
      found.forEach(({ distance }, rank) => {
        expect(Math.abs(distance - distances_all[q]![rank]!)).toBeLessThan(2e-6);
      });
      const near = (row: number) => distances_all[q]![neighbours_all[q]!.indexOf(row)]!;
      found.forEach(({ row }, rank) => {
        expect(Math.abs(near(row) - distances_all[q]![rank]!)).toBeLessThan(2e-6);
      });
      expect(found.map(({ row }) => row).sort((a, b) => a - b)).toEqual(train.features.map((_, i) => i));
    }
  });
};

if (hasShared) describe('golden knn (needs ../shared/fixtures)', golden);
else test.skip('golden knn (needs ../shared/fixtures)', () => {});

function tableOf(features: number[][], outcomes: Cells): TrainingTable {
  const quality = matrix64(
    outcomes.length,
    5,
    Float64Array.from(outcomes.flat(), (cell) => cell ?? Number.NaN),
  );
  const models = ['a', 'b', 'c', 'd', 'e'];
  return { models, features: fromRows(features), quality, groups: Int32Array.from(outcomes, (_, i) => i) };
}

/** Mean of each column over its present cells. */
function meansOf(outcomes: Cells): number[] {
  return outcomes[0]!.map((_, m) => {
    const present = outcomes.flatMap((row) => row[m] ?? []);
    return present.reduce((sum, value) => sum + value, 0) / present.length;
  });
}

/** Largest difference; where no neighbour has a cell (null), the model's mean is expected. */
function worst(scores: Matrix, expected: Cells, prior: readonly number[]): number {
  return Math.max(...expected.flat().map((value, at) => Math.abs(scores.data[at]! - (value ?? prior[at % 5]!))));
}
