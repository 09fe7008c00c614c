// Encoders that die, change or are of an older artifact: what training and inference do then.
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Manifest, parseManifest, serialiseManifest } from '../../src/artifacts/manifest.js';
import { infer, type RoutedQuery } from '../../src/pipelines/infer.js';
import { train } from '../../src/pipelines/train.js';
import { type Asked, loopbackServer } from '../http/loopback-server.js';
import { temporaryFolder } from '../temporary-folder.js';
import { configIn, jsonLines, listening, toyOutcomes } from './toy-project.js';

const project = temporaryFolder();
const at = (...names: string[]) => join(project.path, ...names);
const server = await loopbackServer();
const MATH = 'integral of a polynomial';
const COOKING = 'garlic and butter in the oven';

const inputs = ({ body }: Asked): string[] => JSON.parse(body).input;
/** Two numbers: does a text speak of mathematics? */
const vectorOf = (text: string) =>
  /derivative|integral|equation|triangle|polynomial|prime/.test(text) ? [1, 0.1] : [0.1, 1];
const answering = (asked: Asked) => ({
  body: JSON.stringify({ data: inputs(asked).map((text, index) => ({ index, embedding: vectorOf(text) })), usage: {} }),
});

const settings = (output: string, more: Record<string, unknown> = {}) => ({
  'train.output_dir': at(output),
  'infer.artifacts': at(output),
  'train.router': ['knn'],
  'train.folds': 0,
  'routers.knn': { k: 5 },
  ...more,
});
const remote = (output: string, more: Record<string, unknown> = {}) =>
  configIn(
    project.path,
    settings(output, {
      'embedding.source': 'openai',
      'embedding.url': server.origin,
      'embedding.model': 'some-model',
      'embedding.max_retries': 0,
      ...more,
    }),
  );

async function route(config: Awaited<ReturnType<typeof configIn>>, context = listening()): Promise<RoutedQuery> {
  for await (const routed of infer(config, context)) return routed;
  throw new Error('no decision');
}

function withManifest(from: string, to: string, change: (manifest: Manifest) => unknown): void {
  cpSync(at(from), at(to), { recursive: true });
  const path = at(to, 'manifest.json');
  writeFileSync(path, serialiseManifest(change(parseManifest(readFileSync(path, 'utf8'), path)) as Manifest));
}

beforeAll(async () => {
  project.write('outcomes.jsonl', jsonLines(toyOutcomes(80)));
  await train(await configIn(project.path, settings('static')), listening());
});

describe('an encoder on a server', () => {
  test('embeds every text once: a second training asks for none of them again', async () => {
    server.script(answering);
    await train(await remote('served'), listening());
    const texts = server.asked.flatMap(inputs);
    const queries = toyOutcomes(80).map(({ query }) => query);
    expect(queries.filter((query) => texts.includes(query)).length).toBeGreaterThan(60);
    server.script(answering);
    await train(await remote('served'), listening());
    const again = server.asked.flatMap(inputs);
    expect(queries.filter((query) => again.includes(query))).toEqual([]);
  });

  test('that dies before infer leaves the default model, and says why', async () => {
    server.script(answering);
    const { manifest } = await train(await remote('dies'), listening());
    const alive = await route(await remote('dies', { 'infer.query': MATH }));
    expect(alive.decision).toMatchObject({ model: 'mathematician', fallback: false });
    server.script({ status: 500, body: '{}' });
    const context = listening();
    const { decision } = await route(await remote('dies', { 'infer.query': MATH }), context);
    expect(decision).toMatchObject({
      model: manifest.bestSingle,
      reason: 'embedding_unavailable',
      fallback: true,
      ranking: [],
    });
    expect(context.warnings).toContainEqual(
      expect.stringContaining('Without an embedding the default model is chosen.'),
    );
  });

  test('that is dead at training: refused with the way out, which --use-fallback takes', async () => {
    server.script({ status: 500, body: '{}' });
    const cache = { 'embedding.cache_dir': at('another cache') };
    await expect(train(await remote('fallback', cache), listening())).rejects.toMatchObject({
      hint: expect.stringContaining('--use-fallback'),
    });
    const context = listening();
    const config = await remote('fallback', { ...cache, 'embedding.use_fallback': true });
    expect((await train(config, context)).manifest.embedder.id).toBe('lexical');
    expect(context.warnings).toContainEqual(expect.stringContaining('Going on with lexical features (--use-fallback)'));
    const own = (query: string) => configIn(project.path, settings('fallback', { 'infer.query': query }));
    expect((await route(await own(MATH))).decision.model).toBe('mathematician');
    expect((await route(await own(COOKING))).decision.model).toBe('cook');
  });
});

test('several encoders: another weight is another encoder, and the artifact is refused with both fingerprints', async () => {
  const several = { 'embedding.encoders': ['static', 'lexical'], 'embedding.lexical_dim': 64 };
  const { manifest } = await train(await configIn(project.path, settings('several', several)), listening());
  const { parts, fingerprint } = manifest.embedder;
  withManifest('several', 'heavier', (whole) => ({
    ...whole,
    embedder: { ...whole.embedder, parts: [parts![0], { ...parts![1], weight: 2 }] },
  }));
  await expect(route(await configIn(project.path, settings('heavier', { 'infer.query': MATH })))).rejects.toMatchObject(
    {
      code: 'VSR_ARTIFACT',
      message: expect.stringMatching(
        new RegExp(`another encoder: expected static\\+lexical ${fingerprint}.* here is static\\+lexical sha256:`),
      ),
    },
  );
});

test('an artifact from before parts, categories and engines were kept opens and decides the same', async () => {
  withManifest(
    'static',
    'old',
    ({ embedder, features, people: _people, engine: _engine, ...rest }: Manifest & { engine?: unknown }) => ({
      ...rest,
      embedder: { id: embedder.id, fingerprint: embedder.fingerprint, dim: embedder.dim },
      features: { dim: features.dim },
    }),
  );
  for (const query of [MATH, COOKING]) {
    const [now, then] = await Promise.all(
      ['static', 'old'].map(async (output) =>
        route(await configIn(project.path, settings(output, { 'infer.query': query }))),
      ),
    );
    expect(then!.decision).toEqual(now!.decision);
  }
});

test('a query of 10 MB is decided like its beginning', async () => {
  const decided = async (query: string) => {
    project.write('long.jsonl', jsonLines([{ query }]));
    return (await route(await configIn(project.path, settings('static', { 'infer.input': at('long.jsonl') })))).decision
      .model;
  };
  expect(await decided(`butter garlic oven flour ${'x'.repeat(10_000_000)}`)).toBe('cook');
});

test('rows carry the categories of a list of their own, at training and at inference', async () => {
  const rows = toyOutcomes(80).map((row) => ({
    ...row,
    query: `word ${row.query.split(' ').at(-1)}`,
    category: row.task_name,
  }));
  project.write('own.jsonl', jsonLines(rows));
  const own = {
    'data.outcomes': at('own.jsonl'),
    'features.category': { labels: ['cooking', 'math'], weight: 2 },
  };
  const { manifest } = await train(await configIn(project.path, settings('own', own)), listening());
  expect(manifest.features.categories).toEqual(['cooking', 'math', 'other']);
  const choice = async (category: string) =>
    (await route(await configIn(project.path, settings('own', { 'infer.query': 'word', 'infer.category': category }))))
      .decision.model;
  expect([await choice('math'), await choice('cooking')]).toEqual(['mathematician', 'cook']);
});
