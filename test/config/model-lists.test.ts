// semantic-router's lists of models become endpoints and models of ours.
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.js';
import { temporaryFolder } from '../temporary-folder.js';

const { path: cwd, write } = temporaryFolder();

async function load(yaml: string) {
  write('vsr.yaml', yaml);
  const { config, missingKeys } = await loadConfig({ cwd, environment: { KEY: 'k' } });
  const endpoints = config.vllmEndpoints.map(({ headers: _h, ...endpoint }) => endpoint);
  return { endpoints, models: config.modelConfig, missingKeys };
}

test("the benchmark's list: models at one place with one key share an endpoint", async () => {
  const { endpoints, models } = await load(`
models:
  - {name: a, endpoint: "http://localhost:8000/v1", api_key: "\${KEY}", max_tokens: 64, temperature: 0.5, verbose: true}
  - {name: b, endpoint: "http://localhost:8000/v1", api_key: "\${KEY}"}
  - {name: c, endpoint: "http://localhost:8000/v1"}
`);
  expect(endpoints).toEqual([
    { name: 'localhost:8000', baseUrl: 'http://localhost:8000/v1', apiKey: 'k', weight: 1 },
    { name: 'localhost:8000 (2)', baseUrl: 'http://localhost:8000/v1', weight: 1 },
  ]);
  expect(Object.entries(models).map(([alias, m]) => [alias, m.preferredEndpoints, m.maxTokens, m.temperature])).toEqual(
    [
      ['a', ['localhost:8000'], 64, 0.5],
      ['b', ['localhost:8000'], undefined, undefined],
      ['c', ['localhost:8000 (2)'], undefined, undefined],
    ],
  );
});

test("the router's list: several places a model, with type and weight", async () => {
  const { endpoints, models } = await load(`
providers:
  defaults: {default_model: qwen}
  models:
    - name: qwen
      provider_model_id: Qwen/Qwen3-8B
      pricing: {prompt_per_1m: 1, completion_per_1m: 2}
      backend_refs:
        - {name: primary, endpoint: "10.0.0.7:8000", type: vllm, weight: 3}
        - {endpoint: "models.example.org/v1", protocol: https, type: chat, weight: 1}
`);
  expect(endpoints).toEqual([
    { name: '10.0.0.7:8000', address: '10.0.0.7', port: 8000, type: 'vllm', weight: 3 },
    { name: 'models.example.org', baseUrl: 'https://models.example.org/v1', weight: 1 },
  ]);
  expect(models.qwen).toMatchObject({
    preferredEndpoints: ['10.0.0.7:8000', 'models.example.org'],
    externalModelIds: { vllm: 'Qwen/Qwen3-8B', openai: 'Qwen/Qwen3-8B' },
    pricing: { promptPer_1m: 1, completionPer_1m: 2 },
  });
});

test.each([
  ['models: [{endpoint: "http://localhost:1/v1"}]', 'vsr.yaml:1: models[0]: expected a model with a name.'],
  ['models:\n  - {name: a}', 'vsr.yaml:2: models[0]: model a has no endpoint.'],
  [
    'models:\n  - {name: a, endpoint: "http://localhost:1/v1"}\n  - {name: a, endpoint: "http://localhost:2/v1"}',
    'vsr.yaml:3: models[1]: a is defined already.',
  ],
  [
    'models:\n  - {name: a, endpoint: "http://localhost:1/v1", temperature: -1}',
    'vsr.yaml:2: model_config.a.temperature: expected a number of at least 0, got -1.',
  ],
])('%j is refused where it stands', async (yaml, message) => {
  await expect(load(yaml)).rejects.toMatchObject({ code: 'VSR_CONFIG', message });
});

test.each([
  ['vllm_endpoints: [{name: e, type: opnai}]', /type: expected one of ollama, vllm, openai.*got "opnai"/],
  [
    'model_config: {m: {pricing: {prompt_per_1m: -1, completion_per_1m: 1}}}',
    /prompt_per_1m: expected a number of at least 0/,
  ],
  [
    'model_config: {m: {pricing: {prompt_per_1m: "1", completion_per_1m: 1}}}',
    /prompt_per_1m: expected a number, got "1"/,
  ],
  ['model_config: {m: {simulated: {skill: {math: 2}}}}', /skill.math: expected a number of at most 1, got 2/],
  ['model_config: {m: {simulated: {failures: {timeout: 0.7, auth: 0.7}}}}', /may add up to at most 1/],
  ['vllm_endpoints: [{name: e, requests_per_minute: 0}]', /requests_per_minute: expected a number more than 0/],
])('%s is refused', async (yaml, message) => {
  await expect(load(yaml)).rejects.toMatchObject({ code: 'VSR_CONFIG', message: expect.stringMatching(message) });
});
