// Every fault of the scripted server, over real sockets, and the status it must end in.
import { afterAll, describe, expect, test } from 'vitest';
import { createOpenAiProvider } from '../../src/providers/openai/openai-provider.js';
import { type CompletionRequest, ProviderFailure } from '../../src/providers/provider.js';
import { answer, chunksOf, events, gzipped, json, stream, USAGE, whole } from './fault-server/answers.js';
import { type Behaviour, faultServer } from './fault-server/fault-server.js';
import {
  cutInTheMiddle,
  cutStream,
  drip,
  errorMidway,
  hangUp,
  redirect,
  silence,
  status,
  truncatedJson,
  unfinishedStream,
  webPage,
} from './fault-server/faults.js';
import { SELF_SIGNED } from './fault-server/self-signed.js';
import { REQUEST } from './request.js';

const server = await faultServer(() => answer());
const elsewhere = await faultServer(() => answer('stolen'));
const sealed = await faultServer(() => answer(), { tls: SELF_SIGNED });
afterAll(() => Promise.all([server.close(), elsewhere.close(), sealed.close()]));

/** What one call comes to, with what was waited. */
async function outcome(
  behaviours: readonly Behaviour[],
  request: Partial<CompletionRequest> = {},
  endpoint: object = {},
) {
  server.scriptInOrder(...behaviours);
  const waits: number[] = [];
  const provider = await createOpenAiProvider(
    {
      name: 'e',
      type: 'openai-compatible',
      baseUrl: server.url,
      apiKey: 'key-0123456789ab',
      maxRetries: 1,
      ...endpoint,
    },
    { m: {} },
    { environment: {}, uniform: () => 0.5, wait: async (ms) => void waits.push(ms) },
  );
  try {
    const { text, attempts, ttft, flags, finishReason } = await provider.complete({ ...REQUEST, ...request });
    return { text, attempts, waits, streamed: ttft !== null, flags, finishReason };
  } catch (error) {
    if (!(error instanceof ProviderFailure)) throw error;
    return { status: error.status, attempts: error.attempts, waits, message: error.message };
  }
}

const BOTH = [false, true];

describe.each(BOTH)('with stream: %s', (streaming) => {
  const ask = (behaviours: readonly Behaviour[], endpoint: object = {}) =>
    outcome(behaviours, { stream: streaming }, endpoint);
  const soon = new Date(Date.now() + 7_200_000).toUTCString();

  test('an answer is an answer', async () => {
    expect(await ask([answer('four')])).toMatchObject({ text: 'four', attempts: 1, flags: [], streamed: streaming });
  });
  test.each([
    [{ 'retry-after': '3' }, 3000],
    [{ 'retry-after-ms': '1500' }, 1500],
    [{ 'x-ratelimit-reset-requests': '6s' }, 6000],
    [{ 'x-ratelimit-reset-requests': '20ms', 'x-ratelimit-reset-tokens': '1m1s' }, 61_000],
    [{ 'retry-after': 'Mon, 01 Jan 2024 00:00:00 GMT' }, 500],
    [{}, 500],
  ])('429 with %j is tried again after %d ms', async (headers, wait) => {
    expect(await ask([status(429, headers), answer()])).toMatchObject({ text: '4', attempts: 2, waits: [wait] });
    expect(await ask([status(429, headers)])).toMatchObject({ status: 'rate_limited', attempts: 2 });
  });
  test.each([{ 'retry-after': '600' }, { 'retry-after': soon }])('429 with %j ends the endpoint', async (headers) => {
    expect(await ask([status(429, headers)])).toMatchObject({ status: 'rate_limited', attempts: 1, waits: [] });
  });
  test.each([500, 502, 503, 504, 529, 408, 409])('%d is server_error', async (code) => {
    expect(await ask([status(code)])).toMatchObject({ status: 'server_error', attempts: 2 });
    expect(await ask([status(code), answer()])).toMatchObject({ text: '4', attempts: 2 });
  });
  test.each([
    [401, 'auth'],
    [402, 'auth'],
    [403, 'auth'],
    [404, 'bad_request'],
    [400, 'bad_request'],
    [422, 'bad_request'],
  ])('%d is %s, at once', async (code, expected) => {
    expect(await ask([status(code)])).toMatchObject({ status: expected, attempts: 1, waits: [] });
  });
  test.each([
    ['nothing before the headers', silence, 'timeout'],
    ['a slow drip', drip(5), 'timeout'],
    ['a connection closed before the headers', hangUp, 'network'],
    ['a reset in the middle of the body', cutInTheMiddle, 'network'],
    ['JSON that ends too early', truncatedJson, 'server_error'],
    ['a web page under HTTP 200', webPage, 'server_error'],
    ['an error under HTTP 200', json({ error: { message: 'overloaded' } }), 'server_error'],
    ['a limit under HTTP 200', json({ error: { message: 'slow down', code: 429 } }), 'rate_limited'],
    ['no choices', json({ choices: [], usage: USAGE }), 'server_error'],
    ['an error of vLLM under HTTP 200', json({ object: 'error', message: 'engine died', code: 500 }), 'server_error'],
  ])('%s is %s', async (_, behaviour, expected) => {
    const found = await ask([behaviour], expected === 'timeout' ? { timeoutMs: 40 } : {});
    expect(found).toMatchObject({ status: expected, attempts: 2 });
  });
  test.each([
    ['null content', answer(null)],
    ['an empty text', answer('')],
  ])('%s is asked for once more and then stands', async (_, behaviour) => {
    expect(await ask([behaviour], { maxRetries: 4 })).toMatchObject({ text: '', attempts: 2, finishReason: 'stop' });
  });
  test('missing usage is estimated', async () => {
    expect(await ask([answer('4', { usage: null })])).toMatchObject({ text: '4', flags: ['tokens_estimated'] });
  });
  test('an answer of a megabyte is read whole', async () => {
    const text = 'é4'.repeat(262_144) + 'x'.repeat(262_144);
    expect(await ask([answer(text)])).toMatchObject({ text, attempts: 1 });
  });
  test('a compressed reply is read', async () => {
    expect(await ask([gzipped('four')])).toMatchObject({ text: 'four' });
  });
  test('a redirect is followed on the same server, and to no other', async () => {
    expect(await ask([redirect('/v2/chat/completions'), answer('moved')])).toMatchObject({ text: 'moved' });
    expect(server.asked.map(({ path, method }) => [method, path])).toEqual([
      ['POST', '/v1/chat/completions'],
      ['POST', '/v2/chat/completions'],
    ]);
    for (const code of [301, 302, 307, 308]) {
      const found = await ask([redirect(`${elsewhere.url}/chat/completions`, code)]);
      expect(found).toMatchObject({ status: 'bad_request', attempts: 1 });
    }
    expect(elsewhere.asked).toEqual([]);
  });
  test('a certificate that nobody vouches for is network, and says what to do', async () => {
    const found = await ask([], { baseUrl: sealed.url });
    expect(found).toMatchObject({ status: 'network', message: expect.stringContaining('NODE_EXTRA_CA_CERTS') });
    expect(sealed.asked).toEqual([]);
  });
  test.each([
    [{ message: 'maximum context length is 10 tokens' }, 'too_long'],
    [{ message: 'x', code: 'context_length_exceeded' }, 'too_long'],
    [{ message: 'x', code: 'content_filter' }, 'filtered'],
  ])('400 with %j is %s', async (error, expected) => {
    expect(await ask([status(400, {}, { error })])).toMatchObject({ status: expected, attempts: 1 });
  });
});

describe('a stream', () => {
  const ask = (...behaviours: readonly Behaviour[]) => outcome(behaviours, { stream: true });
  test.each([
    ['comments', { comments: true }],
    ['CRLF', { newline: '\r\n' as const }],
    ['CR', { newline: '\r' as const }],
    ['several data lines an event', { manyLines: true }],
    ['characters cut apart', { byteByByte: true }],
    ['CRLF cut apart', { byteByByte: true, newline: '\r\n' as const, comments: true }],
    ['no [DONE]', { done: false }],
    ['a wrong content type', { contentType: 'text/plain' }],
    ['the type of JSON', { contentType: 'application/json' }],
  ])('with %s is read', async (_, form) => {
    const found = await ask(stream('naïve 😀 4', {}, form));
    expect(found).toEqual({
      text: 'naïve 😀 4',
      attempts: 1,
      waits: [],
      streamed: true,
      flags: [],
      finishReason: 'stop',
    });
  });
  test('that a server does not know is a whole answer without a first token', async () => {
    expect(await ask(whole('four'))).toMatchObject({ text: 'four', streamed: false });
  });
  test('with an error midway is server_error', async () => {
    expect(await ask(errorMidway())).toMatchObject({ status: 'server_error', attempts: 2 });
    expect(await ask(errorMidway(), answer('four'))).toMatchObject({ text: 'four', attempts: 2 });
  });
  test.each([
    ['ends without an end', unfinishedStream],
    ['is cut', cutStream],
  ])('that %s is network', async (_, behaviour) => {
    expect(await ask(behaviour)).toMatchObject({ status: 'network', attempts: 2 });
  });
  test('that breaks after its end is an answer', async () => {
    const broken: Behaviour = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const frames = chunksOf('four').map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`);
      response.write(frames.join(''), () => response.destroy());
    };
    expect(await ask(broken)).toMatchObject({ text: 'four', attempts: 1 });
  });
  test('that never begins is given up before the call is', async () => {
    const found = await outcome([silence], { stream: true }, { timeoutMs: 60_000, firstTokenMs: 20, maxRetries: 0 });
    expect(found).toMatchObject({ status: 'timeout', message: 'no word of an answer within 0.02 s' });
  });
  test('of reasoning alone has begun, and is no empty answer', async () => {
    const delta = { reasoning_content: 'two and two' };
    const list = [{ choices: [{ delta, finish_reason: null }] }, { choices: [{ delta: {}, finish_reason: 'length' }] }];
    expect(await ask(events(list))).toMatchObject({ text: '', attempts: 1, streamed: true, finishReason: 'length' });
  });
  test('is handed on piece by piece, and not begun again once it was', async () => {
    const pieces: string[] = [];
    const onText = (piece: string) => void pieces.push(piece);
    expect(await outcome([errorMidway()], { stream: true, onText })).toMatchObject({
      status: 'server_error',
      attempts: 1,
    });
    expect(await outcome([answer('four')], { stream: true, onText })).toMatchObject({ text: 'four' });
    expect(pieces).toEqual(['4', '2', 'fo', 'ur']);
  });
  test('or its options that are refused are left out from then on', async () => {
    const refuses = (param: string) => status(400, {}, { error: { message: `Unknown field ${param}`, param } });
    expect(await ask(refuses('stream_options'), refuses('stream'), answer('four'))).toMatchObject({ text: 'four' });
    const sent = server.asked.map(({ json: { stream: s, stream_options: o } }) => [s, o]);
    expect(sent).toEqual([
      [true, { include_usage: true }],
      [true, undefined],
      [undefined, undefined],
    ]);
  });
});
