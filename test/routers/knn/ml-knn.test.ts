// ml-knn as an oracle: its tree and our scoring graph find the same neighbours, so they give the same scores.
import { expect, test } from 'vitest';
import { matrix, matrix64 } from '../../../src/math/matrix.js';
import { seededRandom } from '../../../src/math/random.js';
import { loadRouter } from '../../../src/routers/registry.js';

test.each(['uniform', 'inverse', 'softmax'])('on 400 random rows without ties, %s weights', async (weights) => {
  const random = seededRandom(9);
  const randomRows = (rows: number) =>
    matrix(
      rows,
      12,
      Float32Array.from({ length: rows * 12 }, () => random.normal()),
    );
  const cells = Float64Array.from({ length: 1200 }, () => (random.uniform() < 0.1 ? Number.NaN : random.uniform()));
  const table = {
    models: ['a', 'b', 'c'],
    features: randomRows(400),
    quality: matrix64(400, 3, cells),
    groups: Int32Array.from({ length: 400 }, (_, i) => i),
  };
  const features = randomRows(50);
  const knn = await loadRouter('knn');
  const scores = async (implementation: string) =>
    (await knn.fit(table, { k: 15, weights, implementation }, { seed: 1 })).score({ features });
  const byGraph = await scores('onnx');
  const byTree = await scores('ml-knn');
  const worst = Math.max(...byGraph.data.map((score, at) => Math.abs(score - byTree.data[at]!)));
  expect([byTree.rows, byTree.cols]).toEqual([50, 3]);
  expect(worst).toBeLessThan(1e-5);
});
