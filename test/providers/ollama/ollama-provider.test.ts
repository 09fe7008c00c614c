// Ollama's own API against a scripted server: what is sent, what is read, and what its odd ends mean.
import { afterAll, describe, expect, test } from 'vitest';
import { contextSizes } from '../../../src/providers/ollama/context-size.js';
import { createOllamaProvider } from '../../../src/providers/ollama/ollama-provider.js';
import type { CompletionRequest } from '../../../src/providers/provider.js';
import { type Behaviour, faultServer } from '../fault-server/fault-server.js';
import { cutInTheMiddle, hangUp, silence, status } from '../fault-server/faults.js';

const PNG = `${Buffer.from('\x89PNG\r\n\x1a\n', 'latin1').toString('base64')}AAAA`;
const LAST = {
  model: 'llama3.2:1b',
  message: { role: 'assistant', content: '' },
  done: true,
  done_reason: 'stop',
  total_duration: 5e9,
  load_duration: 0,
  prompt_eval_count: 4,
  eval_count: 2,
};
const piece = (message: object) => ({ model: 'llama3.2:1b', message: { role: 'assistant', ...message }, done: false });

const lines =
  (...list: readonly object[]): Behaviour =>
  (response) => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    for (const line of list) response.write(`${JSON.stringify(line)}\n`);
    response.end();
  };
const said = (content: string, last: object = {}) => lines(piece({ content }), { ...LAST, ...last });

const server = await faultServer(() => said('4'));
afterAll(() => server.close());

const REQUEST: CompletionRequest = {
  queryId: 'q',
  alias: 'm',
  model: 'llama3.2:1b',
  prompt: 'What is 2 + 2?',
  images: [],
  maxTokens: 1024,
  temperature: 0,
  seed: 42,
  stream: true,
};

async function ask(behaviours: readonly Behaviour[], request: object = {}, model: object = {}, endpoint: object = {}) {
  server.scriptInOrder(...behaviours);
  const provider = await createOllamaProvider(
    { name: 'local', type: 'ollama', baseUrl: server.origin, maxRetries: 1, ...endpoint },
    { m: model },
    { environment: {}, uniform: () => 0.5, wait: async () => {} },
  );
  return provider.complete({ ...REQUEST, ...request }).catch((failure) => failure);
}

test('one chat request is sent, to its own path and without a key', async () => {
  await ask([said('4')], { systemPrompt: 'Be brief.', images: [`data:image/png;base64,${PNG}`] });
  const [call] = server.asked;
  expect([call!.method, call!.path, call!.headers.authorization]).toEqual(['POST', '/api/chat', undefined]);
  expect(call!.json).toEqual({
    model: 'llama3.2:1b',
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'What is 2 + 2?', images: [PNG] },
    ],
    stream: true,
    options: { temperature: 0, num_predict: 1024, seed: 42, num_ctx: 2048 },
    keep_alive: '10m',
  });
});

test('the extra body wins, its options one by one', async () => {
  await ask([said('4')], {}, { extraBody: { keep_alive: '1h', think: false, options: { num_ctx: 512, top_k: 3 } } });
  expect(server.asked[0]!.json).toMatchObject({
    keep_alive: '1h',
    think: false,
    options: { temperature: 0, num_predict: 1024, seed: 42, num_ctx: 512, top_k: 3 },
  });
});

describe('the window', () => {
  test('is the smallest power of two that holds prompt and answer, at most the limit of the model', () => {
    const size = (...given: [number, number, number?]) => contextSizes().sizeFor('m', given[0], given[1], given[2]);
    expect([size(26, 1024), size(1024, 1024), size(1025, 1024), size(5000, 1024, 6000)]).toEqual([
      2048, 2048, 4096, 6000,
    ]);
  });
  test('of a model never shrinks: that would load it again', () => {
    const sizes = contextSizes();
    expect([sizes.sizeFor('m', 5000, 1024, undefined), sizes.sizeFor('m', 10, 10, undefined)]).toEqual([8192, 8192]);
  });
  test('that a prompt does not fit in is not asked', async () => {
    expect(await ask([said('4')], { prompt: 'x'.repeat(44) }, { contextWindow: 10 })).toMatchObject({
      status: 'too_long',
      attempts: 0,
    });
    expect(server.asked).toEqual([]);
  });
});

describe('what is read', () => {
  test('text, thinking, tokens, the first word', async () => {
    const found = await ask([
      lines(piece({ content: '', thinking: 'hm' }), piece({ content: 'fo' }), piece({ content: 'ur' }), LAST),
    ]);
    expect(found).toEqual({
      text: 'four',
      reasoning: 'hm',
      finishReason: 'stop',
      inputTokens: 4,
      outputTokens: 2,
      servedModel: 'llama3.2:1b',
      loadTime: 0,
      latency: expect.any(Number),
      ttft: expect.any(Number),
      attempts: 1,
      flags: [],
    });
  });
  test('without streaming, in one object', async () => {
    const found = await ask([lines({ ...LAST, message: { content: 'four' } })], { stream: false });
    expect(found).toMatchObject({ text: 'four', ttft: null, inputTokens: 4 });
    expect(server.asked[0]!.stream).toBe(false);
  });
  test('latency without the time to load the model, which is kept', async () => {
    const found = await ask([said('4', { load_duration: 3e9 })]);
    expect([found.latency, found.ttft, found.loadTime]).toEqual([0, 0, 3000]);
  });
  test.each([
    ['length', 'length'],
    ['load', 'unknown'],
  ])('done_reason %s as %s', async (done_reason, finishReason) => {
    expect(await ask([said('4', { done_reason })])).toMatchObject({ finishReason });
  });
  test.each([undefined, 1])('a prompt of which only %s tokens were counted is estimated and flagged', async (count) => {
    const found = await ask([said('4', { prompt_eval_count: count })]);
    expect([found.inputTokens, found.flags]).toEqual([4, ['tokens_estimated']]);
  });
  test('a character cut apart between two pieces of the connection', async () => {
    const bytes = Buffer.from(`${JSON.stringify(piece({ content: '😀' }))}\n${JSON.stringify(LAST)}`);
    const behaviour: Behaviour = async (response) => {
      for (const byte of bytes) {
        response.write(Buffer.of(byte));
        await new Promise((resolve) => setImmediate(resolve));
      }
      response.end();
    };
    expect((await ask([behaviour])).text).toBe('😀');
  });
});

describe('what a failure means', () => {
  test.each([
    ['a model that is not there', status(404, {}, { error: "model 'x' not found" }), 'bad_request', 1],
    ['an error of the server', status(500, {}, { error: 'out of memory' }), 'server_error', 2],
    ['an error in the middle', lines(piece({ content: '4' }), { error: 'crashed' }), 'server_error', 2],
    ['an end before the end', lines(piece({ content: '4' })), 'network', 2],
    ['a cut connection', cutInTheMiddle, 'network', 2],
    ['no reply', hangUp, 'network', 2],
    ['a web page', status(200, {}, '<html>'), 'server_error', 2],
  ] as const)('%s', async (_, behaviour, expected, attempts) => {
    expect(await ask([behaviour])).toMatchObject({ status: expected, attempts });
  });
  test('silence is a timeout', async () => {
    expect(await ask([silence], {}, {}, { timeoutMs: 30 })).toMatchObject({ status: 'timeout', attempts: 2 });
  });
  test('an image that only has an address cannot be sent', async () => {
    const found = await ask([said('4')], { images: ['https://example.com/a.png'] });
    expect([found.status, found.attempts, server.asked.length]).toEqual(['bad_request', 0, 0]);
  });
});
