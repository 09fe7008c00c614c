// What each type of provider does in its own way: its host and key, the form of its errors, its polling and its costs.
import { afterAll, describe, expect, test } from 'vitest';
import type { EndpointSettings } from '../../src/providers/endpoint.js';
import type { ProviderType } from '../../src/providers/homes.js';
import { createOpenAiProvider } from '../../src/providers/openai/openai-provider.js';
import type { CompletionRequest } from '../../src/providers/provider.js';
import { answer, completion, json, USAGE } from './fault-server/answers.js';
import { type Behaviour, faultServer } from './fault-server/fault-server.js';
import { hangUp, status } from './fault-server/faults.js';
import { REQUEST } from './request.js';

const server = await faultServer(() => answer());
afterAll(() => server.close());

async function open(endpoint: Partial<EndpointSettings> = {}, tools: object = {}, model: object = {}) {
  const waits: number[] = [];
  const warnings: string[] = [];
  const provider = await createOpenAiProvider(
    { name: 'e', type: 'vllm', baseUrl: server.url, maxRetries: 1, ...endpoint },
    { m: model },
    {
      environment: {},
      uniform: () => 0.5,
      wait: async (ms) => void waits.push(ms),
      onWarning: (sentence) => void warnings.push(sentence),
      ...tools,
    },
  );
  const complete = (request: Partial<CompletionRequest> = {}) =>
    provider.complete({ ...REQUEST, ...request }).catch((failure) => failure);
  return { complete, waits, warnings, type: provider.type };
}

async function ask(type: ProviderType, ...behaviours: readonly Behaviour[]) {
  server.scriptInOrder(...behaviours);
  const { complete, waits } = await open({ type });
  const found = await complete();
  return { ...found, message: found.message, waits };
}

describe('the key of the environment', () => {
  const environment = {
    OPENAI_API_KEY: 'of-openai',
    HF_TOKEN: '',
    HF_API_KEY: 'of-hf-second',
    HUGGINGFACE_API_KEY: 'of-hf-third',
    NVIDIA_API_KEY: 'of-nvidia',
    OPENROUTER_API_KEY: 'of-openrouter',
    VLLM_API_KEY: 'of-vllm',
  };
  const sent = async (endpoint: Partial<EndpointSettings>) => {
    let seen: unknown[] = [];
    const fetch = async (url: unknown, init?: RequestInit) => {
      seen = [String(url), new Headers(init?.headers).get('authorization')];
      return new Response(JSON.stringify(completion('4')));
    };
    const { complete, warnings } = await open({ baseUrl: undefined, ...endpoint } as never, { environment, fetch });
    await complete();
    return [...seen, warnings.length];
  };
  test.each([
    ['openai', 'https://api.openai.com/v1/chat/completions', 'Bearer of-openai'],
    ['huggingface', 'https://router.huggingface.co/v1/chat/completions', 'Bearer of-hf-second'],
    ['nvidia', 'https://integrate.api.nvidia.com/v1/chat/completions', 'Bearer of-nvidia'],
    ['openrouter', 'https://openrouter.ai/api/v1/chat/completions', 'Bearer of-openrouter'],
    ['vllm', 'http://localhost:8000/v1/chat/completions', 'Bearer of-vllm'],
  ] as const)('of %s goes to its own host and to no other', async (type, url, authorization) => {
    expect(await sent({ type })).toEqual([url, authorization, 0]);
    const gateway = 'https://gateway.example.com/v1';
    expect(await sent({ type, baseUrl: gateway })).toEqual([`${gateway}/chat/completions`, null, 0]);
  });
  test('of an openai-compatible server does not exist', async () => {
    const found = await sent({ type: 'openai-compatible', baseUrl: 'https://api.openai.com/v1' });
    expect(found).toEqual(['https://api.openai.com/v1/chat/completions', null, 0]);
  });
  test('goes where a retired host has moved, with a warning', async () => {
    const found = await sent({ type: undefined, baseUrl: 'https://api-inference.huggingface.co/models/x' } as never);
    expect(found).toEqual(['https://router.huggingface.co/v1/chat/completions', 'Bearer of-hf-second', 1]);
  });
  test('that is missing is asked for by every name it may have', async () => {
    await expect(open({ type: 'huggingface', baseUrl: undefined } as never)).rejects.toMatchObject({
      code: 'VSR_API_KEY_MISSING',
      message: 'Endpoint e has no api_key, and none of HF_TOKEN, HF_API_KEY, HUGGINGFACE_API_KEY is set.',
    });
  });
});

describe('keys that are refused', () => {
  const refused = status(401, {}, { error: { message: 'who are you' } });
  const stopped = {
    status: 'auth',
    attempts: 0,
    message: 'Endpoint e refuses the key (HTTP 401: who are you).',
  };
  test.each([
    ['one key', ['only'], 3],
    ['two keys in turn', ['first', 'second'], 6],
  ] as const)('three times in a row each end the asking: %s', async (_, apiKey, calls) => {
    server.scriptInOrder(refused);
    const { complete } = await open({ apiKey: [...apiKey] });
    for (let call = 0; call < calls; call++) {
      expect(await complete()).toMatchObject({ status: 'auth', attempts: 1, message: 'HTTP 401: who are you' });
    }
    expect(await complete()).toMatchObject(stopped);
    expect([...server.perKey]).toEqual(apiKey.map((key) => [`Bearer ${key}`, 3]));
  });
  test('an answer in between counts them from the start', async () => {
    server.scriptInOrder(refused, refused, answer(), refused, refused, refused);
    const { complete } = await open({ apiKey: ['only'] });
    const found = [];
    for (let call = 0; call < 7; call++) found.push((await complete()).attempts);
    expect(found).toEqual([1, 1, 1, 1, 1, 1, 0]);
    expect(server.asked).toHaveLength(6);
  });
});

test('user, password and query of a base_url are sent, and never seen', async () => {
  server.scriptInOrder(status(400, {}, { error: { message: 'bad key sekret-1 of me:pass-word' } }));
  const baseUrl = server.url.replace('http://', 'http://me:pass-word@');
  const { complete } = await open({ baseUrl: `${baseUrl}?key=sekret-1` });
  expect((await complete()).message).toBe('HTTP 400: bad key [key] of [key]:[key]');
  const [{ path, headers }] = server.asked as never as [{ path: string; headers: Record<string, string> }];
  expect([path, headers.authorization]).toEqual([
    '/v1/chat/completions?key=sekret-1',
    `Basic ${Buffer.from('me:pass-word').toString('base64')}`,
  ]);
});

describe('errors', () => {
  test.each([
    ['vllm', 400, { object: 'error', message: 'maximum context length is 8', type: 'x', code: 400 }, 'too_long'],
    ['vllm', 400, { error: { message: 'bad field', code: 400 } }, 'bad_request', 'bad field'],
    ['huggingface', 400, { error: 'no such provider' }, 'bad_request', 'no such provider'],
    ['huggingface', 402, { error: { message: 'credits used up' } }, 'auth', 'credits used up'],
    ['nvidia', 422, { detail: [{ loc: ['body', 'x'], msg: 'bad value' }] }, 'bad_request', 'bad value'],
    ['nvidia', 404, { title: 'Not Found', status: 404, detail: 'no function' }, 'bad_request', 'no function'],
    ['openrouter', 200, { error: { code: 402, message: 'no credits' } }, 'auth', 'no credits'],
    ['openrouter', 200, { error: { code: 502, message: 'model down' } }, 'server_error', 'model down'],
    ['openrouter', 403, { error: { code: 403, message: 'x', metadata: { reasons: ['y'] } } }, 'filtered'],
    ['openrouter', 408, { error: { code: 408, message: 'late' } }, 'server_error', 'late'],
  ] as const)('of %s under HTTP %d: %j is %s', async (type, code, body, expected, text: string = '') => {
    const found = await ask(type, status(code, {}, body));
    expect([found.status, found.message]).toEqual([expected, expect.stringContaining(text)]);
  });
  test('a model that is loading is waited for as long as it says, at most a minute', async () => {
    const loading = (seconds: number) => status(503, {}, { error: 'loading', estimated_time: seconds });
    expect((await ask('huggingface', loading(20), answer())).waits).toEqual([20_000]);
    expect((await ask('huggingface', loading(500), answer())).waits).toEqual([60_000]);
  });
  test('a validator that names the field it does not know is asked without it', async () => {
    const refused = status(422, {}, { detail: [{ loc: ['body', 'seed'], msg: 'Extra inputs are not permitted' }] });
    server.scriptInOrder(refused, answer('four'));
    const { complete } = await open({ type: 'nvidia' });
    expect((await complete({ seed: 7 })).text).toBe('four');
    expect(server.asked.map((call) => call.json.seed)).toEqual([7, undefined]);
  });
  test('three refused keys in a row stop the endpoint: nothing more is sent', async () => {
    server.scriptInOrder(status(401));
    const { complete } = await open();
    const found = [];
    for (let i = 0; i < 4; i++) found.push(await complete());
    expect(found.map(({ status: s, attempts }) => [s, attempts])).toEqual([
      ['auth', 1],
      ['auth', 1],
      ['auth', 1],
      ['auth', 0],
    ]);
    expect(server.asked).toHaveLength(3);
  });
});

test('an answer that is pending is fetched from its own place, with the key', async () => {
  const pending: Behaviour = (response) => {
    response.writeHead(202, { 'nvcf-reqid': 'id 7' });
    response.end();
  };
  server.scriptInOrder(pending, pending, answer('late'));
  const { complete, waits } = await open({ type: 'nvidia', apiKey: 'key-0123456789ab' });
  expect(await complete()).toMatchObject({ text: 'late', attempts: 1 });
  expect(server.asked.map(({ method, path, headers }) => [method, path, headers.authorization])).toEqual([
    ['POST', '/v1/chat/completions', 'Bearer key-0123456789ab'],
    ['GET', '/v1/status/id%207', 'Bearer key-0123456789ab'],
    ['GET', '/v1/status/id%207', 'Bearer key-0123456789ab'],
  ]);
  expect(waits).toEqual([1000, 1000]);
});

test('a reported cost is kept, streamed or not', async () => {
  for (const stream of [false, true]) {
    server.scriptInOrder(answer('4', { usage: { ...USAGE, cost: 0.002 } }));
    const { complete } = await open({ type: 'openrouter' });
    expect(await complete({ stream })).toMatchObject({ reportedCost: 0.002, inputTokens: 12, servedModel: 'served-1' });
  }
});

test('keys are used in turn, by a retry too', async () => {
  server.scriptInOrder(status(429), answer());
  const { complete } = await open({ apiKey: ['first-key', 'second-key'] });
  await complete();
  expect([...server.perKey]).toEqual([
    ['Bearer first-key', 1],
    ['Bearer second-key', 1],
  ]);
});

test('who gives way is not tried again where the server cannot be reached, but where it answers', async () => {
  server.scriptInOrder(hangUp);
  const { complete } = await open({ maxRetries: 4 });
  expect(await complete({ givesWay: true })).toMatchObject({ status: 'network', attempts: 1 });
  server.scriptInOrder(status(500), answer());
  expect(await complete({ givesWay: true })).toMatchObject({ text: '4', attempts: 2 });
});

test('a prompt beyond the window of its model is not sent', async () => {
  server.scriptInOrder(answer());
  const { complete } = await open({}, {}, { contextWindow: 10 });
  expect(await complete({ prompt: 'x'.repeat(44) })).toMatchObject({ status: 'too_long', attempts: 0 });
  expect(await complete({ prompt: 'x'.repeat(40) })).toMatchObject({ text: '4' });
  expect(server.asked).toHaveLength(1);
});

test('earlier turns stand between the system prompt and the prompt', async () => {
  server.scriptInOrder(json(completion('4')));
  const { complete } = await open();
  const earlier = [
    { role: 'user', text: 'Hello.' },
    { role: 'assistant', text: 'Hello!' },
  ] as const;
  await complete({ systemPrompt: 'Be brief.', earlier });
  expect(server.asked[0]!.json.messages).toEqual([
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Hello.' },
    { role: 'assistant', content: 'Hello!' },
    { role: 'user', content: 'What is 2 + 2?' },
  ]);
});
