// The exam: what every registered router must do, whatever it learns. A skip says why.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readSafetensors, writeSafetensors } from '../../src/data/safetensors.js';
import { onnxRuntimeStatus } from '../../src/inference/onnxruntime/onnx-runtime.js';
import { type Matrix, matrix64, rowOf } from '../../src/math/matrix.js';
import { mean } from '../../src/math/stats.js';
import { type DecisionPolicy, decide } from '../../src/routers/decide.js';
import { loadRouter } from '../../src/routers/registry.js';
import type { FittedRouter, RouterState, ScoringBatch, TrainingTable } from '../../src/routers/router.js';
import { NO_NATIVE, runSavedModel } from '../inference/saved-model/native-saved-model.js';
import { temporaryFolder } from '../temporary-folder.js';
import {
  askedByPeople,
  chosenColumns,
  firstRows,
  onlyModels,
  separableTable,
  singleQuery,
  TOY_MODELS,
  withPeople,
} from './toy-table.js';

const SEED = 42;
/** Smaller and quicker than the defaults, where dozens of fits with those would take minutes; what is examined holds for any. */
const QUICK: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  gmtrouter: { hidden: 16, heads: 2, historySize: 4, epochs: 20, learningRate: 0.02 },
  personalizedrouter: { embeddingDim: 16, trainEpoch: 20, historySize: 4 },
};
const train = separableTable(60, 1);
/** More rows than are scored in one run of the graph. */
const unasked = separableTable(300, 2);

export async function examine(name: string): Promise<void> {
  const runtime = await onnxRuntimeStatus();
  const folder = temporaryFolder();
  const router = await loadRouter(name);
  const { needs } = router;
  const personal = needs.users || needs.interactions === true;
  const known = (table: TrainingTable) => (personal ? withPeople(table) : table);
  const quick = QUICK[name] ?? {};
  /** `models`: those that the askers' pasts may name. */
  const freshFor = (models: readonly string[]): TrainingTable & ScoringBatch =>
    personal ? askedByPeople(unasked, onlyModels(separableTable(9, 3), models)) : unasked;
  const fresh = freshFor(TOY_MODELS);

  // What takes longest to learn is learned while the tests are collected: a hook's time is limited, however busy the machine is.
  const early = QUICK[name] && (await router.fit(known(train), quick, { seed: SEED }));

  describe(`exam: ${name}`, () => {
    let fitted: FittedRouter;
    const learn = (table: TrainingTable = train, params = quick, seed = SEED) =>
      router.fit(known(table), params, { seed });
    beforeAll(async () => {
      fitted = early ?? (await learn());
    });

    test(`bears its registered name and works with ${QUICK[name] ? 'quick' : 'default'} parameters, which it states`, async () => {
      const { shape } = await router.params();
      expect([router.name, fitted.name, fitted.models, fitted.featureDim]).toEqual([name, name, TOY_MODELS, 6]);
      expect(Object.keys(fitted.params).sort()).toEqual(Object.keys(shape).sort());
      expect(fitted.params).toEqual((await learn(train, fitted.params)).params);
    });

    test('refuses an unknown parameter', async () => {
      const refused = { code: 'VSR_ROUTER_PARAMS', message: `routers.${name}.no_such_thing: unknown key.` };
      await expect(router.checkParams({ noSuchThing: 1 })).rejects.toMatchObject(refused);
      await expect(learn(train, { noSuchThing: 1 })).rejects.toMatchObject(refused);
    });

    test('leaves its inputs as they were', async () => {
      const table = known(separableTable(60, 1));
      const batch: ScoringBatch = personal
        ? askedByPeople(separableTable(30, 2), separableTable(9, 3))
        : { features: separableTable(30, 2).features };
      const before = structuredClone({ table, batch });
      const scored = await router.fit(table, quick, { seed: SEED });
      await scored.score(batch);
      await scored.explain?.(firstRow(batch.features), batch.askers?.people[0]);
      expect({ table, batch }).toEqual(before);
    });

    test('gives the same scores for the same seed, however often it is fitted and asked', async () => {
      // On one engine: by itself a router changes to another after enough work, and float32 sums then differ in the last digit.
      const scores = await fitted.score(fresh, 'plain');
      expect(await fitted.score(fresh, 'plain')).toEqual(scores);
      expect(await (await learn()).score(fresh, 'plain')).toEqual(scores);
    });

    test('scores every query against every model with finite numbers, in [0, 1] where they are qualities', async () => {
      const scores = await fitted.score(fresh);
      expect([scores.rows, scores.cols, scores.data.length]).toEqual([300, 3, 900]);
      expect(scores.data.every(Number.isFinite)).toBe(true);
      if (fitted.scale !== 'quality') return;
      expect(scores.data.every((score) => score >= -1e-6 && score <= 1 + 1e-6)).toBe(true);
    });

    test('scores no query as none', async () => {
      expect(await fitted.score(firstRows(fresh, 0))).toEqual({ rows: 0, cols: 3, data: new Float32Array() });
    });

    test('scores row by row as in a batch, to 1e-5', async () => {
      const batch = await fitted.score(fresh, 'plain');
      for (let q = 0; q < 300; q += 23) {
        expectClose((await fitted.score(singleQuery(fresh, q), 'plain')).data, rowOf(batch, q));
      }
    });

    test('gives equal queries equal scores', async () => {
      const twice = {
        rows: 2,
        cols: 6,
        data: Float32Array.of(...rowOf(fresh.features, 5), ...rowOf(fresh.features, 5)),
      };
      const scores = await fitted.score({ features: twice });
      expect(rowOf(scores, 0)).toEqual(rowOf(scores, 1));
    });

    test.skipIf(!personal)(
      `knows nobody by name alone: nobody named = a person without past or wishes${personal ? '' : ' (skipped: it asks for no users)'}`,
      async () => {
        const nobody = await fitted.score({ features: fresh.features });
        const stranger = { id: 'stranger', weights: null, history: null };
        const asked = (index: number) => ({ people: [stranger], asker: new Int32Array(300).fill(index) });
        expect(await fitted.score({ features: fresh.features, askers: asked(-1) })).toEqual(nobody);
        expect(await fitted.score({ features: fresh.features, askers: asked(0) })).toEqual(nobody);
      },
    );

    test('comes back from disk with identical scores', async () => {
      const stored = await throughDisk(name, fitted.state(), folder);
      const restored = router.restore({ models: fitted.models, featureDim: 6, params: fitted.params, state: stored });
      expect(await restored.score(fresh, 'plain')).toEqual(await fitted.score(fresh, 'plain'));
      expect([restored.scale, restored.params]).toEqual([fitted.scale, fitted.params]);
      const asker = fresh.askers?.people[2];
      expect(await restored.explain?.(firstRow(fresh.features), asker)).toEqual(
        await fitted.explain?.(firstRow(fresh.features), asker),
      );
    });

    test('refuses a state that does not fit together', async () => {
      const { json, tensors } = fitted.state();
      const rest = { models: fitted.models, featureDim: 6, params: fitted.params };
      expect(() => router.restore({ ...rest, featureDim: 7, state: { json, tensors } })).toThrow(
        expect.objectContaining({ code: 'VSR_ARTIFACT' }),
      );
      expect(() => router.restore({ ...rest, state: { json, tensors: {} } })).toThrow(
        expect.objectContaining({ code: 'VSR_ARTIFACT' }),
      );
    });

    test.skipIf(!runtime.live)(
      `plain arrays = ONNX Runtime to 1e-5${runtime.live ? '' : ` (skipped: ONNX Runtime does not load here: ${runtime.reason})`}`,
      async () => {
        expectClose((await fitted.score(fresh, 'plain')).data, (await fitted.score(fresh, 'onnxruntime')).data);
      },
    );

    test.skipIf(NO_NATIVE)(
      `plain arrays = SavedModel in native TensorFlow to 1e-5${NO_NATIVE ? ` (skipped: ${NO_NATIVE})` : ''}`,
      async () => {
        const model = join(folder.path, `${name}_saved_model`);
        const scores = await runSavedModel(model, fitted.graph(), await fitted.inputs(fresh));
        expectClose(scores, (await fitted.score(fresh, 'plain')).data);
      },
    );

    test('works on a subset of the models, and under a mask of candidates', async () => {
      const two = await learn(onlyModels(train, ['amber', 'cedar']));
      const scores = await two.score(freshFor(two.models));
      expect([two.models, scores.cols]).toEqual([['amber', 'cedar'], 2]);
      const masked = policy(fitted, new Set(['amber', 'cedar']));
      const all = await fitted.score(fresh);
      const decisions = Array.from({ length: 300 }, (_, q) => decide(rowOf(all, q), { inputTokens: null }, masked));
      expect(new Set(decisions.map(({ model }) => model))).toEqual(new Set(['amber', 'cedar']));
      expect(decisions.every(({ masked: out }) => out.birch === 'not_a_candidate')).toBe(true);
    });

    test('works with one model', async () => {
      const scores = await (await learn(onlyModels(train, ['birch']))).score(freshFor(['birch']));
      expect([scores.rows, scores.cols, scores.data.every(Number.isFinite)]).toEqual([300, 1, true]);
    });

    test(needs.interactions ? 'refuses one query: it is of one user' : 'works with one query', async () => {
      if (needs.interactions) {
        await expect(learn(oneRow())).rejects.toMatchObject({ code: 'VSR_TRAINING_DATA' });
        return;
      }
      const scores = await (await learn(oneRow())).score(fresh);
      expect([scores.rows, scores.cols, scores.data.every(Number.isFinite)]).toEqual([300, 3, true]);
    });

    const onlyTies = needs.interactions ? ' (skipped: it learns from what is not a tie)' : '';
    test.skipIf(onlyTies !== '')(
      `breaks ties the same way every time: the cheaper model, then the name${onlyTies}`,
      async () => {
        const even = { ...train, quality: matrix64(60, 3, new Float64Array(180).fill(0.5)) };
        const scores = await (await learn(even)).score(fresh);
        const models = Array.from(
          { length: 300 },
          (_, q) => decide(rowOf(scores, q), { inputTokens: null }, policy(fitted)).model,
        );
        expect(scores).toEqual(await (await learn(even)).score(fresh));
        if (fitted.scale === 'quality') expect(new Set(models)).toEqual(new Set(['amber']));
      },
    );

    test('takes a missing cell for unknown, not for zero', async () => {
      // birch earns .8 wherever it was asked, which is every second query; amber and cedar .6 and .1 everywhere.
      const scoresWhere = async (missing: number) => {
        const quality = matrix64(60, 3);
        for (let i = 0; i < 60; i++) quality.data.set([0.6, i % 2 ? 0.8 : missing, 0.1], i * 3);
        return (await learn({ ...train, quality })).score(fresh);
      };
      const unknown = await scoresWhere(Number.NaN);
      const lead = ({ data }: Matrix) => mean(Array.from({ length: 300 }, (_, q) => data[q * 3 + 1]! - data[q * 3]!));
      expect(lead(unknown)).toBeGreaterThan(lead(await scoresWhere(0)));
      if (fitted.scale === 'quality') expect(new Set(chosenColumns(unknown))).toEqual(new Set([1]));
    });

    test('refuses an empty table, numbers that are none and a wrong width, each with a sentence', async () => {
      const training = { code: 'VSR_TRAINING_DATA' };
      await expect(learn(firstRows(train, 0))).rejects.toMatchObject(training);
      await expect(learn(onlyModels(train, []))).rejects.toMatchObject(training);
      await expect(learn(withFeature(Number.NaN))).rejects.toMatchObject(training);
      await expect(learn(withQuality(Number.POSITIVE_INFINITY))).rejects.toMatchObject(training);
      await expect(learn(withQuality(1.5))).rejects.toMatchObject(training);
      const features = { code: 'VSR_FEATURES' };
      const narrow = { rows: 2, cols: 3, data: new Float32Array(6) };
      await expect(fitted.score({ features: narrow })).rejects.toMatchObject(features);
      await expect(fitted.score(withFeature(Number.NEGATIVE_INFINITY))).rejects.toMatchObject(features);
      const wrongAskers = { people: [], asker: new Int32Array(300) };
      await expect(fitted.score({ features: fresh.features, askers: wrongAskers })).rejects.toMatchObject(features);
    });

    test.skipIf(!needs.interactions)(
      `refuses outcomes without interactions${needs.interactions ? '' : ' (skipped: it learns from outcomes)'}`,
      async () => {
        await expect(router.fit(train, {}, { seed: SEED })).rejects.toMatchObject({
          code: 'VSR_TRAINING_DATA',
          message: `${name} learns from votes or ratings with user ids; outcomes alone have none.`,
        });
      },
    );

    test('stops when it is aborted, before and while it fits', async () => {
      const aborted = { code: 'VSR_ABORTED' };
      const before = router.fit(known(train), quick, { seed: SEED, signal: AbortSignal.abort() });
      await expect(before).rejects.toMatchObject(aborted);
      const stop = new AbortController();
      let reports = 0;
      const onProgress = () => {
        reports++;
        stop.abort();
      };
      const during = router.fit(known(separableTable(600, 1)), quick, { seed: SEED, signal: stop.signal, onProgress });
      await expect(during).rejects.toMatchObject(aborted);
      expect(reports).toBe(1);
    });

    test('beats the best single model where routing pays', async () => {
      const chosen = chosenColumns(await fitted.score(fresh));
      const right = chosen.filter((column, q) => column === q % 3).length;
      expect(right).toBeGreaterThan(285); // 95 %; always the same model: 100
    });
  });
}

/** Both engines compute in float32. */
function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  const worst = Math.max(...Array.from(expected, (value, i) => Math.abs(value - actual[i]!)));
  expect(actual.length).toBe(expected.length);
  expect(worst).toBeLessThanOrEqual(1e-5);
}

async function throughDisk(
  name: string,
  state: RouterState,
  folder: ReturnType<typeof temporaryFolder>,
): Promise<RouterState> {
  folder.write(`${name}.json`, JSON.stringify(state.json));
  folder.write(`${name}.safetensors`, writeSafetensors(state.tensors));
  const read = (file: string) => readFileSync(join(folder.path, file));
  const { tensors } = readSafetensors(read(`${name}.safetensors`), name);
  return { json: JSON.parse(read(`${name}.json`).toString()), tensors: tensors as RouterState['tensors'] };
}

/** Quality alone, no prices. */
function policy(fitted: FittedRouter, candidates?: ReadonlySet<string>): DecisionPolicy {
  const unknown = {
    quality: 0.5,
    latency: null,
    cost: null,
    outputTokens: null,
    inputPrice: null,
    outputPrice: null,
    n: 60,
  };
  return {
    models: fitted.models,
    scale: fitted.scale,
    stats: fitted.models.map(() => unknown),
    objective: { quality: 1, latency: 0, cost: 0, latencyScaleMs: 10_000, costScale: 1 },
    fallback: fitted.models[0]!,
    ...(candidates && { candidates }),
  };
}

function firstRow(features: Matrix): Matrix {
  return { rows: 1, cols: features.cols, data: features.data.slice(0, features.cols) };
}

/** One query with all its cells. */
function oneRow(): TrainingTable {
  return { ...firstRows(train, 1), quality: matrix64(1, 3, Float64Array.of(0.9, 0.1, 0.2)) };
}

function withFeature(value: number): TrainingTable {
  const table = separableTable(60, 1);
  table.features.data[20] = value;
  return table;
}

function withQuality(value: number): TrainingTable {
  const table = separableTable(60, 1);
  table.quality.data[20] = value;
  return table;
}
