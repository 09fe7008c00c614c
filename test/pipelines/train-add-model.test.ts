// train --add-model: a model that was held out joins with a few dozen outcomes and is chosen where it is best.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { openEncoder } from '../../src/embeddings/registry.js';
import { infer } from '../../src/pipelines/infer.js';
import { addModel } from '../../src/pipelines/train/add-model.js';
import { train } from '../../src/pipelines/train.js';
import { openRouter, openTrained } from '../../src/pipelines/trained/trained-router.js';
import { temporaryFolder } from '../temporary-folder.js';
import { configIn, jsonLines, listening, type ToyRow, toyOutcomes } from './toy-project.js';

const project = temporaryFolder();
const ROWS = toyOutcomes(300);
const MATH = ['polynomial triangle derivative', 'prime matrix equation', 'integral fraction'];
const COOKING = ['butter garlic onion recipe', 'dough oven flour', 'sauce butter'];
const JOINED = ['knn', 'kmeans', 'mf'];

const only = (rows: readonly ToyRow[], models: readonly string[]): ToyRow[] =>
  rows.map((row) => ({ ...row, outcomes: Object.fromEntries(models.map((model) => [model, row.outcomes[model]])) }));

const settings = (more: Record<string, unknown> = {}) =>
  configIn(project.path, {
    'objective.quality_weight': 1,
    'train.router': [...JOINED, 'svm'],
    'train.engine': 'wasm',
    'train.folds': 0,
    'routers.knn': { k: 5, shrinkage: 1 },
    'routers.kmeans': { clusters: 4, shrinkage: 1 },
    'routers.mf': { num_factors: 4, learning_rate: 0.05, epochs: 20 },
    ...more,
  });
const joining = (name: string, more: Record<string, unknown> = {}) =>
  settings({
    'data.outcomes': join(project.path, 'new.jsonl'),
    'train.artifacts': join(project.path, 'artifacts'),
    'train.output_dir': join(project.path, name),
    ...more,
  });
const said = listening();

beforeAll(async () => {
  project.write('outcomes.jsonl', jsonLines(only(ROWS, ['cook', 'generalist'])));
  // Forty outcomes: half on queries of the artifact, half on others.
  const fresh = toyOutcomes(20, 9).map((row) => ({ ...row, query: `${row.query} again` }));
  const forty = [...ROWS.slice(0, 20), ...fresh].map((row) => ({ ...row, split: 'train' }));
  project.write('new.jsonl', jsonLines(only(forty, ['mathematician'])));
  await train(await settings(), listening());
  await addModel(await joining('joined'), 'mathematician', said);
}, 60_000);

const chosen = async (router: string, query: string) => {
  const config = await settings({
    'infer.artifacts': join(project.path, 'joined'),
    'infer.router': router,
    'infer.query': query,
  });
  for await (const { decision } of infer(config, listening())) return decision.model;
  throw new Error('no decision');
};

describe('a model that joins', () => {
  test.each(JOINED)('is chosen by %s where it is best, and not elsewhere', async (router) => {
    const models = await Promise.all([...MATH, ...COOKING].map((query) => chosen(router, query)));
    expect(models).toEqual([...MATH.map(() => 'mathematician'), ...COOKING.map(() => 'cook')]);
  });

  test.each(JOINED)('leaves the scores of the others in %s as they were', async (router) => {
    const before = await openTrained(join(project.path, 'artifacts'));
    const after = await openTrained(join(project.path, 'joined'));
    const { vectors } = await (await openEncoder({ model: 'static' })).embed([...MATH, ...COOKING]);
    const old = await (await openRouter(before, router)).score({ features: vectors });
    const joined = await (await openRouter(after, router)).score({ features: vectors });
    expect([old.cols, joined.cols]).toEqual([2, 3]);
    for (let q = 0; q < old.rows; q++) {
      expect([...joined.data.subarray(q * 3, q * 3 + 2)]).toEqual([...old.data.subarray(q * 2, q * 2 + 2)]);
    }
  });

  test('is named in the manifest with what it brought; a router that cannot take it in is left out with a sentence', async () => {
    const { manifest } = (await openTrained(join(project.path, 'joined'))).artifact;
    expect(manifest.models).toEqual(['cook', 'generalist', 'mathematician']);
    expect(Object.keys(manifest.routers)).toEqual(JOINED);
    expect(JOINED).toContain(manifest.bestRouter);
    expect(manifest.added).toMatchObject([{ model: 'mathematician', outcomes: 40 }]);
    expect(manifest.modelStats.mathematician).toMatchObject({ quality: 0.5, n: 40 });
    expect(said.warnings).toEqual([
      'svm is not in the new artifact: it takes in a model only when it is fitted anew, with vsr train on outcomes of all models.',
    ]);
  });

  test('joins pairwise factors by its wins and defeats, which need outcomes of the others', async () => {
    const pairwise = await settings({
      'train.router': ['mf'],
      'train.output_dir': join(project.path, 'pairs'),
      'routers.mf': { num_factors: 4, learning_rate: 0.05, epochs: 20, loss: 'bradley_terry' },
    });
    await train(pairwise, listening());
    const from = { 'train.artifacts': join(project.path, 'pairs') };
    await expect(addModel(await joining('alone', from), 'mathematician', listening())).rejects.toMatchObject({
      code: 'VSR_TRAINING_DATA',
    });
    expect(existsSync(join(project.path, 'alone/manifest.json'))).toBe(false);

    project.write('beside.jsonl', jsonLines(ROWS.slice(0, 60)));
    const beside = await joining('beside', { ...from, 'data.outcomes': join(project.path, 'beside.jsonl') });
    await addModel(beside, 'mathematician', listening());
    const router = await openRouter(await openTrained(join(project.path, 'beside')), 'mf');
    const { vectors } = await (await openEncoder({ model: 'static' })).embed([...MATH, ...COOKING]);
    const { data } = await router.score({ features: vectors });
    const best = Array.from({ length: 6 }, (_, q) => {
      const row = [...data.subarray(q * 3, q * 3 + 3)];
      return router.models[row.indexOf(Math.max(...row))];
    });
    expect(best).toEqual([...MATH.map(() => 'mathematician'), ...COOKING.map(() => 'cook')]);
  });

  test('never learns from test queries', async () => {
    const rows = only(ROWS, ['mathematician']).map((row, i) => ({ ...row, split: i < 30 ? 'train' : 'test' }));
    project.write('split.jsonl', jsonLines(rows));
    const context = listening();
    const config = await joining('split', { 'data.outcomes': join(project.path, 'split.jsonl') });
    const { manifest } = await addModel(config, 'mathematician', context);
    expect(manifest.added![0]!.outcomes).toBe(30);
    expect(context.notices).toEqual([
      '270 outcomes of mathematician are on test queries and are left for vsr analyze.',
    ]);
  });
});

describe('what is refused', () => {
  test('a model that the artifact knows, or that the file does not', async () => {
    await expect(addModel(await joining('x'), 'cook', listening())).rejects.toMatchObject({
      code: 'VSR_USAGE',
      message: expect.stringContaining('knows cook already'),
    });
    await expect(addModel(await joining('x'), 'chemist', listening())).rejects.toMatchObject({
      code: 'VSR_MODEL_UNKNOWN',
      message: expect.stringContaining('no scored outcome of chemist; it has mathematician.'),
    });
    expect(existsSync(join(project.path, 'x/manifest.json'))).toBe(false);
  });

  test('writing over the artifact that is read', async () => {
    await expect(addModel(await joining('artifacts'), 'mathematician', listening())).rejects.toMatchObject({
      code: 'VSR_USAGE',
      hint: 'Name another --output-dir.',
    });
  });

  test('outcomes on test queries alone', async () => {
    project.write('test.jsonl', jsonLines(only(ROWS, ['mathematician']).map((row) => ({ ...row, split: 'test' }))));
    const config = await joining('x', { 'data.outcomes': join(project.path, 'test.jsonl') });
    await expect(addModel(config, 'mathematician', listening())).rejects.toMatchObject({ code: 'VSR_TRAINING_DATA' });
  });
});

describe('a model that joins by its profile, and then by votes', () => {
  const learned = (more: Record<string, unknown> = {}) =>
    settings({
      'train.router': ['knn', 'rankrouter', 'autorouter'],
      'train.output_dir': join(project.path, 'catalogued'),
      'data.models': join(project.path, 'models.json'),
      'routers.knn': {},
      'routers.rankrouter': { embedding_dim: 16, cluster_dim: 8, id_dim: 8, learning_rate: 0.003, epochs: 5 },
      'routers.autorouter': { hidden_layers: [16], learning_rate: 0.01 },
      ...more,
    });
  /** Sixty queries that the others answered, the first `k` of them the newcomer too, and always right. */
  const joinedBy = async (k: number) => {
    const name = `by-${k}`;
    const others = only(ROWS.slice(k, 60), ['cook', 'generalist']);
    project.write(
      `${name}.jsonl`,
      jsonLines([...ROWS.slice(0, k).map(alwaysRight), ...others].map((row) => ({ ...row, split: 'train' }))),
    );
    const context = listening();
    const more = {
      'data.outcomes': join(project.path, `${name}.jsonl`),
      'train.artifacts': join(project.path, 'catalogued'),
      'train.output_dir': join(project.path, name),
    };
    const { manifest } = await addModel(await learned(more), 'mathematician', context);
    return { manifest, context, artifacts: join(project.path, name) };
  };

  const alwaysRight = (row: ToyRow): ToyRow => ({
    ...row,
    outcomes: { ...row.outcomes, mathematician: { quality: 1, status: 'ok' } },
  });

  beforeAll(async () => {
    const size = (billions: number) => ({
      size: `${billions}B`,
      input_price: billions / 10,
      output_price: billions / 10,
    });
    project.write('models.json', JSON.stringify({ cook: size(1), generalist: size(9), mathematician: size(70) }));
    await train(await learned(), listening());
  }, 60_000);

  test('0 outcomes: its catalogue entry is enough for the towers; who needs outcomes leaves it out, with a sentence', async () => {
    const { manifest, context, artifacts } = await joinedBy(0);
    expect(Object.keys(manifest.routers)).toEqual(['rankrouter', 'autorouter']);
    expect(context.warnings).toEqual([
      'mathematician has no outcome: routers know of it what the catalogue says, and no more.',
      'knn is not in the new artifact: a model joins by its outcomes, and mathematician has none.',
    ]);
    expect(manifest.modelStats.mathematician).toMatchObject({ n: 0, inputPrice: 7, cost: null, outputTokens: 20 });
    const masked = async (more: Record<string, unknown> = {}) => {
      const asked = { 'infer.artifacts': artifacts, 'infer.router': 'autorouter', 'infer.query': MATH[0], ...more };
      for await (const { decision } of infer(await settings(asked), listening())) return decision.masked;
    };
    expect(await masked()).toEqual({ mathematician: 'cold_start' });
    expect(await masked({ 'infer.candidates': ['cook', 'mathematician'] })).toEqual({ generalist: 'not_a_candidate' });
  });

  test('10 and 50 outcomes: the more it wins the oftener it leads, and from 30 on autorouter trusts it', async () => {
    const lead = async (artifacts: string) => {
      const { artifact, ...trained } = await openTrained(artifacts);
      const router = await openRouter({ artifact }, 'rankrouter');
      const { vectors } = await trained.encoder.embed(MATH);
      const { data } = await router.score({ features: vectors });
      return MATH.reduce((sum, _, q) => sum + data[q * 3 + 2]! - Math.max(data[q * 3]!, data[q * 3 + 1]!), 0);
    };
    const [none, ten, fifty] = [await joinedBy(0), await joinedBy(10), await joinedBy(50)];
    expect(await lead(ten.artifacts)).toBeGreaterThan(await lead(none.artifacts));
    expect(await lead(fifty.artifacts)).toBeGreaterThan(await lead(ten.artifacts));
    expect([ten, fifty].map(({ manifest }) => manifest.routers.autorouter!.coldStart)).toEqual([
      ['mathematician'],
      undefined,
    ]);
  });

  test('a model that neither outcomes nor the catalogue know is refused', async () => {
    const more = {
      'data.outcomes': join(project.path, 'outcomes.jsonl'),
      'train.artifacts': join(project.path, 'catalogued'),
      'train.output_dir': join(project.path, 'nobody'),
    };
    await expect(addModel(await learned(more), 'nobody', listening())).rejects.toMatchObject({
      code: 'VSR_MODEL_UNKNOWN',
      hint: expect.stringContaining('catalogue'),
    });
  });
});
