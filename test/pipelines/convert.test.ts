// convert and train --export over a small trained project.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { openArtifactDirectory } from '../../src/artifacts/artifact-directory.js';
import { askForeign, readForeignFile } from '../../src/artifacts/foreign/semantic-router/semantic-router.js';
import { readOutcomes } from '../../src/data/read-outcomes.js';
import { onnxToGraph } from '../../src/inference/onnx/read-onnx.js';
import { readSavedModel } from '../../src/inference/saved-model/read-saved-model.js';
import { semanticRouterFeature } from '../../src/pipelines/convert/one-hot.js';
import { convert } from '../../src/pipelines/convert.js';
import { train } from '../../src/pipelines/train.js';
import { openTrained } from '../../src/pipelines/trained/trained-router.js';
import { temporaryFolder } from '../temporary-folder.js';
import { configIn, jsonLines, listening, toyOutcomes } from './toy-project.js';

const project = temporaryFolder();
const at = (name: string) => join(project.path, name);
const settings = { 'train.folds': 0, 'train.router': ['knn', 'kmeans', 'svm', 'mlp', 'mf'], 'routers.knn': { k: 5 } };
const run = async (asked: Record<string, unknown>) =>
  convert(
    await configIn(
      project.path,
      Object.fromEntries(Object.entries(asked).map(([key, value]) => [`convert.${key}`, value])),
    ),
    listening(),
  );

beforeAll(async () => {
  project.write('outcomes.jsonl', jsonLines(toyOutcomes(120)));
  await train(await configIn(project.path, { ...settings, 'train.export': ['onnx', 'saved-model'] }), listening());
});

describe('train --export', () => {
  test('writes every graph into the artifact, hashed by the manifest, with models and encoder', async () => {
    const artifact = openArtifactDirectory(at('artifacts'));
    const { models, embedder } = artifact.manifest;
    for (const name of settings['train.router']) {
      const pb = `${name}_saved_model/saved_model.pb`;
      const metadata = { models, encoderFingerprint: embedder.fingerprint, producerVersion: artifact.manifest.version };
      expect((await onnxToGraph(artifact.read(`${name}.onnx`), name)).metadata).toEqual(metadata);
      expect((await readSavedModel(artifact.read(pb), name)).metadata).toEqual(metadata);
      expect(readdirSync(join(at('artifacts'), `${name}_saved_model`)).sort()).toEqual(['saved_model.pb', 'variables']);
    }
  });
  test('a training without it removes the exports of the one before', async () => {
    const output = { 'train.output_dir': at('twice'), 'train.folds': 0, 'train.router': ['knn'] };
    await train(await configIn(project.path, { ...output, 'train.export': ['onnx'] }), listening());
    expect(existsSync(at('twice/knn.onnx'))).toBe(true);
    await train(await configIn(project.path, output), listening());
    expect(existsSync(at('twice/knn.onnx'))).toBe(false);
  });
});

test('--to onnx and --to saved-model write what train --export writes', async () => {
  await run({ to: 'onnx', input: at('artifacts'), output: at('out'), router: ['knn'] });
  await run({ to: 'saved-model', input: at('artifacts'), output: at('out'), router: ['knn'] });
  for (const name of ['knn.onnx', 'knn_saved_model/saved_model.pb']) {
    expect(readFileSync(at(join('out', name))).equals(readFileSync(at(join('artifacts', name))))).toBe(true);
  }
});

describe('--to semantic-router', () => {
  test('writes five models that choose the right specialist, and that --from reads', async () => {
    const { written } = await run({ to: 'semantic-router', input: at('artifacts'), output: at('models') });
    expect(written).toEqual(settings['train.router'].map((name) => join(at('models'), `${name}_model.json`)));
    const { encoder } = await openTrained(at('artifacts'));
    const asked = [
      'integral derivative polynomial',
      'onion butter garlic',
      'prime matrix triangle',
      'flour oven dough',
    ];
    const { vectors } = await encoder.embed(asked);
    for (const path of written) {
      const model = await readForeignFile(path);
      const chosen = asked.map((_, q) => {
        const vector = vectors.data.subarray(q * vectors.cols, (q + 1) * vectors.cols);
        return askForeign(model, semanticRouterFeature(vector, { category: null })).model;
      });
      expect(chosen, path).toEqual(['mathematician', 'cook', 'mathematician', 'cook']);
    }
    const { held } = await run({ from: 'semantic-router', input: at('models') });
    expect(held.map((line) => line.split(':')[0]).sort()).toEqual(written.map((path) => path.split('/').at(-1)).sort());
  });
  test('refuses outcomes that changed since, and writes nothing', async () => {
    const text = readFileSync(at('outcomes.jsonl'), 'utf8');
    project.write('outcomes.jsonl', `${text}\n`);
    await expect(run({ to: 'semantic-router', input: at('artifacts'), output: at('none') })).rejects.toMatchObject({
      code: 'VSR_ARTIFACT',
      message: expect.stringContaining('has changed since'),
    });
    project.write('outcomes.jsonl', text);
    expect(existsSync(at('none'))).toBe(false);
  });
});

test('--from semantic-router refuses a folder of something else', async () => {
  await expect(run({ from: 'semantic-router', input: at('artifacts/knn_saved_model') })).rejects.toMatchObject({
    code: 'VSR_ARTIFACT',
    message: expect.stringContaining('found saved_model.pb, a graph without what was learned from'),
  });
  await expect(run({ from: 'semantic-router', input: at('artifacts') })).rejects.toMatchObject({
    code: 'VSR_ARTIFACT',
    message: expect.stringContaining('the key "algorithm" is missing'),
  });
});

test('--from llmrouter writes outcomes that train reads', async () => {
  const row = { task_name: 't', query: 'q', ground_truth: 'x', metric: 'em', model_name: 'a', response: 'x' };
  project.write('table.jsonl', jsonLines([{ ...row, performance: 1, response_time: 2 }]));
  await run({ from: 'llmrouter', input: at('table.jsonl'), output: at('table-outcomes.jsonl') });
  const { rows, models } = await readOutcomes(at('table-outcomes.jsonl'));
  expect(models).toEqual(['a']);
  expect(rows[0]!.outcomes).toEqual({ a: { quality: 1, status: 'ok', latency: 2000 } });
});

test('neither direction, and no output, are refused', async () => {
  await expect(run({})).rejects.toMatchObject({ code: 'VSR_USAGE' });
  await expect(run({ to: 'onnx', input: at('artifacts') })).rejects.toMatchObject({ code: 'VSR_USAGE' });
});
