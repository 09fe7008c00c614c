// Calls to a server on the loopback: what is sent, what is read, what each error means, and that no key is ever seen.
import { describe, expect, test } from 'vitest';
import type { EndpointSettings, ModelSettings } from '../../../src/providers/endpoint.js';
import { createOpenAiProvider, type NetworkTools } from '../../../src/providers/openai/openai-provider.js';
import { type CompletionRequest, ProviderFailure } from '../../../src/providers/provider.js';
import { loopbackServer, type Scripted } from '../../http/loopback-server.js';

const server = await loopbackServer();

const REQUEST: CompletionRequest = {
  queryId: 'q1',
  alias: 'small',
  model: 'small-1',
  prompt: 'What is 2 + 2?',
  images: [],
  maxTokens: 64,
  temperature: 0,
  seed: 7,
};

const REPLY = {
  id: 'x',
  model: 'small-1-2026',
  choices: [{ message: { role: 'assistant', content: '4', refusal: null }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 12, completion_tokens: 1, total_tokens: 13 },
};

const ok = (changes: object = {}): Scripted => ({ body: JSON.stringify({ ...REPLY, ...changes }) });
const failing = (status: number, error: object | string, headers: Record<string, string> = {}): Scripted => ({
  status,
  headers,
  body: typeof error === 'string' ? error : JSON.stringify({ error }),
});
const message = (content: unknown, more: object = {}, finish_reason = 'stop') =>
  ok({ choices: [{ message: { content, ...more }, finish_reason }] });

async function open(
  endpoint: Partial<EndpointSettings> = {},
  models: Record<string, ModelSettings> = { small: {} },
  tools: Partial<NetworkTools> = {},
) {
  const waits: number[] = [];
  const wait = async (ms: number) => void waits.push(ms);
  const settings: EndpointSettings = {
    name: 'local',
    baseUrl: `${server.origin}/v1`,
    type: 'openai-compatible',
    ...endpoint,
  };
  const provider = await createOpenAiProvider(settings, models, {
    environment: {},
    uniform: () => 0.5,
    wait,
    ...tools,
  });
  return { provider, waits };
}

/** The failure of one call against a script, with what was waited. */
async function failureOf(scripted: Scripted[], endpoint: Partial<EndpointSettings> = {}) {
  server.script(...scripted);
  const { provider, waits } = await open(endpoint);
  const failure = await provider.complete(REQUEST).then(
    () => expect.unreachable('expected a failure'),
    (error) => error,
  );
  expect(failure).toBeInstanceOf(ProviderFailure);
  return { failure: failure as ProviderFailure, waits };
}

const bodies = () => server.asked.map((asked) => JSON.parse(asked.body));

describe('what is sent', () => {
  test('is one chat completion request and no header but ours', async () => {
    server.script(ok());
    const { provider } = await open({ apiKey: 'key-0123456789abc', headers: { 'X-Team': 'blue team' } });
    await provider.complete({ ...REQUEST, systemPrompt: 'Be brief.' });
    const [asked] = server.asked;
    expect(asked!.path).toBe('/v1/chat/completions');
    expect(JSON.parse(asked!.body)).toEqual({
      model: 'small-1',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'What is 2 + 2?' },
      ],
      max_tokens: 64,
      temperature: 0,
      seed: 7,
    });
    const platform = [
      'host',
      'connection',
      'user-agent',
      'accept-language',
      'accept-encoding',
      'sec-fetch-mode',
      'content-length',
    ];
    const ours = Object.entries(asked!.headers).filter(([name]) => !platform.includes(name));
    expect(Object.fromEntries(ours)).toEqual({
      accept: 'application/json',
      'content-type': 'application/json',
      authorization: 'Bearer key-0123456789abc',
      'x-team': 'blue team',
    });
  });
  test('holds images as parts, and the extra body last', async () => {
    server.script(ok());
    const { provider } = await open({}, { small: { extraBody: { temperature: 0.5, top_k: 3 } } });
    await provider.complete({ ...REQUEST, images: ['data:image/png;base64,AA=='] });
    expect(bodies()[0]).toMatchObject({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is 2 + 2?' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } },
          ],
        },
      ],
      temperature: 0.5,
      top_k: 3,
    });
  });
  test('carries no authorization where there is no key', async () => {
    server.script(ok());
    const { provider } = await open({}, { small: {} }, { environment: { OPENAI_API_KEY: 'sk-of-the-environment-1' } });
    await provider.complete(REQUEST);
    expect(server.asked[0]!.headers.authorization).toBeUndefined();
  });
});

describe('which key', () => {
  const sentKeys = () => server.asked.map(({ headers }) => headers.authorization);
  test("the model's wins over the endpoint's; a list is used in turn", async () => {
    server.script(ok());
    const { provider } = await open({ apiKey: ['one-1', 'two-2'] }, { small: {}, other: { accessKey: 'own-3\n' } });
    for (const alias of ['small', 'small', 'other', 'small']) await provider.complete({ ...REQUEST, alias });
    expect(sentKeys()).toEqual(['Bearer one-1', 'Bearer two-2', 'Bearer own-3', 'Bearer one-1']);
  });
  test("the environment's goes to OpenAI's own host and to no other", async () => {
    const asked: [string, string | null][] = [];
    const fetch = async (url: unknown, init?: RequestInit) => {
      asked.push([String(url), new Headers(init?.headers).get('authorization')]);
      return new Response(JSON.stringify(REPLY));
    };
    const environment = { OPENAI_API_KEY: 'sk-of-the-environment-1', OPENAI_BASE_URL: 'http://127.0.0.1:9' };
    for (const settings of [
      { type: 'openai' as const, baseUrl: undefined },
      { type: 'openai' as const, baseUrl: 'https://gateway.example.com/v1' },
      { type: 'openai' as const, baseUrl: 'http://api.openai.com/v1' },
    ]) {
      const { provider } = await open(settings, { small: {} }, { environment, fetch });
      await provider.complete(REQUEST);
    }
    expect(asked).toEqual([
      ['https://api.openai.com/v1/chat/completions', 'Bearer sk-of-the-environment-1'],
      ['https://gateway.example.com/v1/chat/completions', null],
      ['http://api.openai.com/v1/chat/completions', null],
    ]);
  });
  test('OpenAI without any key is refused before a call', async () => {
    await expect(open({ type: 'openai', baseUrl: undefined })).rejects.toMatchObject({
      code: 'VSR_API_KEY_MISSING',
      message: 'Endpoint local has no api_key, and OPENAI_API_KEY is not set.',
    });
  });
  test('a key that no header can carry is refused without being shown', async () => {
    await expect(open({ apiKey: 'k\u201cey' })).rejects.toMatchObject({
      code: 'VSR_CONFIG',
      message: 'The api_key of endpoint local is empty or holds a character that no HTTP header can carry.',
    });
  });
});

describe('what is read', () => {
  const complete = async (scripted: Scripted) => {
    server.script(scripted);
    const { provider } = await open();
    return provider.complete(REQUEST);
  };
  test('text, tokens, served model, and the latency of the call', async () => {
    const completion = await complete(ok());
    expect(completion).toEqual({
      text: '4',
      finishReason: 'stop',
      inputTokens: 12,
      outputTokens: 1,
      servedModel: 'small-1-2026',
      latency: expect.any(Number),
      ttft: null,
      attempts: 1,
      flags: [],
    });
    expect(completion.latency).toBeGreaterThan(0);
  });
  test('cached and reasoning tokens, and a cost that the server reports', async () => {
    const usage = {
      ...REPLY.usage,
      cost: 0.002,
      prompt_tokens_details: { cached_tokens: 8 },
      completion_tokens_details: { reasoning_tokens: 5 },
    };
    expect(await complete(ok({ usage }))).toMatchObject({ cachedTokens: 8, reasoningTokens: 5, reportedCost: 0.002 });
  });
  test.each([
    ['stop', 'stop'],
    ['length', 'length'],
    ['content_filter', 'filter'],
    ['tool_calls', 'unknown'],
    [null, 'unknown'],
  ])('finish_reason %s is %s', async (given, expected) => {
    const completion = await complete(ok({ choices: [{ message: { content: 'x' }, finish_reason: given }] }));
    expect(completion.finishReason).toBe(expected);
  });
  test.each(['reasoning_content', 'reasoning'])('reasoning in %s', async (name) => {
    expect(await complete(message('4', { [name]: 'two and two' }))).toMatchObject({
      text: '4',
      reasoning: 'two and two',
    });
  });
  test('a refusal, as text with a flag', async () => {
    expect(await complete(message(null, { refusal: 'No.' }))).toMatchObject({ text: 'No.', flags: ['refusal'] });
  });
  test('content in parts', async () => {
    expect(
      (
        await complete(
          message([
            { type: 'text', text: 'a' },
            { type: 'text', text: 'b' },
          ]),
        )
      ).text,
    ).toBe('ab');
  });
  test('tokens are estimated at four characters each where the server counts none', async () => {
    // 14 characters of prompt, 9 of answer.
    const completion = await complete(
      ok({ usage: undefined, choices: [{ message: { content: 'it is: 4!' }, finish_reason: 'stop' }] }),
    );
    expect([completion.inputTokens, completion.outputTokens, completion.flags]).toEqual([4, 3, ['tokens_estimated']]);
  });
  test('JSON that is not called JSON', async () => {
    expect((await complete({ headers: { 'content-type': 'text/plain' }, body: JSON.stringify(REPLY) })).text).toBe('4');
  });
});

describe('retries', () => {
  test('a 429 waits as long as asked; attempts are counted', async () => {
    server.script(failing(429, { message: 'slow down' }, { 'retry-after': '3' }), ok());
    const { provider, waits } = await open();
    expect((await provider.complete(REQUEST)).attempts).toBe(2);
    expect(waits).toEqual([3000]);
  });
  test.each([
    ['an HTML page under HTTP 200', { headers: { 'content-type': 'text/html' }, body: '<html>Bad gateway</html>' }],
    ['broken JSON', { body: '{"choices":[{"mess' }],
    ['no choices', { body: '{"choices":[]}' }],
    ['an error under HTTP 200', { body: '{"error":{"message":"overloaded"}}' }],
    ['an error inside the choice', { body: '{"choices":[{"error":{"message":"lost"}}]}' }],
    ['finish_reason error', message('half', {}, 'error')],
    ['a connection cut in the middle', 'half' as const],
  ])('%s is tried again', async (_, scripted) => {
    server.script(scripted, ok());
    const { provider } = await open();
    expect(await provider.complete(REQUEST)).toMatchObject({ text: '4', attempts: 2 });
  });
  test('an empty text is tried again once and then stands', async () => {
    server.script(message(''));
    const { provider } = await open();
    expect(await provider.complete(REQUEST)).toMatchObject({ text: '', finishReason: 'stop', attempts: 2 });
  });
  test('reasoning without content is an answer cut short, not an empty one', async () => {
    server.script(message('', { reasoning: 'hm' }));
    const { provider } = await open();
    expect(await provider.complete(REQUEST)).toMatchObject({ text: '', attempts: 1 });
  });
});

describe('a field the model refuses', () => {
  const refused = (param: string) =>
    failing(400, { message: `Unsupported parameter: '${param}'`, param, code: 'unsupported_parameter' });
  test('is renamed or dropped at once, without a wait, and the model is asked that way from then on', async () => {
    server.script(refused('max_tokens'), refused('temperature'), refused('seed'), ok());
    const { provider, waits } = await open();
    expect((await provider.complete(REQUEST)).attempts).toBe(4);
    await provider.complete(REQUEST);
    await provider.complete({ ...REQUEST, model: 'another' });
    const fields = bodies().map(({ model: _m, messages: _t, ...rest }) => rest);
    expect(fields).toEqual([
      { max_tokens: 64, temperature: 0, seed: 7 },
      { max_completion_tokens: 64, temperature: 0, seed: 7 },
      { max_completion_tokens: 64, seed: 7 },
      { max_completion_tokens: 64 },
      { max_completion_tokens: 64 },
      { max_tokens: 64, temperature: 0, seed: 7 },
    ]);
    expect(waits).toEqual([]);
  });
  test('of another name, or from the extra body, is an error', async () => {
    const { failure } = await failureOf([refused('messages')]);
    expect([failure.status, failure.attempts]).toEqual(['bad_request', 1]);
    server.script(refused('seed'));
    const { provider } = await open({}, { small: { extraBody: { seed: 1 } } });
    await expect(provider.complete(REQUEST)).rejects.toMatchObject({ status: 'bad_request', attempts: 1 });
  });
});

describe('what an error means', () => {
  const html = '<html><body>\n  Bad   gateway</body></html>';
  test.each([
    [400, { message: 'no such field' }, 'bad_request', 1, 'no such field'],
    [400, { message: 'x', code: 'context_length_exceeded' }, 'too_long', 1, 'x'],
    [
      400,
      { message: "This model's maximum context length is 8192 tokens" },
      'too_long',
      1,
      "This model's maximum context length is 8192 tokens",
    ],
    [400, { message: 'blocked', code: 'content_filter' }, 'filtered', 1, 'blocked'],
    [403, { message: 'flagged', metadata: { reasons: ['violence'] } }, 'filtered', 1, 'flagged'],
    [401, { message: 'who are you' }, 'auth', 1, 'who are you'],
    [402, { message: 'no credits' }, 'auth', 1, 'no credits'],
    [403, { message: 'not for you' }, 'auth', 1, 'not for you'],
    [404, { message: 'no such model' }, 'bad_request', 1, 'no such model'],
    [422, '{"detail":[{"msg":"bad value"}]}', 'bad_request', 1, 'bad value'],
    [418, '{"title":"teapot"}', 'bad_request', 1, 'teapot'],
    [408, { message: 'late' }, 'server_error', 2, 'late'],
    [409, '{"error":"conflict"}', 'server_error', 2, 'conflict'],
    [429, '{"message":"slow down"}', 'rate_limited', 2, 'slow down'],
    [500, '', 'server_error', 2, 'nothing'],
    [502, html, 'server_error', 2, '<html><body> Bad gateway</body></html>'],
    [529, '{"detail":"overloaded"}', 'server_error', 2, 'overloaded'],
  ])('%d %j is %s after %d attempts', async (status, error, expected, attempts, text) => {
    const { failure } = await failureOf([failing(status, error)], { maxRetries: 1 });
    expect([failure.status, failure.attempts, failure.httpStatus]).toEqual([expected, attempts, status]);
    expect(failure.message).toBe(`HTTP ${status}: ${text}`);
  });
  test.each([
    ['without a status inside', { message: 'overloaded' }, 'server_error', 2, 200],
    ['with one', { message: 'no credits', code: 402 }, 'auth', 1, 402],
    ['with one worth a retry', { message: 'slow down', code: 429 }, 'rate_limited', 2, 429],
  ])('an error under HTTP 200 %s', async (_, error, status, attempts, httpStatus) => {
    const { failure } = await failureOf([failing(200, error)], { maxRetries: 1 });
    expect([failure.status, failure.attempts, failure.httpStatus]).toEqual([status, attempts, httpStatus]);
  });
  test('a redirect names where to', async () => {
    const { failure } = await failureOf([{ status: 307, headers: { location: 'https://other.example/v1' } }]);
    expect([failure.status, failure.message]).toEqual([
      'bad_request',
      'HTTP 307: the server redirects to https://other.example/v1; set base_url to that',
    ]);
    expect(server.asked).toHaveLength(1);
  });
  test('silence is a timeout, a hang-up a network failure', async () => {
    const silent = await failureOf(['silence'], { maxRetries: 0, timeoutMs: 20 });
    expect([silent.failure.status, silent.failure.message]).toEqual(['timeout', 'no reply within 0.02 s']);
    const cut = await failureOf(['hang-up'], { maxRetries: 1 });
    expect([cut.failure.status, cut.failure.attempts]).toEqual(['network', 2]);
  });
  test('an abort is canceled', async () => {
    const controller = new AbortController();
    server.script(() => {
      controller.abort();
      return 'silence';
    });
    const { provider } = await open();
    await expect(provider.complete({ ...REQUEST, signal: controller.signal })).rejects.toMatchObject({
      status: 'canceled',
    });
    await expect(provider.complete({ ...REQUEST, signal: controller.signal })).rejects.toMatchObject({
      status: 'canceled',
    });
  });
});

describe('a quota that is used up', () => {
  test.each([
    ['by its code', failing(429, { message: 'pay', code: 'insufficient_quota' })],
    ['by a wait above two minutes', failing(429, { message: 'tomorrow' }, { 'retry-after': '86400' })],
  ])('(%s) stops the endpoint: nothing more is sent', async (_, scripted) => {
    server.script(scripted);
    const { provider, waits } = await open();
    await expect(provider.complete(REQUEST)).rejects.toMatchObject({ status: 'rate_limited', attempts: 1 });
    await expect(provider.complete(REQUEST)).rejects.toMatchObject({ status: 'rate_limited', attempts: 0 });
    expect([server.asked.length, waits]).toEqual([1, []]);
  });
});

describe('keys are never seen', () => {
  const key = 'sk-secret-0123456789abcdef';
  const team = 'team-password-42';
  test.each([400, 401, 429, 500, 200])(
    'in the error of a server that echoes all headers under HTTP %d',
    async (status) => {
      const echo: Scripted = ({ headers }) => ({
        status,
        body: JSON.stringify({
          error: { message: `${'x'.repeat(285)} ${headers.authorization} ${headers['x-password']}` },
        }),
      });
      const { failure } = await failureOf([echo], { apiKey: key, headers: { 'X-Password': team }, maxRetries: 0 });
      const everything = [failure.message, failure.stack, JSON.stringify(failure), String(failure.cause)].join('\n');
      for (const secret of [key, team, key.slice(0, 12), team.slice(0, 8)]) expect(everything).not.toContain(secret);
      expect(failure.message).toContain('[key]');
    },
  );
  test('in the text of an answer', async () => {
    server.script(({ headers }) => ({
      body: JSON.stringify({
        ...REPLY,
        choices: [{ message: { content: `You are ${headers.authorization}` }, finish_reason: 'stop' }],
      }),
    }));
    const { provider } = await open({ apiKey: key });
    expect((await provider.complete(REQUEST)).text).toBe('You are Bearer [key]');
  });
});
