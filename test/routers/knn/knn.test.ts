// The knn router on tables whose scores can be written down.
import { expect, test } from 'vitest';
import { fromRows, type Matrix, matrix, matrix64, takeRows } from '../../../src/math/matrix.js';
import { seededRandom } from '../../../src/math/random.js';
import { loadRouter } from '../../../src/routers/registry.js';
import type { TrainingTable } from '../../../src/routers/router.js';

const knn = await loadRouter('knn');
const NONE = Number.NaN;

/** Rows at cosine 1, .8, .6 and 0 to the query [1, 0]; two models. */
const table: TrainingTable = {
  models: ['a', 'b'],
  features: fromRows([
    [5, 0],
    [4, 3],
    [3, 4],
    [0, 1],
  ]),
  quality: matrix64(4, 2, Float64Array.of(1, NONE, 0.5, 0.2, 0, NONE, 0.1, 0.6)),
  groups: Int32Array.of(0, 1, 2, 3),
};
const PRIOR = [(1 + 0.5 + 0 + 0.1) / 4, (0.2 + 0.6) / 2];
const query = { features: fromRows([[2, 0]]) };
const scores = async (params: Record<string, unknown>) => [
  ...(await (await knn.fit(table, params, { seed: 1 })).score(query)).data,
];

function expectScores(actual: readonly number[], expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, m) => {
    expect(actual[m]).toBeCloseTo(value, 6);
  });
}

test('averages the present cells of the k nearest rows, pulled to the mean by κ average neighbours', async () => {
  expectScores(await scores({ k: 2, shrinkage: 0 }), [(1 + 0.5) / 2, 0.2]);
  expectScores(await scores({ k: 2, shrinkage: 3 }), [(1.5 + 3 * PRIOR[0]!) / 5, (0.2 + 3 * PRIOR[1]!) / 4]);
});

test('gives the mean of a model that no neighbour was asked of', async () => {
  expectScores(await scores({ k: 1, shrinkage: 0 }), [1, PRIOR[1]!]);
  expectScores(await scores({ k: 1, shrinkage: 10 }), [(1 + 10 * PRIOR[0]!) / 11, PRIOR[1]!]);
});

test.each(['onnx', 'ml-knn'])(
  'weighs neighbours by similarity, and κ by their mean weight (%s)',
  async (implementation) => {
    const similarity = [1, 0.8, 0.6];
    const softmax = similarity.map((cos) => Math.exp((cos - 1) / 0.1));
    const inverse = similarity.map((cos) => 1 / (Math.max(0, 1 - cos - 2.5e-7) + 1e-9));
    for (const [weights, a] of Object.entries({ softmax, inverse })) {
      const pull = (2 * (a[0]! + a[1]! + a[2]!)) / 3;
      const first = (a[0]! * 1 + a[1]! * 0.5 + pull * PRIOR[0]!) / (a[0]! + a[1]! + a[2]! + pull);
      const second = (a[1]! * 0.2 + pull * PRIOR[1]!) / (a[1]! + pull);
      expectScores(await scores({ k: 3, shrinkage: 2, weights, implementation }), [first, second]);
    }
  },
);

test('asks all rows, with a warning, where k is larger than the table', async () => {
  const warnings: string[] = [];
  const fitted = await knn.fit(table, { k: 9 }, { seed: 1, onWarning: (sentence) => warnings.push(sentence) });
  expect(fitted.state().json).toEqual({ k: 4 });
  expect(warnings).toEqual(['k is 9, but there are only 4 training queries: all of them are asked.']);
});

test('explains a score by its neighbours, nearest first', async () => {
  const fitted = await knn.fit(table, { k: 3 }, { seed: 1 });
  const { kind, ...rest } = await fitted.explain!(query.features);
  expect(kind).toBe('neighbours');
  const { neighbours } = rest as { neighbours: { row: number; similarity: number }[] };
  expect(neighbours.map(({ row }) => row)).toEqual([0, 1, 2]);
  expectScores(
    neighbours.map(({ similarity }) => similarity),
    [1, 0.8, 0.6],
  );
});

test('a query without direction is scored, and a training row without direction is nobody’s near neighbour', async () => {
  const features = fromRows([
    [0, 0],
    [4, 3],
    [3, 4],
    [0, 1],
  ]);
  for (const implementation of ['onnx', 'ml-knn']) {
    const fitted = await knn.fit({ ...table, features }, { k: 2, shrinkage: 0, implementation }, { seed: 1 });
    expectScores([...(await fitted.score(query)).data], [(0.5 + 0) / 2, 0.2]);
    expect((await fitted.score({ features: fromRows([[0, 0]]) })).data.every(Number.isFinite)).toBe(true);
  }
});

const fitAuto = async (features: Matrix, quality: number[][], groups: (i: number) => number) => {
  const N = quality.length;
  const models = ['a', 'b', 'c'];
  const cells = matrix64(N, 3, Float64Array.from(quality.flat()));
  const auto = { models, features, quality: cells, groups: Int32Array.from({ length: N }, (_, i) => groups(i)) };
  return (await knn.fit(auto, { shrinkage: 0 }, { seed: 1 })).state().json.k;
};

/** N random directions in 40 dimensions: what stands near a row says nothing about it. */
function randomRows(rows: number): Matrix {
  const random = seededRandom(5);
  return matrix(
    rows,
    40,
    Float32Array.from({ length: rows * 40 }, () => random.normal()),
  );
}

/** One model a row earns 1: a in three of five rows, b and c in one each, at random. */
function randomOutcomes(rows: number): number[][] {
  const random = seededRandom(6);
  return Array.from(
    { length: rows },
    () =>
      [
        [1, 0, 0],
        [1, 0, 0],
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ][random.int(5)]!,
  );
}

test('k: auto asks few neighbours where they know and the crowd misleads', async () => {
  // 30 topics of 20 rows, each topic a direction; 21 topics are a's, 9 are b's. The 19 others of a row's topic are always
  // right, so up to k = 20 every choice is; of 80 neighbours 61 are strangers, and their 70 % for a outvote a b topic.
  const features = randomRows(600);
  for (let i = 0; i < 600; i++) features.data[i * 40 + Math.floor(i / 20)]! += 100;
  const quality = Array.from({ length: 600 }, (_, i) => (Math.floor(i / 20) % 10 < 7 ? [1, 0, 0] : [0, 1, 0]));
  expect(await fitAuto(features, quality, (i) => i)).toBe(20);
});

test('k: auto asks many neighbours where they know nothing', async () => {
  expect(await fitAuto(randomRows(600), randomOutcomes(600), (i) => i)).toBeGreaterThanOrEqual(80);
});

test('k: auto is not fooled by copies of a query: they are one group', async () => {
  const single = randomRows(150);
  const features = takeRows(
    single,
    Array.from({ length: 600 }, (_, i) => i % 150),
  );
  const outcomes = randomOutcomes(150);
  const quality = Array.from({ length: 600 }, (_, i) => outcomes[i % 150]!);
  expect(await fitAuto(features, quality, (i) => i)).toBe(5); // three of five neighbours are copies
  expect(await fitAuto(features, quality, (i) => i % 150)).toBeGreaterThanOrEqual(80);
});

test.each([0, 2.5, 'many'])('k: %j is refused with what k may be', async (k) => {
  await expect(knn.checkParams({ k })).rejects.toMatchObject({
    code: 'VSR_ROUTER_PARAMS',
    message: `routers.knn.k: expected "auto" or a whole number of at least 1, got ${JSON.stringify(k)}.`,
  });
});
