// What train, infer and convert cannot use is refused by a sentence, or learned from with a warning; nothing half-written stays.
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { convert } from '../../src/pipelines/convert.js';
import { infer } from '../../src/pipelines/infer.js';
import { train } from '../../src/pipelines/train.js';
import { temporaryFolder } from '../temporary-folder.js';
import { configIn, jsonLines, listening, type ToyRow, toyOutcomes } from './toy-project.js';

const project = temporaryFolder();
const at = (...names: string[]) => join(project.path, ...names);
const ROUTERS = ['knn', 'kmeans', 'svm', 'mlp', 'mf'];
const MODELS = ['mathematician', 'cook', 'generalist'];
const cell = (quality: number) => ({ quality, status: 'ok' });

let runs = 0;
async function trained(rows: readonly object[], more: Record<string, unknown> = {}) {
  const name = `run-${runs++}`;
  project.write(`${name}.jsonl`, jsonLines(rows));
  const context = listening();
  const config = await configIn(project.path, {
    'data.outcomes': at(`${name}.jsonl`),
    'train.output_dir': at(name),
    'train.router': ROUTERS,
    'train.folds': 0,
    'train.engine': 'wasm',
    'routers.mlp': { epochs: 2, ensemble: 1 },
    'routers.mf': { epochs: 2 },
    ...more,
  });
  const result = train(config, context);
  return { name, context, result };
}

async function scoresOf(name: string, router: string): Promise<readonly number[]> {
  const config = await configIn(project.path, {
    'infer.artifacts': at(name),
    'infer.router': router,
    'infer.query': 'integral of a polynomial',
  });
  for await (const { decision } of infer(config, listening())) return decision.ranking.map(({ score }) => score);
  throw new Error('no decision');
}

const withCells = (rows: readonly ToyRow[], of: (row: ToyRow) => Record<string, unknown>) =>
  rows.map((row) => ({ ...row, outcomes: of(row) }));

/** Every router is written, and scores a query with finite numbers. */
async function allWork(name: string, models: number) {
  for (const router of ROUTERS) {
    const scores = await scoresOf(name, router);
    expect({ router, models: scores.length, finite: scores.every(Number.isFinite) }).toEqual({
      router,
      models,
      finite: true,
    });
  }
}

describe('training data that tells little', () => {
  test('one class only: the same model is best for every query', async () => {
    const rows = withCells(toyOutcomes(40), () => ({ mathematician: cell(1), cook: cell(0), generalist: cell(0) }));
    const { name, result } = await trained(rows);
    await result;
    await allWork(name, 3);
  });

  test('every model equally good everywhere: svm, mlp and mf say so and give means', async () => {
    const { name, context, result } = await trained(
      withCells(toyOutcomes(40), () => Object.fromEntries(MODELS.map((model) => [model, cell(0.5)]))),
    );
    await result;
    for (const router of ['svm', 'mlp', 'mf']) {
      expect(context.warnings.filter((sentence) => sentence.startsWith(`${router}: `))).toHaveLength(1);
    }
    await allWork(name, 3);
  });

  test('a model without any outcome is left out with a warning', async () => {
    const rows = withCells(toyOutcomes(40), ({ outcomes }) => ({
      ...outcomes,
      cook: { quality: null, status: 'timeout' },
    }));
    const { name, context, result } = await trained(rows);
    expect((await result).manifest.models).toEqual(['mathematician', 'generalist']);
    expect(context.warnings).toContain(`${at(`${name}.jsonl`)}: model cook has no scored outcome and is left out.`);
    await allWork(name, 2);
  });

  test('a model with outcomes outside the learning rows alone is refused, and nothing is written', async () => {
    const rows = toyOutcomes(40).map((row, i) => ({
      ...row,
      split: i < 30 ? 'train' : i < 35 ? 'validation' : 'test',
      outcomes: i < 30 ? { ...row.outcomes, cook: { quality: null, status: 'timeout' } } : row.outcomes,
    }));
    const { name, result } = await trained(rows);
    await expect(result).rejects.toMatchObject({
      code: 'VSR_TRAINING_DATA',
      message: 'Model cook has no outcome in the training rows.',
      hint: 'Benchmark cook on them, or leave it out of the outcomes.',
    });
    expect(existsSync(at(name))).toBe(false);
  });

  test('fewer rows than k, than clusters and than a batch: clamped and said', async () => {
    const more = { 'routers.knn': { k: 50 }, 'routers.kmeans': { clusters: 40 } };
    const { name, context, result } = await trained(toyOutcomes(12), more);
    const { rows } = { rows: (await result).manifest.data.queries };
    expect(rows).toBe(12);
    expect(context.warnings).toContainEqual(
      expect.stringMatching(/^knn: k is 50, but there are only \d+ training queries/),
    );
    expect(context.warnings).toContainEqual(
      expect.stringMatching(/^kmeans: clusters is 40, but there are only \d+ distinct training queries/),
    );
    await allWork(name, 3);
  });

  test('texts that all embed alike: one warning, and every router still answers', async () => {
    const rows = toyOutcomes(40).map((row, i) => ({ ...row, query: '\u2603'.repeat(1 + i) }));
    const { name, context, result } = await trained(rows, { 'train.leak_check': 'warn' });
    await result;
    expect(context.warnings.filter((sentence) => sentence.includes('have the same vector from static'))).toHaveLength(
      1,
    );
    await allWork(name, 3);
  });

  test('a single query is learned from', async () => {
    const { name, result } = await trained([{ ...toyOutcomes(1)[0], split: 'train' }]);
    await result;
    await allWork(name, 3);
  });
});

describe('a search space', () => {
  const refusals: [string, Record<string, unknown>, string, string][] = [
    [
      'an unknown router',
      { mpl: { dropout: [0.1] } },
      'VSR_CONFIG_KEY_UNKNOWN',
      'train.space.mpl: no router of that name',
    ],
    [
      'an unknown parameter',
      { mlp: { hiden: [[1]] } },
      'VSR_CONFIG_KEY_UNKNOWN',
      'train.space.mlp.hiden: mlp has no such',
    ],
    [
      'a value out of range',
      { mf: { num_factors: [0] } },
      'VSR_ROUTER_PARAMS',
      'routers.mf.num_factors: expected a whole',
    ],
  ];
  test.each(refusals)('with %s is refused before any work', async (_, space, code, start) => {
    const { name, result } = await trained(toyOutcomes(12), { 'train.tune': 1, 'train.space': space });
    await expect(result).rejects.toMatchObject({ code, message: expect.stringContaining(start) });
    expect(existsSync(at(name))).toBe(false);
  });
});

describe('a folder that is not ours', () => {
  const fold = (name: string, file: string) => {
    mkdirSync(at(name), { recursive: true });
    project.write(join(name, file), 'not a graph');
    return at(name);
  };
  test.each(['model.onnx', 'saved_model.pb'])('with %s: no artifact and no models', async (file) => {
    const folder = fold(`foreign-${file}`, file);
    const opened = await configIn(project.path, { 'infer.artifacts': folder, 'infer.query': 'x' });
    await expect(infer(opened, listening()).next()).rejects.toMatchObject({
      code: 'VSR_ARTIFACT',
      message: `${folder}: expected manifest.json, found ${file}, a graph of something else.`,
    });
    const read = await configIn(project.path, { 'convert.from': 'semantic-router', 'convert.input': folder });
    await expect(convert(read, listening())).rejects.toMatchObject({
      code: 'VSR_ARTIFACT',
      message: expect.stringContaining(`found ${file}, a graph without what was learned from.`),
    });
    const out = { 'convert.to': 'onnx', 'convert.input': folder, 'convert.output': at('never') };
    await expect(convert(await configIn(project.path, out), listening())).rejects.toMatchObject({
      code: 'VSR_ARTIFACT',
    });
    expect(existsSync(at('never'))).toBe(false);
    expect(readdirSync(folder)).toEqual([file]);
  });

  test.each(['{"algorithm": "knn", "k": NaN}', '{"algorithm": "mlp", "dropout": -Infinity}'])(
    'a file with a number that is not finite (%s)',
    async (text) => {
      mkdirSync(at('nan'), { recursive: true });
      project.write(join('nan', 'knn_model.json'), text);
      const read = await configIn(project.path, { 'convert.from': 'semantic-router', 'convert.input': at('nan') });
      await expect(convert(read, listening())).rejects.toMatchObject({
        code: 'VSR_ARTIFACT',
        message: `${at('nan', 'knn_model.json')}: it holds NaN or Infinity, expected finite numbers.`,
      });
    },
  );

  test('that does not exist', async () => {
    const read = await configIn(project.path, { 'convert.from': 'semantic-router', 'convert.input': at('nowhere') });
    await expect(convert(read, listening())).rejects.toMatchObject({
      message: expect.stringContaining('found no such folder.'),
    });
  });
});
