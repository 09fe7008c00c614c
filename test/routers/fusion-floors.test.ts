// What the routers reach on real outcomes, out of fold: floors a little below the orientation values, not the values.
import { beforeAll, describe, expect, test } from 'vitest';
import { chosenQuality } from '../../src/routers/chosen-quality.js';
import { loadRouter } from '../../src/routers/registry.js';
import { hasShared } from '../shared-folder.js';
import { type FusionTable, fusionTable, tableRows } from './fusion-table.js';

describe.skipIf(!hasShared)('5-fold out of fold on fusion, 5,608 queries (needs ../shared/data)', () => {
  let fusion: FusionTable;
  beforeAll(() => {
    fusion = fusionTable();
  });

  test('the best single model earns .621', () => {
    const { quality, models } = fusion.table;
    const always = models.map((_, m) => {
      const judge = chosenQuality(quality);
      const scores = models.map((__, other) => Number(other === m));
      for (let i = 0; i < quality.rows; i++) judge.add(i, scores);
      return judge.mean();
    });
    expect(Math.max(...always).toFixed(3)).toBe('0.621');
  });

  // Orientation: knn k 5, κ 10 .630; k 40, κ 10 .654; kmeans 32 .657, mlp .651, mf .643 (standard error .006). One start of k-means is enough here.
  test.each([
    ['knn', { k: 5 }, 0.622],
    ['knn', { k: 40 }, 0.645],
    ['kmeans', { clusters: 32, nInit: 1 }, 0.645],
    ['mlp', { hiddenLayers: [64], batchSize: 256, patience: 2, learningRate: 2e-3 }, 0.64],
    ['mf', { batchSize: 256, patience: 2, learningRate: 4e-3 }, 0.635],
  ])('%s %j earns at least %d', async (name, params, floor) => {
    const router = await loadRouter(name);
    const judge = chosenQuality(fusion.table.quality);
    for (let fold = 0; fold < 5; fold++) {
      const inside = [...fusion.fold.keys()].filter((i) => fusion.fold[i] !== fold);
      const outside = [...fusion.fold.keys()].filter((i) => fusion.fold[i] === fold);
      const fitted = await router.fit(tableRows(fusion.table, inside), params, { seed: 7 });
      const scores = await fitted.score({ features: tableRows(fusion.table, outside).features });
      outside.forEach((i, q) => {
        judge.add(i, scores.data.subarray(q * scores.cols, (q + 1) * scores.cols));
      });
    }
    expect(judge.mean()).toBeGreaterThanOrEqual(floor);
  });
});
