// The svm router as a whole: what it learns by hand-made tables, what it says when it cannot, and that missing cells are no zeros.
import { describe, expect, test } from 'vitest';
import { type Matrix, matrix64 } from '../../../src/math/matrix.js';
import { fitPlatt, plattProbability } from '../../../src/math/platt.js';
import { seededRandom } from '../../../src/math/random.js';
import type { FitContext, RouterState, TrainingTable } from '../../../src/routers/router.js';
import { bestProblem, rowsWithOutcome, scoresProblem } from '../../../src/routers/svm/problems.js';
import { svm } from '../../../src/routers/svm/svm.js';
import { chosenColumns, separableTable } from '../toy-table.js';
import { asMatrix } from './golden.js';

const none = Number.NaN;

function tableOf(features: number[][], quality: number[][], models = ['amber', 'birch']): TrainingTable {
  return {
    models,
    features: asMatrix(features),
    quality: qualityOf(quality),
    groups: Int32Array.from(features, (_, i) => i),
  };
}

function qualityOf(rows: number[][]): Matrix<Float64Array> {
  return matrix64(rows.length, rows[0]!.length, Float64Array.from(rows.flat()));
}

async function fitAndListen(table: TrainingTable, params = {}, context: Partial<FitContext> = {}) {
  const warnings: string[] = [];
  const fitted = await svm.fit(table, params, {
    seed: 1,
    onWarning: (sentence) => warnings.push(sentence),
    ...context,
  });
  return { fitted, warnings };
}

describe('what each model is asked', () => {
  const quality = qualityOf([
    [1, 0.995, 0.2],
    [0.5, none, 0],
    [0.3, 0.3, 0.3],
    [none, none, 1],
    [none, none, none],
  ]);

  test('regression asks about rows with any outcome', () => {
    expect([...rowsWithOutcome(quality)]).toEqual([0, 1, 2, 3]);
  });

  test('among the best within 0.01, each error priced by its regret, a missing cell out', () => {
    const stakes = qualityOf([
      [1, 0.995, 0.2],
      [0.5, none, 0],
    ]);
    const round = (values: Float64Array) => Array.from(values, (value) => Math.round(value * 1e6) / 1e6 + 0);
    const asked = [0, 1, 2].map((m) => bestProblem(stakes, m, 10));
    expect(asked.map(({ targets }) => [...targets])).toEqual([
      [1, 1],
      [1, 0],
      [-1, -1],
    ]);
    // best − mean of the others: 1 − 0.5975, 0.5 − 0; 1 − 0.6
    expect(asked.map(({ upper }) => round(upper))).toEqual([
      [4.025, 5],
      [4, 0],
      [0, 0],
    ]);
    // best − own: 1 − 0.2, 0.5 − 0
    expect(asked.map(({ lower }) => round(lower))).toEqual([
      [0, 0],
      [0, 0],
      [-8, -5],
    ]);
  });

  test('regression takes every present cell as it is', () => {
    expect(
      scoresProblem(
        qualityOf([
          [1, none],
          [0.25, 0.5],
        ]),
        1,
        2,
        0.1,
      ),
    ).toEqual({
      targets: Float64Array.of(0, 0.5),
      lower: Float64Array.of(0, -2),
      upper: Float64Array.of(0, 2),
      tube: 0.1,
    });
  });
});

describe('scores', () => {
  test('two unit rows at right angles, linear: f = ±1 at each, 0 between', async () => {
    // K = I: β = ±1 is the least of ½·2β² − 2β, within C·c = 1
    const table = tableOf(
      [
        [2, 0],
        [0, 5],
      ],
      [
        [1, 0],
        [0, 1],
      ],
    );
    const { fitted, warnings } = await fitAndListen(table, { kernel: 'linear', tol: 1e-7 });
    const { data } = await fitted.score({
      features: asMatrix([
        [1, 0],
        [0, 1],
        [1, 1],
        [0, 0],
      ]),
    });
    const expected = [1, -1, -1, 1, 0, 0, 0, 0];
    expected.forEach((value, at) => {
      expect(data[at]).toBeCloseTo(value, 5);
    });
    expect([fitted.scale, warnings]).toEqual(['logit', []]);
  });

  test('rbf: the same two rows at γ = 0.5', async () => {
    // k = e^(−γ·2) = 1/e; β = min(1, 1/(1 − 1/e)) = 1 at the bound; f(x₀) = 1 − 1/e
    const table = tableOf(
      [
        [2, 0],
        [0, 5],
      ],
      [
        [1, 0],
        [0, 1],
      ],
    );
    const { fitted } = await fitAndListen(table, { gamma: 0.5 });
    const { data } = await fitted.score({ features: table.features });
    [1, -1, -1, 1].forEach((sign, at) => {
      expect(data[at]).toBeCloseTo(sign * (1 - Math.exp(-1)), 5);
    });
  });

  test('target scores: qualities in [0, 1], near what the topics earn', async () => {
    const { fitted } = await fitAndListen(separableTable(90), { target: 'scores', c: 10, epsilon: 0.02 });
    const fresh = separableTable(60, 9);
    const scores = await fitted.score({ features: fresh.features });
    const errors = [...scores.data].map((score, at) =>
      Math.abs(score - (at % 3 === Math.floor(at / 3) % 3 ? 0.9 : 0.1)),
    );
    expect(fitted.scale).toBe('quality');
    expect(scores.data.every((score) => score >= 0 && score <= 1)).toBe(true);
    expect(Math.max(...errors)).toBeLessThan(0.2);
  });

  test('target scores clips what the machine overshoots', async () => {
    // linear through (0, 0) and (1, 1) of one unit column: −x̂ gives −1, clipped to 0
    const table = tableOf(
      [
        [1, 0],
        [0, 1],
      ],
      [[1], [0.2]],
      ['amber'],
    );
    const { fitted } = await fitAndListen(table, { target: 'scores', kernel: 'linear', epsilon: 0, c: 10, tol: 1e-7 });
    const { data } = await fitted.score({
      features: asMatrix([
        [1, 0],
        [0, 1],
        [-1, 1],
        [1, -1],
      ]),
    });
    // w = (0.4, −0.4), b = 0.6: at (−1, 1)/√2 that is 0.6 − 0.4·√2, at (1, −1)/√2 it is above 1
    [1, 0.2, 0.6 - 0.4 * Math.SQRT2, 1].forEach((value, at) => {
      expect(data[at]).toBeCloseTo(value, 5);
    });
  });

  test.each(['rbf', 'linear'])('%s finds the separable topics, by either target', async (kernel) => {
    const fresh = separableTable(60, 9);
    const topics = Array.from({ length: 60 }, (_, i) => i % 3);
    for (const target of ['best', 'scores']) {
      const { fitted } = await fitAndListen(separableTable(60), { kernel, target });
      expect(chosenColumns(await fitted.score({ features: fresh.features }))).toEqual(topics);
    }
  });

  test('a missing cell is not a zero: it leaves the machine of its model as if the row were not there', async () => {
    const features = [
      [1, 0],
      [0, 1],
      [1, 1],
      [3, 1],
    ];
    const quality = [
      [1, 0, 0],
      [0, 1, 0],
      [0.6, 0.2, 0],
      [1, none, 0.4],
    ];
    const models = ['amber', 'birch', 'cedar'];
    const column = async (table: TrainingTable) => {
      const { fitted } = await fitAndListen(table, { tol: 1e-7 });
      const { data } = await fitted.score({ features: asMatrix(features) });
      return [1, 4, 7, 10].map((at) => data[at]!);
    };
    const whole = await column(tableOf(features, quality, models));
    const without = await column(tableOf(features.slice(0, 3), quality.slice(0, 3), models));
    const asZero = await column(tableOf(features, [...quality.slice(0, 3), [1, 0, 0.4]], models));
    whole.forEach((value, i) => {
      expect(value).toBeCloseTo(without[i]!, 5);
    });
    expect(whole.some((value, i) => Math.abs(value - asZero[i]!) > 0.01)).toBe(true);
  });
});

describe('calibration: platt', () => {
  test('turns each margin into a quality near what is earned there, keeping the order within a model', async () => {
    const table = separableTable(90);
    const plain = await (await fitAndListen(table)).fitted.score({ features: table.features });
    const { fitted } = await fitAndListen(table, { calibration: 'platt' });
    const scores = await fitted.score({ features: table.features });
    expect([fitted.scale, fitted.state().tensors.calibration!.shape]).toEqual(['quality', [2, 3]]);
    const order = (values: Float32Array, m: number) =>
      Array.from({ length: 90 }, (_, i) => i).sort((a, b) => values[a * 3 + m]! - values[b * 3 + m]! || a - b);
    for (let m = 0; m < 3; m++) expect(order(scores.data, m)).toEqual(order(plain.data, m));
    const errors = [...scores.data].map((score, at) =>
      Math.abs(score - (at % 3 === Math.floor(at / 3) % 3 ? 0.9 : 0.1)),
    );
    expect(Math.max(...errors)).toBeLessThan(0.25);
  });

  test('where outcomes are pure chance it stays near the mean: rows held out judge, not rows learned by heart', async () => {
    const random = seededRandom(3);
    const some = () => Array.from({ length: 200 }, () => Array.from({ length: 6 }, () => random.normal()));
    const table = tableOf(
      some(),
      Array.from({ length: 200 }, () => (random.uniform() < 0.5 ? [1, 0] : [0, 1])),
    );
    const fresh = { features: asMatrix(some()) };
    const params = { gamma: 2, c: 100 };
    const { fitted } = await fitAndListen(table, { ...params, calibration: 'platt' });
    const spread = (qualities: ArrayLike<number>) => Math.max(...Array.from(qualities, (p) => Math.abs(p - 0.5)));
    expect(spread((await fitted.score(fresh)).data)).toBeLessThan(0.2);
    // the same sigmoid, fitted on decisions of the rows that were learned, believes in them
    const byHeart = (await fitAndListen(table, params)).fitted;
    const seen = await byHeart.score({ features: table.features });
    const scale = fitPlatt(seen.data, table.quality.data);
    expect(spread((await byHeart.score(fresh)).data.map((f) => plattProbability(f, scale)))).toBeGreaterThan(0.4);
  });

  test('comes back from its state, and is refused without the tensor it needs', async () => {
    const { fitted } = await fitAndListen(separableTable(30), { calibration: 'platt' });
    const { models, featureDim, params } = fitted;
    const { json, tensors } = fitted.state();
    const batch = { features: separableTable(30, 4).features };
    expect(await svm.restore({ models, featureDim, params, state: { json, tensors } }).score(batch)).toEqual(
      await fitted.score(batch),
    );
    const { calibration: _, ...others } = tensors;
    expect(() => svm.restore({ models, featureDim, params, state: { json, tensors: others } })).toThrow(
      expect.objectContaining({ code: 'VSR_ARTIFACT' }),
    );
  });
});

describe('where there is little to learn', () => {
  test('a model that is always or never among the best scores ±1 everywhere', async () => {
    const table = tableOf(
      [
        [1, 0],
        [0, 1],
      ],
      [
        [1, 0.2],
        [0.8, 0],
      ],
    );
    const { fitted, warnings } = await fitAndListen(table);
    const { data } = await fitted.score({
      features: asMatrix([
        [1, 0],
        [-3, 2],
      ]),
    });
    expect([...data]).toEqual([1, -1, 1, -1]);
    expect(warnings).toEqual([]);
  });

  test('rows of equal qualities: the mean of each model, and one warning', async () => {
    const table = tableOf(
      [
        [1, 0],
        [0, 1],
      ],
      [
        [0.25, 0.25],
        [0.75, 0.75],
      ],
    );
    const { fitted, warnings } = await fitAndListen(table);
    expect([...(await fitted.score({ features: table.features })).data]).toEqual([0.5, 0.5, 0.5, 0.5]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/No training row tells the models apart/);
  });

  test('a model without a row of its own among those with stakes gets its mean', async () => {
    const table = tableOf(
      [
        [1, 0],
        [0, 1],
        [1, 1],
      ],
      [
        [1, 0, none],
        [0, 1, none],
        [none, none, 0.75],
      ],
      ['a', 'b', 'c'],
    );
    const { fitted } = await fitAndListen(table);
    const { data } = await fitted.score({ features: table.features });
    expect([data[2], data[5], data[8]]).toEqual([0.75, 0.75, 0.75]);
  });

  test('constant features cost no finiteness', async () => {
    const table = tableOf(
      [
        [1, 1],
        [1, 1],
        [1, 1],
      ],
      [
        [1, 0],
        [0, 1],
        [1, 0],
      ],
    );
    const { fitted } = await fitAndListen(table, { gamma: 'scale' });
    const { data } = await fitted.score({ features: table.features });
    expect(data.every(Number.isFinite)).toBe(true);
    expect(data[0]).toBeGreaterThan(data[1]!); // two of three rows favour the first
  });
});

describe('limits', () => {
  test('more rows than max_rows, approximation sample: a seeded sample, and the sizes of both kernel matrices', async () => {
    const table = separableTable(60);
    const params = { maxRows: 20, approximation: 'sample' };
    const first = await fitAndListen(table, params);
    expect(first.warnings).toEqual([
      'svm learns from a random 20 of 60 rows (max_rows): their kernel matrix takes 1 MB, all rows would take 1 MB.',
    ]);
    expect(first.fitted.state().tensors.vectors!.shape[0]).toBeLessThanOrEqual(20);
    const again = await fitAndListen(table, params);
    const other = await fitAndListen(table, params, { seed: 2 });
    expect(again.fitted.state()).toEqual(first.fitted.state());
    expect(other.fitted.state()).not.toEqual(first.fitted.state());
  });

  test("more rows than max_rows: all of them by Nyström's approximation, which says so and chooses as the exact machines do", async () => {
    const table = separableTable(400, 3);
    const fresh = separableTable(300, 4);
    const exact = await fitAndListen(table);
    const near = await fitAndListen(table, { maxRows: 200, landmarks: 40 });
    expect(near.warnings).toEqual([
      "svm learns from all 400 rows by linear machines over kernel values with 40 of them (Nyström's approximation): past max_rows (200) their kernel matrix, 1 MB, is not built.",
    ]);
    expect(near.fitted.state().tensors.vectors!.shape).toEqual([40, 6]);
    const right = async (fitted: typeof near.fitted) =>
      chosenColumns(await fitted.score(fresh)).filter((column, q) => column === q % 3).length;
    expect(Math.abs((await right(near.fitted)) - (await right(exact.fitted)))).toBeLessThanOrEqual(3); // a point of 300
    expect((await fitAndListen(table, { maxRows: 200, landmarks: 40 })).fitted.state()).toEqual(near.fitted.state());
  });

  test('past max_rows, linear machines need no landmarks: one vector per model', async () => {
    const { fitted, warnings } = await fitAndListen(separableTable(100), { kernel: 'linear', maxRows: 50 });
    expect(warnings).toEqual([
      'svm learns from all 100 rows by linear machines over the features themselves: past max_rows (50) their kernel matrix, 1 MB, is not built.',
    ]);
    expect(fitted.state().tensors.vectors!.shape).toEqual([3, 6]);
    const chosen = chosenColumns(await fitted.score(separableTable(300, 2)));
    expect(chosen.filter((column, q) => column === q % 3).length).toBeGreaterThan(285);
  });

  test('past max_rows, calibrated scores and regression are qualities too', async () => {
    const table = separableTable(100);
    for (const params of [{ calibration: 'platt' }, { target: 'scores' }]) {
      const { fitted } = await fitAndListen(table, { ...params, maxRows: 50, landmarks: 20 });
      const scores = await fitted.score(separableTable(300, 2));
      expect([...scores.data].every((score) => score >= 0 && score <= 1)).toBe(true);
      expect(chosenColumns(scores).filter((column, q) => column === q % 3).length).toBeGreaterThan(285);
    }
  });

  test('20,000 rows of 64 columns are never a matrix of rows by rows', async () => {
    const random = seededRandom(5);
    const features = { rows: 20_000, cols: 64, data: new Float32Array(20_000 * 64).map(() => random.uniform() - 0.5) };
    const quality = matrix64(20_000, 2);
    for (let i = 0; i < 20_000; i++) quality.data.set(features.data[i * 64]! > 0 ? [1, 0] : [0, 1], i * 2);
    const table = {
      models: ['amber', 'birch'],
      features,
      quality,
      groups: Int32Array.from({ length: 20_000 }, (_, i) => i),
    };
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    const onProgress = () => {
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    };
    const { fitted } = await fitAndListen(table, { landmarks: 64, tol: 0.01, maxRows: 1000 }, { onProgress });
    expect(fitted.state().tensors.vectors!.shape).toEqual([50, 64]); // 1000² values are 50 a row
    expect(most).toBeLessThan(100e6); // the kernel matrix: 1.6 GB
  });

  test('says how far it is: the kernel matrix, each model, each fold of the calibration', async () => {
    const heard: string[] = [];
    const onProgress: FitContext['onProgress'] = ({ step, steps, message }) =>
      heard.push(`${step}/${steps} ${message}`);
    await fitAndListen(separableTable(30), {}, { onProgress });
    expect(heard).toEqual(['1/4 kernel matrix', '2/4 amber', '3/4 birch', '4/4 cedar']);
    heard.length = 0;
    await fitAndListen(separableTable(30), { calibration: 'platt' }, { onProgress });
    expect(heard.slice(-2)).toEqual(['8/9 calibrating', '9/9 calibrating']);
  });

  test('an interrupt during the fit stops it', async () => {
    const controller = new AbortController();
    const fit = fitAndListen(
      separableTable(60),
      {},
      { signal: controller.signal, onProgress: () => controller.abort() },
    );
    await expect(fit).rejects.toMatchObject({ code: 'VSR_ABORTED' });
  });

  test.each([
    [{ gamma: 0 }, 'routers.svm.gamma: expected "scale" or a number from 0.0001 to 1000, got 0.'],
    [{ c: -1 }, 'routers.svm.c: expected a number from 0.0001 to 10000, got -1.'],
    [{ kernel: 'poly' }, 'routers.svm.kernel: expected rbf or linear, got "poly".'],
    [
      { maxRows: 50_000 },
      'routers.svm.max_rows: expected a whole number from 2 to 20000 (20,000 rows are a kernel matrix of 1.6 GB), got 50000.',
    ],
  ])('refuses %j', async (params, message) => {
    await expect(svm.checkParams(params)).rejects.toMatchObject({ code: 'VSR_ROUTER_PARAMS', message });
  });

  test.each<RouterState['json']>([{ gamma: -1 }, { gamma: 'scale' }, {}])(
    'refuses a stored state with %j',
    async (json) => {
      const { fitted } = await fitAndListen(separableTable(30));
      const { models, featureDim, params } = fitted;
      const state = { json, tensors: fitted.state().tensors };
      expect(() => svm.restore({ models, featureDim, params, state })).toThrow(
        expect.objectContaining({ code: 'VSR_ARTIFACT' }),
      );
    },
  );
});
