// Images from rows to decisions: embedded where the encoder sees, routed by where the router looks, and said openly where neither does.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { bareQuery } from '../../src/data/query.js';
import { VsrError } from '../../src/errors/vsr-error.js';
import { analyze } from '../../src/pipelines/analyze.js';
import { embed } from '../../src/pipelines/embed.js';
import { decisionRow } from '../../src/pipelines/infer/decision-row.js';
import { scoreBlock } from '../../src/pipelines/infer/score-block.js';
import { infer } from '../../src/pipelines/infer.js';
import { train } from '../../src/pipelines/train.js';
import { openRouter, openTrained } from '../../src/pipelines/trained/trained-router.js';
import { temporaryFolder } from '../temporary-folder.js';
import { pictureConfig, pictureProject, ROWS } from './picture-project.js';
import { jsonLines, listening } from './toy-project.js';

const project = temporaryFolder();
const at = (...names: string[]) => join(project.path, ...names);
const said = listening();

const settings = (more: Record<string, unknown> = {}) => pictureConfig(project.path, more);

beforeAll(async () => {
  await pictureProject(project);
  await train(await settings(), said);
}, 60_000);

async function decisions(more: Record<string, unknown>, context = listening()) {
  const found = [];
  for await (const routed of infer(await settings(more), context)) found.push(decisionRow(routed));
  return found as { model: string; reason: string; degraded?: string; masked: Record<string, string> }[];
}
const asked = (image: string | undefined, more: Record<string, unknown> = {}) =>
  decisions({ 'infer.query': 'a b', ...(image !== undefined && { 'infer.image': image }), ...more }).then(
    ([one]) => one!,
  );

describe('a router that saw images', () => {
  test('tells pictures apart that are asked about with the same words', async () => {
    expect([(await asked(at('red-0.png'))).model, (await asked(at('green-1.png'))).model]).toEqual(['seeing', 'blind']);
    const url = `data:image/png;base64,${readFileSync(at('red-3.png')).toString('base64')}`;
    expect(await asked(url)).toMatchObject({ model: 'seeing', reason: 'cheapest_qualified' });
    expect('degraded' in (await asked(url))).toBe(false);
  });

  test('rows bring their images, by paths from their own folder', async () => {
    const queries = ROWS.slice(0, 30).map(({ id, query, images }) => ({ id, query, ...(images && { images }) }));
    project.write('queries.jsonl', jsonLines(queries));
    const found = await decisions({ 'infer.input': at('queries.jsonl') });
    expect(found.map(({ model }) => model)).toEqual(
      queries.map(({ id }) => (id.startsWith('red') ? 'seeing' : 'blind')),
    );
  });

  test('questions with one text and different pictures are different queries, on both sides of the split', async () => {
    const { reports } = await analyze(await settings(), listening());
    const [{ arms }] = reports;
    expect(reports[0].data.queries).toBeGreaterThan(10);
    expect(arms.find(({ name }) => name === 'autorouter')?.quality).toBeGreaterThan(0.9);
  });

  test('vectors made before hold text and image side by side', async () => {
    const vectors = { 'embed.input': at('outcomes.jsonl'), 'embed.output': at('vectors.npy') };
    await embed(await settings(vectors), listening());
    const more = { 'train.output_dir': at('given'), 'infer.artifacts': at('given') };
    await train(await settings({ ...more, 'data.embeddings': at('vectors.npy') }), listening());
    expect([(await asked(at('red-0.png'), more)).model, (await asked(at('green-1.png'), more)).model]).toEqual([
      'seeing',
      'blind',
    ]);
  });

  test('an image that cannot be read is a sentence with its query', async () => {
    await expect(asked('nowhere.png')).rejects.toMatchObject({
      code: 'VSR_DATA',
      message: expect.stringMatching(
        /^--image: the image of query [0-9a-f]{16} cannot be read: .*nowhere\.png does not exist\.$/,
      ),
    });
    await expect(asked('https://pictures.test/x.png')).rejects.toThrow('is not fetched unless that is allowed.');
  });

  test('a tower that fails leaves the text to decide, with a warning', async () => {
    const trained = await openTrained(at('artifacts'));
    const router = await openRouter(trained, 'autorouter');
    const failing = async () => {
      throw new VsrError('VSR_ENGINE', 'The tower fell.');
    };
    const images = { dim: 2, embed: failing };
    const query = { ...bareQuery('a b'), images: [at('red-0.png')] };
    const context = listening();
    const where = { askers: undefined, file: 'queries.jsonl' };
    const down = { ...trained, encoder: { ...trained.encoder, images } };
    const scored = await scoreBlock(down, router, [query], where, context);
    expect(scored?.images).toBeUndefined();
    expect(context.warnings).toEqual(['The tower fell. The images count for nothing, the texts decide.']);
    const textAlone = await scoreBlock(trained, router, [bareQuery('a b')], where, listening());
    expect(scored?.scores).toEqual(textAlone?.scores);
  });

  test('models that are said to be blind get no image; where nobody may, the sentence says how to declare it', async () => {
    const file = at('artifacts', 'models.json');
    const declared = JSON.stringify({ seeing: { modalities: ['text', 'image'] }, blind: { modalities: ['text'] } });
    project.write('models.json', declared);
    await train(await settings({ 'data.models': at('models.json') }), listening());
    expect(JSON.parse(readFileSync(file, 'utf8')).blind.modalities).toEqual(['text']);
    expect(await asked(at('green-1.png'))).toMatchObject({
      model: 'seeing',
      reason: 'only_candidate',
      masked: { blind: 'no_image_support' },
    });
    expect((await asked(undefined)).masked).toEqual({});
    await expect(
      asked(at('green-1.png'), { 'infer.candidates': ['blind'], 'infer.fallback': 'blind' }),
    ).rejects.toMatchObject({
      code: 'VSR_DATA',
      message:
        '--query: no candidate can take it (seeing: not_a_candidate, blind: no_image_support), nor can the fallback.',
      hint: expect.stringContaining('"modalities": ["text", "image"]'),
    });
  });
});

describe('without', () => {
  test('an encoder that sees, rows count as their texts, and training says so', async () => {
    const context = listening();
    const more = { 'embedding.path': undefined, 'train.output_dir': at('blind'), 'infer.artifacts': at('blind') };
    await train(await settings(more), context);
    expect(context.notices.join('\n')).toContain('carry images, and static reads texts alone');
    expect(await asked(at('red-0.png'), more)).toMatchObject({ degraded: 'image' });
  });

  test('a router that looks, training says which know the texts alone', async () => {
    const context = listening();
    await train(await settings({ 'train.router': ['knn'], 'train.output_dir': at('knn') }), context);
    expect(context.notices.join('\n')).toMatch(/queries carry images; knn knows their texts alone\./);
  });

  test('--query, --image is refused', async () => {
    await expect(decisions({ 'infer.input': at('queries.jsonl'), 'infer.image': 'x.png' })).rejects.toMatchObject({
      code: 'VSR_USAGE',
    });
  });

  test('its file, a row of training is named', async () => {
    rmSync(at('red-0.png'));
    await expect(train(await settings({ 'embedding.cache_dir': at('fresh') }), listening())).rejects.toMatchObject({
      code: 'VSR_DATA',
      message: expect.stringMatching(
        /outcomes\.jsonl: the image of query red-0 cannot be read: .*red-0\.png does not exist\.$/,
      ),
    });
  });
});
