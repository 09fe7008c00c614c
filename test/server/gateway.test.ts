// The gateway as the official OpenAI client sees it, over real sockets, in front of scripted model servers.
import { connect } from 'node:net';
import OpenAI from 'openai';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { answer, json } from '../providers/fault-server/answers.js';
import type { FaultServer } from '../providers/fault-server/fault-server.js';
import { cutStream, errorMidway, hangUp, silence, status } from '../providers/fault-server/faults.js';
import { temporaryFolder } from '../temporary-folder.js';
import { gatewayConfig, modelServer, openOnPort, toyArtifact } from './gateway-on-port.js';

const folder = temporaryFolder();
let models: FaultServer;
let gateway: Awaited<ReturnType<typeof openOnPort>>;
let client: OpenAI;
const MATHS = 'derivative integral equation matrix prime';
const COOKING = 'onion butter garlic sauce dough';
const ask = (content: string) => [{ role: 'user' as const, content }];

beforeAll(async () => {
  await toyArtifact(folder);
  models = await modelServer();
  gateway = await openOnPort(
    await gatewayConfig(folder.path, models.url, {
      'serve.max_body_mb': 1,
      'serve.abilities': { cook: { images: false, tools: false } },
      'serve.breaker': { failures: 1000 },
    }),
  );
  client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'none', maxRetries: 0 });
});
beforeEach(() => models.script(() => answer('4')));

describe('the official client', () => {
  test('a question goes to the model that is good at it, and the headers say why', async () => {
    const { data, response } = await client.chat.completions
      .create({ model: 'vsr/knn', messages: ask(MATHS) })
      .withResponse();
    const { headers } = response;
    expect(data.choices[0]!.message.content).toBe('4');
    expect({
      asked: models.asked[0]!.model,
      model: headers.get('x-vsr-model'),
      router: headers.get('x-vsr-router'),
      reason: headers.get('x-vsr-reason'),
    }).toEqual({
      asked: 'mathematician',
      model: 'mathematician',
      router: 'knn',
      reason: 'highest_utility',
    });
    expect(Number(headers.get('x-vsr-score'))).toBeGreaterThan(0.5);
    expect(headers.get('x-vsr-decision-id')).toMatch(/^vsr-[0-9a-f-]{36}$/);
    await client.chat.completions.create({ model: 'auto', messages: ask(COOKING) });
    expect(models.asked[1]!.model).toBe('cook');
  });

  test('a stream comes piece by piece', async () => {
    const stream = await client.chat.completions.create({ model: 'vsr', messages: ask(MATHS), stream: true });
    const pieces: string[] = [];
    for await (const chunk of stream) pieces.push(chunk.choices[0]?.delta.content ?? '');
    expect(pieces.join('')).toBe('4');
  });

  test('an alias is asked without routing; an unknown one is a 404 in their shape', async () => {
    const { response } = await client.chat.completions
      .create({ model: 'generalist', messages: ask(MATHS) })
      .withResponse();
    expect(response.headers.get('x-vsr-reason')).toBe('alias');
    expect(models.asked[0]!.model).toBe('generalist');
    const error = await client.chat.completions.create({ model: 'generalis', messages: ask('x') }).catch((e) => e);
    expect(error).toBeInstanceOf(OpenAI.NotFoundError);
    expect({ code: error.code, param: error.param, message: error.message }).toEqual({
      code: 'model_not_found',
      param: 'model',
      message: '404 There is no model "generalis" here. Did you mean generalist?',
    });
  });

  test('tools, images and fields nobody knows arrive untouched, the policy does not; the reply keeps its own fields', async () => {
    const body = {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: COOKING },
            { type: 'image_url', image_url: { url: 'https://example.com/a.png', detail: 'low' } },
          ],
        },
      ],
      tools: [{ type: 'function', function: { name: 'weigh', parameters: { type: 'object', properties: {} } } }],
      logit_bias: { 50256: -100 },
      something_new: { deep: [1, null, 'ü'] },
      user: 'u1',
    };
    const reply = {
      id: 'r1',
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: null,
            tool_calls: [{ id: 't1', type: 'function', function: { name: 'weigh', arguments: '{}' } }],
          },
          finish_reason: 'tool_calls',
        },
      ],
      novelty: { a: 1 },
    };
    models.script(() => json(reply));
    const response = await gateway.post('/v1/chat/completions', { ...body, model: 'vsr', vsr: { quality_weight: 1 } });
    expect(await response.json()).toEqual(reply);
    // The cook takes neither images nor tools here.
    expect(models.asked[0]!.json).toEqual({ ...body, model: response.headers.get('x-vsr-model') });
    expect(response.headers.get('x-vsr-model')).not.toBe('cook');
  });

  test('embeddings and completions are handed on', async () => {
    const embedding = { object: 'list', data: [{ object: 'embedding', index: 0, embedding: [1, 0.5] }], model: 'e' };
    models.script(() => json(embedding));
    expect(
      await (await gateway.post('/v1/embeddings', { model: 'cook', input: 'a', encoding_format: 'float' })).json(),
    ).toEqual(embedding);
    expect(models.asked[0]!.path).toBe('/v1/embeddings');
    models.script(() => json({ id: 'c', choices: [{ text: 'b', index: 0, finish_reason: 'stop' }] }));
    expect((await client.completions.create({ model: 'generalist', prompt: 'a' })).choices[0]!.text).toBe('b');
  });

  test('models are the automatic names, the routers and the models', async () => {
    const names = (await client.models.list()).data.map(({ id }) => id);
    expect(names).toEqual(['vsr', 'auto', 'vsr/knn', 'vsr/kmeans', 'mathematician', 'cook', 'generalist']);
  });

  test('the provider key goes to the provider and nowhere else', async () => {
    models.script(() => status(400, {}, { error: { message: 'bad key provider-key-123456789' } }));
    const response = await gateway.post(
      '/v1/chat/completions',
      { model: 'cook', messages: ask('x') },
      { authorization: 'Bearer client-key' },
    );
    expect({ status: response.status, text: await response.text() }).toEqual({
      status: 400,
      text: JSON.stringify({ error: { message: 'bad key [key]' } }),
    });
    expect(models.asked[0]!.headers.authorization).toBe('Bearer provider-key-123456789');
  });
});

describe('failures', () => {
  test.each([
    ['a 500', status(500)],
    ['a 429', status(429)],
    ['a cut connection', hangUp],
    ['an error under 200', json({ error: { message: 'no', code: 500 } })],
  ])('%s: the next in the ranking answers', async (_, fault) => {
    models.script(({ model }) => (model === 'mathematician' ? fault : answer('from the next')));
    const { data, response } = await client.chat.completions
      .create({ model: 'vsr/knn', messages: ask(MATHS) })
      .withResponse();
    expect(data.choices[0]!.message.content).toBe('from the next');
    expect(response.headers.get('x-vsr-reason')).toBe('fallback');
    expect(models.asked.map(({ model }) => model)[0]).toBe('mathematician');
    expect(response.headers.get('x-vsr-model')).toBe(models.asked[1]!.model);
    // The score is that of who answered, not of who was to.
    const decision = await gateway.post('/v1/route', { model: 'vsr/knn', messages: ask(MATHS) });
    const { ranking } = (await decision.json()) as { ranking: { model: string; expected_quality: number }[] };
    const [first, second] = ranking;
    expect([first!.model, second!.model]).toEqual(models.asked.map(({ model }) => model));
    expect(response.headers.get('x-vsr-score')).toBe(second!.expected_quality.toFixed(4));
  });

  test('a stream that fails before its first word falls back too, one that breaks later ends with an error event', async () => {
    models.script(({ model }) => (model === 'mathematician' ? status(503) : answer('42')));
    const stream = await client.chat.completions.create({ model: 'vsr/knn', messages: ask(MATHS), stream: true });
    let text = '';
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    expect(text).toBe('42');
    models.script(() => cutStream);
    const broken = await gateway.post('/v1/chat/completions', { model: 'cook', messages: ask('x'), stream: true });
    expect(await broken.text()).toContain('"code":"upstream_broke_off"');
    models.script(() => errorMidway());
    const told = await gateway.post('/v1/chat/completions', { model: 'cook', messages: ask('x'), stream: true });
    expect(await told.text()).toContain('{"error":{"message":"lost","code":502}}');
  });

  test('what is the asker’s own fault is asked nowhere else; where all fail it is a 502 that names them', async () => {
    models.script(() =>
      status(
        400,
        {},
        { error: { message: 'temperature is wrong', type: 'invalid_request_error', param: 'temperature', code: null } },
      ),
    );
    const error = await client.chat.completions.create({ model: 'vsr/knn', messages: ask(MATHS) }).catch((e) => e);
    expect([error.status, error.param, models.asked.length]).toEqual([400, 'temperature', 1]);
    models.script(() => status(500));
    const dead = await client.chat.completions.create({ model: 'vsr/knn', messages: ask(MATHS) }).catch((e) => e);
    expect([dead.status, dead.code, models.asked.length]).toEqual([502, 'upstream_failed', 2]);
    expect(dead.message).toMatch(/mathematician: HTTP 500: status 500/);
  });

  test('a client that leaves cancels the call to the model', async () => {
    let canceled: () => void;
    const upstreamClosed = new Promise<void>((resolve) => {
      canceled = resolve;
    });
    models.script(() => (response, asked) => {
      response.once('close', () => canceled());
      silence(response, asked);
    });
    const abort = new AbortController();
    const call = client.chat.completions
      .create({ model: 'vsr', messages: ask(MATHS) }, { signal: abort.signal })
      .catch((e) => e);
    await vi.waitFor(() => expect(models.asked.length).toBe(1));
    abort.abort();
    await upstreamClosed;
    expect(await call).toBeInstanceOf(OpenAI.APIUserAbortError);
  });

  test('a client that leaves in the middle of a stream cancels it too', async () => {
    let canceled: () => void;
    const upstreamClosed = new Promise<void>((resolve) => {
      canceled = resolve;
    });
    models.script(() => (response) => {
      response.once('close', () => canceled());
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {"id":"s","choices":[{"index":0,"delta":{"content":"a"}}]}\n\n');
    });
    const stream = await client.chat.completions.create({ model: 'vsr', messages: ask(MATHS), stream: true });
    for await (const chunk of stream) {
      expect(chunk.choices[0]!.delta.content).toBe('a');
      break; // leaves
    }
    await upstreamClosed;
  });
});

describe('decisions alone', () => {
  test('one, with its ranking; many, in order; the fewest keys', async () => {
    const one = (await (
      await gateway.post('/v1/route', { query: MATHS, model: 'vsr/knn', user: 'u1' })
    ).json()) as Record<string, unknown>;
    expect({
      model: one.model,
      router: one.router,
      user: one.user,
      ranked: (one.ranking as unknown[]).length,
      masked: one.masked,
    }).toEqual({ model: 'mathematician', router: 'knn', user: 'u1', ranked: 3, masked: {} });
    const many = (await (
      await gateway.post('/v1/route', {
        queries: [MATHS, { query: COOKING }],
        vsr: { candidates: ['cook', 'generalist'] },
      })
    ).json()) as { decisions: { model: string; masked: unknown }[] };
    expect(many.decisions.map(({ model }) => model)[1]).toBe('cook');
    expect(many.decisions[0]!.masked).toEqual({ mathematician: 'not_a_candidate' });
    expect(models.asked).toEqual([]);
  });

  test('of models that are not configured here the decision says so', async () => {
    const settings = { model_config: { cook: {}, generalist: {} } };
    const on = await openOnPort(await gatewayConfig(folder.path, models.url, settings));
    const { model, masked } = (await (await on.post('/v1/route', { query: MATHS })).json()) as Record<string, unknown>;
    expect([model === 'mathematician', masked]).toEqual([false, { mathematician: 'not_configured' }]);
    await on.close();
  });

  test('a session stays with its model, unless it must not', async () => {
    const session = { session_id: 's1' };
    await gateway.post('/v1/chat/completions', { model: 'vsr/knn', messages: ask(MATHS), vsr: session });
    const sticky = await gateway.post('/v1/chat/completions', {
      model: 'vsr/knn',
      messages: ask(COOKING),
      vsr: session,
    });
    expect([sticky.headers.get('x-vsr-model'), sticky.headers.get('x-vsr-reason')]).toEqual([
      'mathematician',
      'sticky_session',
    ]);
    const free = await gateway.post('/v1/chat/completions', {
      model: 'vsr/knn',
      messages: ask(COOKING),
      vsr: { ...session, sticky: false },
    });
    expect(free.headers.get('x-vsr-model')).toBe('cook');
    const barred = await gateway.post('/v1/chat/completions', {
      model: 'vsr/knn',
      messages: ask(COOKING),
      vsr: { session_id: 's2', candidates: ['cook', 'generalist'] },
    });
    expect(barred.headers.get('x-vsr-model')).toBe('cook');
    const without = await gateway.post('/v1/route', {
      query: MATHS,
      model: 'vsr/knn',
      vsr: { session_id: 's2', candidates: ['mathematician', 'generalist'] },
    });
    expect(await without.json()).toMatchObject({ model: 'mathematician', reason: 'highest_utility' });
  });
});

describe('requests that are wrong', () => {
  const bad: [what: string, body: unknown, status: number, code: string | null][] = [
    ['malformed JSON', '{"model":', 400, 'invalid_json'],
    ['a list', '[]', 400, 'invalid_json'],
    ['no messages', { model: 'vsr' }, 400, 'invalid_value'],
    ['an unknown policy key', { messages: ask('x'), vsr: { budget: 1 } }, 400, 'invalid_value'],
    ['an unknown router', { model: 'vsr/nothing', messages: ask('x') }, 400, 'vsr_router_unknown'],
    ['an unknown candidate', { messages: ask('x'), vsr: { candidates: ['nobody'] } }, 404, 'model_not_found'],
    [
      'an image at home',
      {
        messages: [
          { role: 'user', content: [{ type: 'image_url', image_url: { url: 'http://169.254.169.254/latest' } }] },
        ],
      },
      400,
      'invalid_image_url',
    ],
    [
      'an image in a number',
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'http://2130706433/x' } }] }] },
      400,
      'invalid_image_url',
    ],
    [
      'an image in a file',
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'file:///etc/passwd' } }] }] },
      400,
      'invalid_image_url',
    ],
    ['more than a megabyte', { messages: ask('x'.repeat(1_100_000)) }, 413, 'request_too_large'],
  ];
  test.each(bad)('%s', async (_, body, code, name) => {
    const response = await gateway.post('/v1/chat/completions', body);
    const { error } = (await response.json()) as { error: { code: string; message: string; type: string } };
    expect([response.status, error.code]).toEqual([code, name]);
    expect(models.asked).toEqual([]);
  });

  test('a body of 50 MB without a length is refused before it has come', async () => {
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent >= 50e6) return controller.close();
        sent += 65_536;
        controller.enqueue(new Uint8Array(65_536).fill(32));
      },
    });
    const outcome = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      duplex: 'half',
    } as RequestInit).then(
      (response) => response.status,
      () => 413, // the connection may end while we still send
    );
    expect(outcome).toBe(413);
    expect(sent).toBeLessThan(50e6);
  });

  test('a page of another origin and a foreign host name are refused, and so is a form’s content type', async () => {
    const foreign = await gateway.post('/v1/route', { query: 'x' }, { origin: 'https://evil.example' });
    expect(foreign.status).toBe(403);
    expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
    expect((await gateway.post('/v1/route', { query: 'x' }, { 'content-type': 'text/plain' })).status).toBe(415);
    expect(
      await raw(gateway.port, 'GET /health HTTP/1.1\r\nHost: rebound.example\r\nConnection: close\r\n\r\n'),
    ).toMatch(/^HTTP\/1.1 421/);
  });

  test('nothing a client sends breaks out of a header', async () => {
    const answerText = await raw(
      gateway.port,
      'GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nx-vsr-user: a\rX-Evil: 1\r\nConnection: close\r\n\r\n',
    );
    expect(answerText).toMatch(/^HTTP\/1.1 400/);
    const response = await gateway.post('/v1/chat/completions', { model: 'a\r\nx-evil: 1', messages: ask('x') });
    expect([response.status, response.headers.get('x-evil')]).toEqual([404, null]);
  });

  test('no bug was met', () => expect(gateway.bugs).toEqual([]));
});

test('health, readiness and metrics', async () => {
  expect(await (await fetch(`${gateway.url}/health`)).json()).toEqual({ status: 'ok' });
  expect(((await (await fetch(`${gateway.url}/ready`)).json()) as { models: number }).models).toBe(3);
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  expect(text).toMatch(/^vsr_decisions_total\{model="mathematician",router="knn",reason="highest_utility"\} \d+$/m);
  expect(text).toMatch(/^vsr_fallbacks_total\{model="mathematician",why="server_error"\} \d+$/m);
  expect(text).toMatch(/^vsr_cost_dollars_total\{model="cook"\} 0\.0000\d+/m);
  expect(text).toMatch(/^vsr_stage_seconds_count\{stage="embed"\} \d+$/m);
});

function raw(port: number, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('end', () => resolve(text));
    socket.on('error', reject);
  });
}
