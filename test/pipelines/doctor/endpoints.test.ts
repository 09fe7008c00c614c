// The endpoint rows of doctor: the address, and whether a key is there; never the key.
import { expect, test } from 'vitest';
import type { Environment } from '../../../src/config/environment.js';
import { loadConfig } from '../../../src/config/load.js';
import { endpointChecks } from '../../../src/pipelines/doctor/endpoints.js';

const check = async (sets: string[], environment: Environment = {}) =>
  endpointChecks(await loadConfig({ cwd: '/nowhere', environment, sets }), environment);

const OPENAI = 'https://api.openai.com/v1';

test('a key by name is set or not, and only its name is told', async () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the configuration's own syntax
  const sets = ['vllm_endpoints=[{name: a, type: openai, api_key: "${K}"}]'];
  expect(await check(sets)).toEqual([
    { name: 'endpoint a', state: 'dead', detail: 'openai; K is not set', fix: 'export K=…' },
  ]);
  expect(await check(sets, { K: 'sk-secret' })).toEqual([
    { name: 'endpoint a', state: 'ok', detail: `${OPENAI}; key set` },
  ]);
});

test('OpenAI without a key in the configuration needs OPENAI_API_KEY', async () => {
  const sets = ['vllm_endpoints=[{name: a, type: openai}]'];
  expect(await check(sets)).toEqual([
    {
      name: 'endpoint a',
      state: 'dead',
      detail: `${OPENAI}; OPENAI_API_KEY is not set`,
      fix: 'export OPENAI_API_KEY=…',
    },
  ]);
  expect(await check(sets, { OPENAI_API_KEY: 'sk-secret' })).toEqual([
    { name: 'endpoint a', state: 'ok', detail: `${OPENAI}; key set by OPENAI_API_KEY` },
  ]);
});

test("a model's own key serves in the endpoint's place, and its own gap is told", async () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the configuration's own syntax
  const sets = ['vllm_endpoints=[{name: a, type: openai}]', 'model_config={m: {access_key: "${K}"}}'];
  expect(await check(sets, { K: 'sk-secret' })).toEqual([
    { name: 'endpoint a', state: 'ok', detail: `${OPENAI}; no key of its own` },
  ]);
  expect((await check(sets)).at(-1)).toEqual({
    name: 'model m',
    state: 'dead',
    detail: 'K is not set',
    fix: 'export K=…',
  });
});

test('a server of your own needs an address and no key', async () => {
  expect(await check(['vllm_endpoints=[{name: a, base_url: "http://localhost:8000/v1"}]'])).toEqual([
    { name: 'endpoint a', state: 'ok', detail: 'http://localhost:8000/v1; no key of its own' },
  ]);
  expect(await check(['vllm_endpoints=[{name: a, type: openai-compatible}]'])).toEqual([
    {
      name: 'endpoint a',
      state: 'dead',
      detail: 'Endpoint a has neither base_url nor address.',
      fix: 'Write base_url, for example http://localhost:8000/v1.',
    },
  ]);
});
