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
const settings = {
  'train.folds': 0,
  'train.router': ['knn', 'kmeans', 'svm', 'mlp', 'mf'],
  'routers.knn': { k: 5 },
  'routers.mlp': { hidden_layers: [32], ensemble: 1, epochs: 20, learning_rate: 0.01 },
  'routers.mf': { epochs: 20, learning_rate: 0.01 },
};
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

describe('--to llmrouter', () => {
  const decisions = (rows: object[]) => project.write('decisions.jsonl', jsonLines(rows));
  const query = { id: 'q1', query: 'two?', task_name: 'sums', metric: 'em', ground_truth: '2', fig_id: 7 };
  const asked = { to: 'llmrouter', input: at('decisions.jsonl'), data_file: at('asked.jsonl'), overwrite: true };
  const outcomes = {
    a: { quality: 0.5, latency: 9, inputTokens: 12, outputTokens: 3, status: 'ok' },
    b: { quality: null, status: 'timeout', inputTokens: 12 },
  };

  test('writes what LLMRouter writes: the choice, the row, and what the chosen model earned there', async () => {
    decisions([
      { id: 'q1', router: 'knn', model: 'a', ranking: [] },
      { id: 'q1', model: 'b' },
      { id: 'q1', model: 'c' },
    ]);
    project.write('asked.jsonl', jsonLines([{ ...query, outcomes }]));
    project.write('asked.responses.jsonl', jsonLines([{ id: 'q1', model: 'a', response: 'It is 2.' }]));
    const { held } = await run({ ...asked, output: at('routed.json') });
    expect(held).toEqual([
      `${at('decisions.jsonl')}: 3 decisions, 2 with an outcome of ${at('asked.jsonl')}; not carried: rankings, expected costs, masks and reasons`,
    ]);
    const first = (model: string) => ({ success: true, query: 'two?', model_name: model });
    const results = [
      {
        ...first('a'),
        response: 'It is 2.',
        routing_result: {
          ...query,
          model_name: 'a',
          response: 'It is 2.',
          prompt_tokens: 12,
          completion_tokens: 3,
          input_token: 12,
          output_token: 3,
          task_performance: 0.5,
          success: true,
        },
      },
      {
        ...first('b'),
        routing_result: { ...query, model_name: 'b', prompt_tokens: 12, input_token: 12, success: false },
      },
      { ...first('c'), routing_result: { ...query, model_name: 'c' } },
    ];
    expect(JSON.parse(readFileSync(at('routed.json'), 'utf8'))).toEqual(results);
    await run({ ...asked, output: at('routed.jsonl') });
    expect(readFileSync(at('routed.jsonl'), 'utf8')).toBe(jsonLines(results));
  });

  test('takes queries without outcomes, and refuses a query that stands nowhere and a line that is no decision', async () => {
    decisions([{ id: 'q1', model: 'a' }]);
    project.write('bare.jsonl', jsonLines([query]));
    await run({ ...asked, data_file: at('bare.jsonl'), output: at('plain.jsonl') });
    expect(JSON.parse(readFileSync(at('plain.jsonl'), 'utf8')).routing_result).toEqual({ ...query, model_name: 'a' });
    decisions([{ id: 'q2', model: 'a' }]);
    await expect(run({ ...asked, data_file: at('bare.jsonl'), output: at('none.json') })).rejects.toMatchObject({
      code: 'VSR_DATA',
      message: `${at('decisions.jsonl')}:1: the query q2 stands in no row of ${at('bare.jsonl')}.`,
    });
    decisions([{ id: 'q1' }]);
    await expect(run({ ...asked, data_file: at('bare.jsonl'), output: at('none.json') })).rejects.toMatchObject({
      message: `${at('decisions.jsonl')}:1: model must be the chosen model, got nothing.`,
    });
    expect(existsSync(at('none.json'))).toBe(false);
  });
});

describe('what is there already', () => {
  const table = { from: 'llmrouter', input: at('taken-table.jsonl'), output: at('taken.jsonl') };
  beforeAll(() => {
    project.write('taken-table.jsonl', jsonLines([{ query: 'q', model_name: 'a', performance: 1 }]));
  });
  const refused = (path: string) => ({
    code: 'VSR_FILE',
    message: expect.stringContaining(`${path} exists already`),
    hint: expect.stringContaining('--overwrite'),
  });

  test('is replaced with --overwrite alone, in every direction', async () => {
    project.write('taken.jsonl', 'dear');
    project.write('taken.meta.json', 'stale');
    await expect(run(table)).rejects.toMatchObject(refused(at('taken.jsonl')));
    expect(readFileSync(at('taken.jsonl'), 'utf8')).toBe('dear');
    await run({ ...table, overwrite: true });
    expect((await readOutcomes(at('taken.jsonl'))).models).toEqual(['a']);
    expect(existsSync(at('taken.meta.json'))).toBe(false);
    for (const [to, name] of [
      ['semantic-router', 'knn_model.json'],
      ['onnx', 'knn.onnx'],
      ['saved-model', 'knn_saved_model/saved_model.pb'],
    ] as const) {
      const before = readFileSync(at(join('artifacts', name)));
      await expect(run({ to, input: at('artifacts'), output: at('artifacts'), router: ['knn'] })).rejects.toMatchObject(
        refused(at(join('artifacts', name))),
      );
      expect(readFileSync(at(join('artifacts', name))).equals(before)).toBe(true);
    }
  });

  test('is never replaced where it is the input', async () => {
    await expect(run({ ...table, output: table.input, overwrite: true })).rejects.toMatchObject({
      code: 'VSR_FILE',
      message: `--output ${table.input} is the --input itself.`,
    });
  });
});

test('--data-file without decisions is refused', async () => {
  await expect(run({ to: 'onnx', input: at('artifacts'), output: at('x'), data_file: 'x' })).rejects.toMatchObject({
    code: 'VSR_USAGE',
  });
});
