// Data of others: the auto-router's training JSON, and vectors made before.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readOutcomes } from '../../src/data/read-outcomes.js';
import { convert } from '../../src/pipelines/convert.js';
import { embed } from '../../src/pipelines/embed.js';
import { train } from '../../src/pipelines/train.js';
import { temporaryFolder } from '../temporary-folder.js';
import { configIn, jsonLines, listening, toyOutcomes } from './toy-project.js';

const project = temporaryFolder();
const at = (name: string) => join(project.path, name);

describe("the auto-router's training JSON", () => {
  const row = {
    idx: 0,
    prompt: 'What is shown?',
    answer: 4,
    images: ['iVBORw0KGgoAAAA='],
    model_scores: { a: 1, b: null },
  };
  const converted = async (rows: unknown) => {
    project.write('published.json', JSON.stringify(rows));
    const more = {
      'convert.from': 'autorouter',
      'convert.input': at('published.json'),
      'convert.output': at('rows.jsonl'),
    };
    return convert(await configIn(project.path, { ...more, 'convert.overwrite': true }), listening());
  };

  test('becomes outcomes: images as data: URLs, a score that is missing stays missing', async () => {
    const { held } = await converted([row, { prompt: 'And 2 + 2?', answer: '4', model_scores: { a: 0, b: 1 } }]);
    expect(held[0]).toContain('2 queries, 1 with images');
    const { rows } = await readOutcomes(at('rows.jsonl'));
    expect(
      rows.map(({ query, outcomes }) => [query.images, query.groundTruth, outcomes.a!.quality, outcomes.b!.quality]),
    ).toEqual([
      [['data:image/png;base64,iVBORw0KGgoAAAA='], '4', 1, null],
      [[], '4', 0, 1],
    ]);
  });

  test.each([
    [
      { ...row, model_scores: { a: 2 } },
      /published\.json\[0\]\.model_scores\.a must be a number in \[0, 1\] or null, got 2\./,
    ],
    [{ ...row, images: ['hello'] }, /published\.json\[0\]\.images\[0\] must be a PNG, JPEG, GIF or WebP in Base64/],
    [{ ...row, prompt: ' ' }, /published\.json\[0\]: query must be a text that is not blank/],
  ])('a row that is none is a sentence with its place (%#)', async (bad, message) => {
    await expect(converted([bad])).rejects.toThrow(message);
  });
});

describe('vectors made before', () => {
  const trained = (file: string, output: string, more: Record<string, unknown> = {}) =>
    configIn(project.path, {
      'data.embeddings': file === '' ? undefined : at(file),
      'train.output_dir': at(output),
      'train.router': ['knn'],
      'train.folds': 0,
      ...more,
    }).then((config) => train(config, listening()));

  beforeAll(async () => {
    project.write('outcomes.jsonl', jsonLines(toyOutcomes(60)));
    const config = { 'embed.input': at('outcomes.jsonl'), 'embed.output': at('vectors.npy') };
    await embed(await configIn(project.path, config), listening());
  });

  test('train as those that are made now', async () => {
    await trained('vectors.npy', 'given');
    await trained('', 'made');
    const tensors = (name: string) => readFileSync(join(at(name), 'knn.safetensors'));
    expect(tensors('given').equals(tensors('made'))).toBe(true);
  });

  test('of other rows, another width or another encoder are refused', async () => {
    project.write('outcomes.jsonl', jsonLines(toyOutcomes(61)));
    await expect(trained('vectors.npy', 'rows')).rejects.toThrow(
      /vectors\.npy: expected 61 rows, one a query of the data, got \[60×128\]\./,
    );
    project.write('outcomes.jsonl', jsonLines(toyOutcomes(60).reverse()));
    await expect(trained('vectors.npy', 'order')).rejects.toThrow(/is not what static makes of it \(cosine /);
    await expect(trained('vectors.npy', 'width', { 'embedding.model': 'hash' })).rejects.toThrow(
      'vectors are 128 wide, those of hash 768.',
    );
  });
});
