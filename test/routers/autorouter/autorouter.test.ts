import { describe, expect, test } from 'vitest';
import { matrix, matrix64 } from '../../../src/math/matrix.js';
import { seededRandom } from '../../../src/math/random.js';
import { autorouter } from '../../../src/routers/autorouter/autorouter.js';
import { inputBlocks, inputRows, withoutCentring } from '../../../src/routers/autorouter/input-block.js';
import { autorouterTargets } from '../../../src/routers/autorouter/targets.js';
import type { Images, TrainingTable } from '../../../src/routers/router.js';
import type { Layer } from '../../../src/training/folded-layers.js';
import { TEST_ENGINE } from '../../training/test-engine.js';
import { chosenColumns, firstRows, separableTable } from '../toy-table.js';

const training = { engine: TEST_ENGINE };
const QUICK = { hiddenLayers: [32], learningRate: 3e-3 };

/**
 * Text rows any model answers; image rows of two kinds (column 0 or 1 of the image), of which the kind in column 0 only `seeing`
 * answers and that in column 1 neither does. The texts are noise, the same for all.
 */
function sightedTable(rows: number, seed: number): TrainingTable & { readonly images: Images } {
  const random = seededRandom(seed);
  const features = matrix(
    rows,
    4,
    Float32Array.from({ length: rows * 4 }, () => random.normal()),
  );
  const images = { features: matrix(rows, 3), present: new Uint8Array(rows) };
  const quality = matrix64(rows, 2);
  for (let i = 0; i < rows; i++) {
    const kind = i % 3; // 0 text, 1 to be seen, 2 unreadable
    quality.data.set(kind === 0 ? [1, 1] : kind === 1 ? [0, 1] : [0, 0], 2 * i);
    if (kind === 0) continue;
    images.present[i] = 1;
    for (let d = 0; d < 3; d++) images.features.data[3 * i + d] = (d === kind - 1 ? 1 : 0) + 0.2 * random.normal();
  }
  return {
    models: ['blind', 'seeing'],
    features,
    quality,
    groups: Int32Array.from({ length: rows }, (_, i) => i),
    images,
  };
}

describe('images', () => {
  const train = sightedTable(180, 1);
  const fresh = sightedTable(90, 2);
  const scoresOf = async (table: TrainingTable, batch = fresh) => {
    const { data } = await (await autorouter.fit(table, QUICK, { seed: 42, training })).score(batch);
    return (row: number, model: number) => data[2 * row + model]!;
  };
  const rowsOf = (kind: number) => Array.from({ length: 30 }, (_, i) => 3 * i + kind);

  test('tell which queries only a seeing model answers, and which none does', async () => {
    const score = await scoresOf(train);
    expect(rowsOf(0).filter((q) => score(q, 0) > 0.8 && score(q, 1) > 0.8).length).toBeGreaterThan(28);
    expect(rowsOf(1).filter((q) => score(q, 0) < 0.2 && score(q, 1) > 0.8).length).toBeGreaterThan(28);
    expect(rowsOf(2).filter((q) => score(q, 0) < 0.2 && score(q, 1) < 0.2).length).toBeGreaterThan(28);
  });

  test('without them the kinds of queries cannot be told apart', async () => {
    const { images: _, ...blindTable } = train;
    const score = await scoresOf(blindTable);
    const mean = (kind: number) => rowsOf(kind).reduce((sum, q) => sum + score(q, 1) / 30, 0);
    expect(Math.abs(mean(1) - mean(2))).toBeLessThan(0.15);
  });

  test('a batch without images is one of text', async () => {
    const fitted = await autorouter.fit(train, { ...QUICK, epochs: 5 }, { seed: 42, training });
    const none = { features: matrix(90, 3), present: new Uint8Array(90) };
    expect(await fitted.score({ features: fresh.features })).toEqual(
      await fitted.score({ features: fresh.features, images: none }),
    );
    expect(fitted.graph().inputs).toEqual([
      { name: 'features', shape: ['batch', 4] },
      { name: 'image', shape: ['batch', 3] },
      { name: 'has_image', shape: ['batch', 1] },
    ]);
    const wide = { features: matrix(90, 5), present: new Uint8Array(90) };
    await expect(fitted.score({ features: fresh.features, images: wide })).rejects.toMatchObject({
      code: 'VSR_FEATURES',
      message: 'The images have 5 columns, the router expects 3.',
    });
    const newcomer = { model: 'new', features: matrix(0, 4), quality: new Float64Array(), rows: new Int32Array() };
    expect(() => fitted.withModel?.({ ...newcomer, others: matrix64(0, 2) })).toThrow(
      'autorouter: new cannot join a router trained with images',
    );
  });

  test('an image whose vector is zero or no number is refused by its row', async () => {
    const broken = (value: number) => {
      const data = train.images.features.data.slice();
      data.fill(value, 3, 6);
      return { ...train, images: { ...train.images, features: matrix(180, 3, data) } };
    };
    await expect(autorouter.fit(broken(0), {}, { seed: 1 })).rejects.toMatchObject({
      code: 'VSR_TRAINING_DATA',
      message: 'Image of row 1: the query has an image, but its vector is all zeros.',
    });
    await expect(autorouter.fit(broken(Number.NaN), {}, { seed: 1 })).rejects.toMatchObject({
      message: 'Image of row 1, column 0: expected a number, got NaN.',
    });
  });

  test('centring and scaling fold into the first layer', () => {
    const blocks = inputBlocks(fresh.features, fresh.images);
    const random = seededRandom(3);
    const layer = {
      weights: Float32Array.from({ length: 2 * 8 }, () => random.normal()),
      bias: Float32Array.of(0.5, -1),
      inputs: 8,
      outputs: 2,
    };
    const plain = withoutCentring(layer, blocks);
    const x = inputRows(blocks, fresh.features, fresh.images);
    const untouched = { text: { mean: new Float64Array(4), scale: 1 }, image: { mean: new Float64Array(3), scale: 1 } };
    const unit = inputRows(untouched, fresh.features, fresh.images);
    const times = ({ weights, bias }: Layer, row: Float32Array) =>
      [0, 1].map((o) => row.reduce((sum, value, d) => sum + value * weights[8 * o + d]!, bias[o]!));
    for (let i = 0; i < 90; i++) {
      const [expected, got] = [
        times(layer, x.data.subarray(8 * i, 8 * i + 8)),
        times(plain, unit.data.subarray(8 * i, 8 * i + 8)),
      ];
      expect(Math.max(...expected.map((value, o) => Math.abs(value - got[o]!)))).toBeLessThan(1e-4);
    }
  });
});

describe('what is learned', () => {
  const none = Number.NaN;
  const train = separableTable(120, 1);

  test('weights and targets make the weighted cross entropy of every cell', () => {
    // 20 rows, amber right in 5: w = 15/5 = 3; birch right in all: a constant; cedar has .5 where it was asked, w = 1.
    const cells = Array.from({ length: 20 }, (_, i) => [i < 5 ? 1 : 0, 1, i < 12 ? 0.5 : none]);
    const table = { ...firstRows(train, 20), quality: matrix64(20, 3, Float64Array.from(cells.flat())) };
    const { weights, targets, shift, outputBias, constants } = autorouterTargets(table, {
      classWeights: 'balanced',
      labelSmoothing: 0,
    });
    const at = (values: Float32Array, row: number) => [...values.subarray(3 * row, 3 * row + 3)];
    expect([at(weights, 0), at(targets, 0)]).toEqual([
      [3, 0, 1],
      [1, 0, 0.5],
    ]);
    expect([at(weights, 19), at(targets, 19)]).toEqual([
      [1, 0, 0],
      [0, 0, 0],
    ]);
    expect([...shift]).toEqual([Math.fround(Math.log(3)), 0, 0]);
    expect(constants).toEqual([null, Math.log(21), null]);
    expect([...outputBias].every((b, m) => Math.abs(b - [0, Math.log(21), 0][m]!) < 1e-6)).toBe(true);
  });

  test('balanced classes: the scores are probabilities all the same', async () => {
    const { data } = await (
      await autorouter.fit(train, { ...QUICK, classWeights: 'balanced' }, { seed: 42, training })
    ).score(train);
    const observed = train.quality.data.filter((value) => !Number.isNaN(value));
    const scored = data.filter((_, at) => !Number.isNaN(train.quality.data[at]));
    const mean = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0) / values.length;
    expect(Math.abs(mean(scored) - mean(observed))).toBeLessThan(0.05);
  });

  for (const params of [{ batchNorm: true }, { labelSmoothing: 0.05 }, { hiddenLayers: [], learningRate: 1e-2 }]) {
    test(`${JSON.stringify(params)}: learns which model suits which topic`, async () => {
      const fitted = await autorouter.fit(train, { ...QUICK, ...params }, { seed: 42, training });
      const chosen = chosenColumns(await fitted.score(separableTable(300, 2)));
      expect(chosen.filter((column, q) => column === q % 3).length).toBeGreaterThan(285); // of 300
    });
  }

  test('a model with too few wrong answers scores its mean, and says so', async () => {
    const quality = matrix64(
      120,
      3,
      train.quality.data.map((value, at) => (at % 3 === 1 ? 1 : value)),
    );
    const warnings: string[] = [];
    const context = { seed: 42, training, onWarning: (sentence: string) => warnings.push(sentence) };
    const { data } = await (await autorouter.fit({ ...train, quality }, QUICK, context)).score(firstRows(train, 3));
    expect([1, 4, 7].map((at) => data[at]!.toFixed(5))).toEqual(new Array(3).fill((121 / 122).toFixed(5)));
    expect(warnings).toEqual([
      'birch: fewer than 5 right or fewer than 5 wrong answers, the score is the same for every query.',
    ]);
  });

  test('a new model follows its outcomes; the others score as before', async () => {
    const fitted = await autorouter.fit(train, QUICK, { seed: 42, training });
    const own = separableTable(300, 5);
    const quality = Float64Array.from({ length: 300 }, (_, i) => (i % 3 === 1 ? 1 : 0));
    const rows = new Int32Array(300).fill(-1);
    const joined = fitted.withModel!({ model: 'dune', features: own.features, quality, rows, others: own.quality });
    const [before, after] = [await fitted.score(own, 'plain'), await joined.score(own, 'plain')];
    expect(joined.models).toEqual(['amber', 'birch', 'cedar', 'dune']);
    for (let i = 0; i < 300; i++) {
      expect(after.data.slice(4 * i, 4 * i + 3)).toEqual(before.data.slice(3 * i, 3 * i + 3));
    }
    const mean = (topic: number) =>
      Array.from({ length: 100 }, (_, i) => after.data[4 * (3 * i + topic) + 3]! / 100).reduce((a, b) => a + b, 0);
    expect(mean(1)).toBeGreaterThan(mean(0) + 0.2);
    expect(mean(1)).toBeGreaterThan(mean(2) + 0.2);
  });
});
