import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseManifest, serialiseManifest } from '../../src/artifacts/manifest.js';
import { seededRandom } from '../../src/math/random.js';
import { analyze } from '../../src/pipelines/analyze.js';
import { infer, type RoutedQuery } from '../../src/pipelines/infer.js';
import { train } from '../../src/pipelines/train.js';
import { renderText } from '../../src/report/text.js';
import { temporaryFolder } from '../temporary-folder.js';
import { configIn, jsonLines, listening, toyOutcomes } from './toy-project.js';

const project = temporaryFolder();
const OUTCOMES = toyOutcomes(400);
const MATH = 'polynomial triangle derivative';
const COOKING = 'butter garlic onion recipe';

beforeAll(async () => {
  project.write('outcomes.jsonl', jsonLines(OUTCOMES));
  project.write(
    'users.jsonl',
    jsonLines([
      { user_id: 3, preferences: { quality: 1, latency: 0, cost: 0 } },
      { user_id: 'miser', preferences: { quality: 0, latency: 0, cost: 1 } },
    ]),
  );
  project.write(
    'models.json',
    JSON.stringify({
      mathematician: { input_price: 2, output_price: 2 },
      cook: { input_price: 2, output_price: 2 },
      generalist: { input_price: 0.1, output_price: 0.1 },
    }),
  );
  await train(await settings(), listening());
}, 60_000);

const settings = (more: Record<string, unknown> = {}) =>
  configIn(project.path, {
    'data.users': join(project.path, 'users.jsonl'),
    'data.models': join(project.path, 'models.json'),
    'objective.quality_weight': 1,
    'train.folds': 4,
    ...more,
  });

const route = async (more: Record<string, unknown>, context = listening(), stdin?: Readable): Promise<RoutedQuery[]> =>
  collect(infer(await settings(more), context, stdin));
const ask = async (query: string, more: Record<string, unknown> = {}, context = listening()): Promise<RoutedQuery> =>
  (await route({ 'infer.query': query, ...more }, context))[0]!;

describe('what train leaves behind', () => {
  test('an artifact that names what it was made of', () => {
    const manifest = parseManifest(readFileSync(join(project.path, 'artifacts/manifest.json'), 'utf8'), 'manifest');
    expect(manifest.models).toEqual(['mathematician', 'cook', 'generalist']);
    expect(Object.values(manifest.data.split).reduce((sum, n) => sum + n)).toBe(400);
    expect(manifest.data.folds).toBe(4);
    expect(Object.keys(manifest.routers)).toContain(manifest.bestRouter);
    expect(manifest.routers[manifest.bestRouter]!.validation.quality).toBe(1);
  });

  test('the same bytes for the same seed, apart from the clock', async () => {
    const again = join(project.path, 'again');
    await train(await settings({ 'train.output_dir': again }), listening());
    for (const name of readdirSync(join(project.path, 'artifacts'))) {
      if (name === 'manifest.json') continue;
      expect(readFileSync(join(again, name)).equals(readFileSync(join(project.path, 'artifacts', name)))).toBe(true);
    }
  });

  test('nothing where training fails', async () => {
    const output = join(project.path, 'never');
    await expect(
      train(await settings({ 'train.output_dir': output, 'routers.knn': { k: 5, colour: 1 } }), listening()),
    ).rejects.toMatchObject({ code: 'VSR_ROUTER_PARAMS' });
    expect(existsSync(output)).toBe(false);
  });
});

describe('infer', () => {
  test('sends each kind of question to the model that is good at it, by every router', async () => {
    for (const router of ['knn', 'kmeans']) {
      expect((await ask(MATH, { 'infer.router': router })).decision.model).toBe('mathematician');
      expect((await ask(COOKING, { 'infer.router': router })).decision.model).toBe('cook');
    }
  });

  test("weighs by the user's preference, and lets the flag win", async () => {
    expect((await ask(MATH, { 'infer.user_id': '3' })).decision.model).toBe('mathematician');
    expect((await ask(MATH, { 'infer.user_id': 'miser' })).decision.model).toBe('generalist');
    expect((await ask(MATH, { 'infer.user_id': 'miser', 'infer.quality_weight': 1 })).decision.model).toBe(
      'mathematician',
    );
  });

  test('says that a user is new, and lets the weights of the artifact decide', async () => {
    const context = listening();
    const routed = await ask(MATH, { 'infer.user_id': 'stranger' }, context);
    expect(routed.decision).toMatchObject({ model: 'mathematician', reason: 'global_prior' });
    expect(context.notices).toEqual([
      'User stranger is new: no preference is known, the weights of the artifact decide.',
    ]);
  });

  test('explains by the texts it learned from', async () => {
    const { explained } = await ask(MATH, { 'infer.router': 'knn', 'infer.explain': true });
    expect(explained?.kind).toBe('neighbours');
    const texts = explained?.kind === 'neighbours' ? explained.neighbours.map(({ query }) => query) : [];
    expect(texts).toHaveLength(5);
    expect(texts.every((text) => OUTCOMES.some((row) => row.query === text && row.task_name === 'math'))).toBe(true);
  });

  test('routes a stream in order, each row for its own user', async () => {
    const rows = Array.from({ length: 600 }, (_, i) => ({
      query: i % 2 ? MATH : COOKING,
      ...(i === 599 && { user_id: 'miser' }),
    }));
    const routed = await route({ 'infer.input': '-' }, listening(), Readable.from([jsonLines(rows)]));
    const expected = rows.map((_, i) => (i === 599 ? 'generalist' : i % 2 ? 'mathematician' : 'cook'));
    expect(routed.map(({ decision }) => decision.model)).toEqual(expected);
  });

  test('refuses an unknown candidate and an unknown router with the nearest name', async () => {
    await expect(ask(MATH, { 'infer.candidates': ['cooks'] })).rejects.toMatchObject({
      code: 'VSR_MODEL_UNKNOWN',
      hint: 'Did you mean cook?',
    });
    await expect(ask(MATH, { 'infer.router': 'knnn' })).rejects.toMatchObject({
      code: 'VSR_ROUTER_UNKNOWN',
      hint: 'Did you mean knn?',
    });
  });

  test('thresholds: the cheapest model above its own, wherever that is', async () => {
    const thresholds = { 'infer.thresholds': { generalist: 0, mathematician: 0 } };
    const { decision } = await ask(MATH, thresholds);
    expect(decision).toMatchObject({ model: 'generalist', reason: 'cheapest_qualified', fallback: false });
    const high = await ask(MATH, { 'infer.thresholds': { generalist: 1, cook: 1 } });
    expect(high.decision).toMatchObject({ model: 'mathematician', reason: 'threshold_fallback', fallback: true });
  });

  test('refuses thresholds that are no probabilities, and those of unknown models', async () => {
    await expect(ask(MATH, { 'infer.thresholds': { cook: 70 } })).rejects.toMatchObject({
      code: 'VSR_CONFIG',
      message: 'infer.thresholds.cook: thresholds are probabilities from 0 to 1, got 70.',
      hint: 'Did you mean 0.7?',
    });
    await expect(ask(MATH, { 'infer.thresholds': { cooks: 0.7 } })).rejects.toMatchObject({
      code: 'VSR_MODEL_UNKNOWN',
      hint: 'Did you mean cook?',
    });
  });

  test('refuses an artifact of another encoder, naming both', async () => {
    const copy = temporaryCopy();
    const path = join(copy, 'manifest.json');
    const manifest = parseManifest(readFileSync(path, 'utf8'), path);
    writeFileSync(
      path,
      serialiseManifest({ ...manifest, embedder: { ...manifest.embedder, fingerprint: 'sha256:other' } }),
    );
    await expect(ask(MATH, { 'infer.artifacts': copy })).rejects.toMatchObject({
      code: 'VSR_ARTIFACT',
      message: expect.stringContaining('sha256:other'),
    });
  });

  test('100 flipped bytes anywhere in the artifact: refused, or the same scores', async () => {
    const copy = temporaryCopy();
    const random = seededRandom(5);
    const whole = (await ask(MATH, { 'infer.artifacts': copy })).decision;
    const names = readdirSync(copy);
    for (let trial = 0; trial < 100; trial++) {
      const path = join(copy, names[trial % names.length]!);
      const original = readFileSync(path);
      const damaged = Buffer.from(original);
      damaged[random.int(damaged.length)]! ^= 1 << random.int(8);
      writeFileSync(path, damaged);
      const outcome = await ask(MATH, { 'infer.artifacts': copy, 'infer.explain': true }).catch(
        (error: unknown) => error,
      );
      if (outcome instanceof Error) expect(outcome).toMatchObject({ code: 'VSR_ARTIFACT' });
      else expect((outcome as RoutedQuery).decision).toEqual(whole);
      writeFileSync(path, original);
    }
  });
});

describe('analyze', () => {
  test('finds that routing pays where it does, out of fold and on the held-out test', async () => {
    const { reports } = await analyze(await settings(), listening());
    expect(reports).toHaveLength(2);
    expect(reports[0].verdict).toMatchObject({ kind: 'route', n: 400 });
    // each model is right on half of the queries, the router on all
    expect(reports[0].verdict.delta).toBeGreaterThan(0.4);
    expect(reports[0].verdict.interval.low).toBeGreaterThan(0);
  });

  test('says what it is about, how simple routing grows, and how long a decision takes', async () => {
    const { reports } = await analyze(await settings(), listening());
    const { setup, learningCurve, latency } = reports[0];
    expect(setup!.models.map(({ model, inputPrice, outputPrice }) => [model, inputPrice, outputPrice])).toEqual([
      ['mathematician', 2, 2],
      ['cook', 2, 2],
      ['generalist', 0.1, 0.1],
    ]);
    expect(setup!.routers.map(({ name }) => name)).toEqual(['knn', 'kmeans']);
    expect(setup!.strays).toEqual({ unlearned: [], dataless: [] });
    const { cold, total, bytes } = setup!.overhead!;
    expect(cold).toBeGreaterThanOrEqual(0);
    expect(total.p50).toBeLessThanOrEqual(total.p99);
    expect(bytes).toBeGreaterThan(10_000);
    expect(learningCurve!.label).toBe('held-out test');
    const learned = learningCurve!.steps.map((step) => step.learned);
    expect(learned).toEqual(learned.toSorted((a, b) => a - b));
    // whoever knows the task is always right here
    expect(learningCurve!.steps.at(-1)!.lookup.quality).toBe(1);
    expect(latency).toBeNull();
    expect(reports.slice(1).every((report) => report.setup === undefined)).toBe(true);
    const text = await renderText(reports[0], { beside: reports.slice(1) });
    expect(text).toMatch(/Learning curve of simple routing[\s\S]*Configuration/);
    expect(text.split('\n').filter((line) => line.length > 100)).toEqual([]);
  });

  test('finds that it does not pay where no model is better anywhere', async () => {
    const same = temporaryFolderOf(
      toyOutcomes(400).map((row) => {
        const cell = { quality: 1, status: 'ok', cost: 1e-5 };
        return { ...row, outcomes: { a: cell, b: cell } };
      }),
    );
    const config = await configIn(same, { 'train.folds': 4 });
    await train(config, listening());
    const { reports } = await analyze(config, listening());
    expect(reports[0].verdict.kind).toBe('do-not-route');
  });

  test('says that twenty queries are too few to know', async () => {
    const few = temporaryFolderOf(toyOutcomes(20));
    const config = await configIn(few);
    await train(config, listening());
    const { reports } = await analyze(config, listening());
    expect(reports[0].verdict).toMatchObject({ kind: 'inconclusive', n: 20 });
  });
});

describe('leaks', () => {
  const leaky = () => {
    const rows = toyOutcomes(60).map((row, i) => ({ ...row, id: `q${i}`, split: i < 40 ? 'train' : 'test' }));
    return temporaryFolderOf([
      ...rows,
      { ...rows[0], id: 'copy', query: `  ${String(rows[0]!.query).toUpperCase()}!`, split: 'test' },
    ]);
  };
  test('stop training, with count, example and cure', async () => {
    await expect(train(await configIn(leaky()), listening())).rejects.toMatchObject({
      code: 'VSR_LEAK',
      hint: expect.stringContaining('--leak-check exclude'),
    });
  });
  test('are left out under exclude, and said', async () => {
    const context = listening();
    const leakyFolder = leaky();
    const { manifest } = await train(await configIn(leakyFolder, { 'train.leak_check': 'exclude' }), context);
    expect(manifest.data.split.test).toBe(20);
    expect(context.warnings.some((sentence) => sentence.includes('left out'))).toBe(true);
    const { reports } = await analyze(await configIn(leakyFolder), listening());
    expect(reports[0].data.leaks).toEqual({ count: 1, near: 0, excluded: true });
  });
  test('near ones are warned of, and left out under exclude', async () => {
    const long = Array.from({ length: 40 }, (_, i) => `word${i}`).join(' ');
    const rows = toyOutcomes(60).map((row, i) => ({ ...row, id: `q${i}`, split: i < 40 ? 'train' : 'test' }));
    const folder = temporaryFolderOf([
      ...rows,
      { ...rows[0], id: 'long', query: `${long} now`, split: 'train' },
      { ...rows[0], id: 'near', query: `${long} then`, split: 'test' },
    ]);
    const warned = listening();
    const kept = await train(await configIn(folder), warned);
    expect(kept.manifest.data.split.test).toBe(21);
    expect(warned.warnings.filter((text) => text.includes('1 query nearly stands in an earlier split'))).toHaveLength(
      1,
    );
    const dropped = await train(await configIn(folder, { 'train.leak_check': 'exclude' }), listening());
    expect(dropped.manifest.data.split.test).toBe(20);
  });
});

describe('calibration', () => {
  test('stands in the artifact, in every ranked model, and in the report before and after; choices do not move', async () => {
    const folder = temporaryFolderOf(toyOutcomes(200));
    const chosen: string[][] = [];
    for (const how of ['isotonic', 'none']) {
      const config = await configIn(folder, { 'train.calibrate': how, 'infer.query': MATH });
      const { manifest } = await train(config, listening());
      const [routed] = await collect(infer(config, listening()));
      const ranking = routed!.decision.ranking;
      chosen.push(ranking.map(({ model }) => model));
      const { reports } = await analyze(config, listening());
      const { eceCalibrated } = reports[0].calibration[0]!;
      if (how === 'none') {
        expect([manifest.routers.knn!.calibration, ranking[0]!.probability, eceCalibrated]).toEqual([
          undefined,
          undefined,
          null,
        ]);
        continue;
      }
      expect(manifest.routers.knn!.calibration).toMatchObject({
        method: 'isotonic',
        queries: manifest.data.split.validation,
      });
      expect(ranking.every(({ probability }) => probability! >= 0 && probability! <= 1)).toBe(true);
      expect(ranking.find(({ model }) => model === 'mathematician')!.probability).toBe(1);
      expect(eceCalibrated!).toBeLessThan(0.06);
    }
    expect(chosen[0]).toEqual(chosen[1]);
  });
});

describe('other splits and prices', () => {
  test('whole tasks are held out, and analyze judges on the same', async () => {
    const folder = temporaryFolderOf(toyOutcomes(120).map((row, i) => ({ ...row, task_name: `t${i % 6}` })));
    const config = await configIn(folder, { 'train.split_by': 'task', 'train.folds': 0 });
    const { manifest } = await train(config, listening());
    expect([manifest.data.splitBy, manifest.data.split]).toEqual(['task', { train: 80, validation: 20, test: 20 }]);
    const { reports } = await analyze(config, listening());
    expect([reports[0].data.queries, reports[0].data.tasks]).toEqual([20, 1]);
    await expect(analyze(await configIn(folder, { 'analyze.split_by': 'query' }), listening())).rejects.toMatchObject({
      code: 'VSR_USAGE',
      message: expect.stringContaining('was trained with --split-by task'),
    });
  });

  test('--prices makes new dollars out of the recorded tokens', async () => {
    const rows = toyOutcomes(80).map((row) => ({
      ...row,
      outcomes: Object.fromEntries(
        Object.entries(row.outcomes as Record<string, object>).map(([model, cell]) => [
          model,
          { ...cell, cost: 1, inputTokens: 100, outputTokens: 10 },
        ]),
      ),
    }));
    const folder = temporaryFolderOf(rows);
    const prices = join(folder, 'prices.json');
    const names = Object.keys(rows[0]!.outcomes);
    writeFileSync(prices, JSON.stringify({ [names[0]!]: { input_price: 2, output_price: 30 } }));
    await train(await configIn(folder), listening());
    const context = listening();
    const { reports } = await analyze(await configIn(folder, { 'analyze.prices': prices }), context);
    const costs = Object.fromEntries(reports[0].data.models.map(({ model, cost }) => [model, cost]));
    expect(costs[names[0]!]).toBeCloseTo((100 * 2 + 10 * 30) / 1e6, 12);
    expect(costs[names[1]!]).toBeCloseTo(1, 12);
    expect(context.warnings.some((text) => text.includes(`no price for ${names.slice(1).join(', ')}`))).toBe(true);
  });
});

test('a missing cell is no zero: a model that was asked rarely but well is still chosen', async () => {
  const rows = toyOutcomes(300).map((row, i) => {
    const { mathematician, ...rest } = row.outcomes as Record<string, unknown>;
    const asked = i % 10 === 0;
    return {
      ...row,
      outcomes: { ...rest, mathematician: asked ? mathematician : { quality: null, status: 'timeout' } },
    };
  });
  const folder = temporaryFolderOf(rows);
  const config = await configIn(folder, { 'objective.quality_weight': 1 });
  await train(config, listening());
  const [routed] = await collect(infer(await configIn(folder, { 'infer.query': MATH }), listening()));
  expect(routed!.decision.model).toBe('mathematician');
});

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

let copies = 0;
function temporaryFolderOf(rows: readonly unknown[]): string {
  const folder = join(project.path, `project-${copies++}`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'outcomes.jsonl'), jsonLines(rows));
  return folder;
}

function temporaryCopy(): string {
  const copy = join(project.path, `copy-${copies++}`);
  mkdirSync(copy);
  for (const name of readdirSync(join(project.path, 'artifacts')))
    copyFileSync(join(project.path, 'artifacts', name), join(copy, name));
  return copy;
}
