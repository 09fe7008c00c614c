// Every type of provider has a file in configs/ that runs as it stands: a forecast and a run whose network is played here.
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../../src/config/load.js';
import { benchmark, dryRunBenchmark } from '../../../src/pipelines/benchmark.js';
import { temporaryFolder } from '../../temporary-folder.js';

const CONFIGS = join(import.meta.dirname, '../../../configs');
const PROVIDERS = [
  ...['ollama', 'vllm', 'openai', 'huggingface', 'nvidia', 'openrouter', 'openai-compatible'],
  ...['simulated', 'recorded'],
];
const KEYS = ['OPENAI_API_KEY', 'HF_TOKEN', 'NVIDIA_API_KEY', 'OPENROUTER_API_KEY'];
const QUERIES = ['One', 'Two'].map((name) => ({ id: name, query: `${name}?`, metric: 'numeric', ground_truth: '1' }));

const folder = temporaryFolder();
const lines = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const queries = folder.write('queries.jsonl', lines(QUERIES));
const outcomes = folder.write(
  'recording.jsonl',
  lines(QUERIES.map((row) => ({ ...row, scores: { 'gpt-4o-mini': 1 } }))),
);

/** Answers as Ollama does, or as OpenAI does, whole. */
const fetch = async (url: string | URL | Request) => {
  const message = { role: 'assistant', content: '#### 1' };
  const reply = new URL(String(url)).pathname.endsWith('/api/chat')
    ? { model: 'm', message, done: true, done_reason: 'stop', prompt_eval_count: 9, eval_count: 3 }
    : { choices: [{ message, finish_reason: 'stop' }], usage: { prompt_tokens: 9, completion_tokens: 3, cost: 0.01 } };
  return Response.json(reply);
};

test.each(PROVIDERS)('configs/%s.yaml', async (name) => {
  const environment = Object.fromEntries(KEYS.map((key) => [key, 'none']));
  const sets = [
    `benchmark.data_file=${queries}`,
    `benchmark.output=${join(mkdtempSync(join(folder.path, 'run-')), 'outcomes.jsonl')}`,
    ...(name === 'recorded' ? [`data.outcomes=${outcomes}`] : []),
  ];
  const { config } = await loadConfig({ cwd: CONFIGS, file: `${name}.yaml`, environment, sets });
  const types = config.vllmEndpoints.map(({ type }) => type as string);
  expect(name === 'simulated' ? Object.values(config.modelConfig).some(({ simulated }) => simulated) : types).toEqual(
    name === 'simulated' ? true : expect.arrayContaining([name]),
  );
  const models = Object.keys(config.modelConfig);
  const forecast = await dryRunBenchmark(config, {});
  expect([forecast.calls, forecast.models.map(({ model }) => model)]).toEqual([QUERIES.length * models.length, models]);

  const result = await benchmark(config, {}, { environment, fetch, wait: async () => {} });
  const finished = QUERIES.length * models.length;
  // Pretended models may fail as they are told to.
  if (name !== 'simulated') expect([result.present, result.gate]).toEqual([finished, null]);
  const rows = readFileSync(result.output, 'utf8').trim().split('\n');
  expect(rows.map((row) => Object.keys(JSON.parse(row).outcomes))).toEqual(QUERIES.map(() => models));
});
