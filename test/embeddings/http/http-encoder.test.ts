// Encoders on servers: what is sent, what is believed of a reply, and what each failure is called.
import { describe, expect, test } from 'vitest';
import type { Encoder } from '../../../src/embeddings/encoder.js';
import type { EncoderRequest } from '../../../src/embeddings/encoder-request.js';
import { openEncoder } from '../../../src/embeddings/registry.js';
import { rowOf } from '../../../src/math/matrix.js';
import { type Asked, loopbackServer } from '../../http/loopback-server.js';

const server = await loopbackServer();
const json = (value: unknown, status = 200) => ({ status, body: JSON.stringify(value) });
const noWait = async () => {};

/** Of length 5, so that scaling shows: 3/5 and 4/5 at places that depend on the text's length. */
const vectorOf = (text: string) => (text.length % 2 === 0 ? [3, 4] : [4, 3]);
const inputsOf = ({ body }: Asked): string[] => JSON.parse(body).input ?? JSON.parse(body).inputs;

/** One reply a kind of server. */
const REPLIES: Record<string, (asked: Asked) => ReturnType<typeof json>> = {
  openai: (asked) =>
    json({ data: inputsOf(asked).map((text, index) => ({ index, embedding: vectorOf(text) })), usage: {} }),
  nvclip: (asked) => REPLIES.openai!(asked),
  tei: (asked) =>
    asked.path === '/info'
      ? json({ model_id: 'BAAI/bge-small-en', max_client_batch_size: 2 })
      : json(inputsOf(asked).map(vectorOf)),
  ollama: (asked) => json({ embeddings: inputsOf(asked).map(vectorOf) }),
  huggingface: (asked) => json(inputsOf(asked).map(vectorOf)),
};

type Source = 'openai' | 'nvclip' | 'tei' | 'ollama' | 'huggingface';

async function open(source: Source, request: EncoderRequest = {}): Promise<Encoder> {
  server.script(REPLIES[source]!);
  const encoder = await openEncoder(
    { source, url: server.origin, model: 'some-model', maxRetries: 0, ...request },
    { wait: noWait },
  );
  server.script(REPLIES[source]!);
  return encoder;
}

const rows = ({ vectors }: Awaited<ReturnType<Encoder['embed']>>) =>
  Array.from({ length: vectors.rows }, (_, i) => [...rowOf(vectors, i)].map((value) => Math.round(value * 1e6) / 1e6));

describe('requests', () => {
  const kinds: [source: Source, path: string, body: (texts: string[]) => unknown][] = [
    ['openai', '/v1/embeddings', (input) => ({ model: 'some-model', input, encoding_format: 'float' })],
    ['nvclip', '/v1/embeddings', (input) => ({ model: 'some-model', input, encoding_format: 'float' })],
    ['tei', '/embed', (inputs) => ({ inputs, normalize: true, truncate: true })],
    ['ollama', '/api/embed', (input) => ({ model: 'some-model', input, truncate: true, keep_alive: '10m' })],
    [
      'huggingface',
      '/hf-inference/models/some-model/pipeline/feature-extraction',
      (inputs) => ({ inputs, normalize: true, truncate: true }),
    ],
  ];
  test.each(kinds)('%s gets its own request and its vectors are scaled to length 1', async (source, path, body) => {
    const encoder = await open(source, { apiKey: 'secret-key-0001' });
    const embedded = await encoder.embed(['ab', 'abc']);
    expect(server.asked.map((asked) => ({ path: asked.path, body: JSON.parse(asked.body) }))).toEqual([
      { path, body: body(['ab', 'abc']) },
    ]);
    expect(server.asked[0]!.headers.authorization).toBe('Bearer secret-key-0001');
    expect(Object.keys(server.asked[0]!.headers).filter((name) => name.startsWith('x-stainless'))).toEqual([]);
    expect(rows(embedded)).toEqual([
      [0.6, 0.8],
      [0.8, 0.6],
    ]);
    expect({ id: encoder.id, dim: encoder.dim }).toEqual({ id: 'some-model', dim: 2 });
  });

  test('texts go out in batches and come back in order, blank ones are the zero vector and are not sent', async () => {
    const encoder = await open('ollama', { batchSize: 2 });
    const embedded = await encoder.embed(['ab', '', 'abc', ' \n', 'abcd', 'abcde']);
    expect(server.asked.map(inputsOf).sort()).toEqual([
      ['ab', 'abc'],
      ['abcd', 'abcde'],
    ]);
    expect(rows(embedded)).toEqual([
      [0.6, 0.8],
      [0, 0],
      [0.8, 0.6],
      [0, 0],
      [0.6, 0.8],
      [0.8, 0.6],
    ]);
  });

  test('Text Embeddings Inference says how many inputs it takes, and its model', async () => {
    const encoder = await open('tei', { model: undefined, batchSize: 8 });
    await encoder.embed(['a', 'b', 'c']);
    expect(encoder.id).toBe('BAAI/bge-small-en');
    expect(server.asked.map((asked) => inputsOf(asked).length).sort()).toEqual([1, 2]);
  });

  test('a server without /info is asked for /embed alone', async () => {
    server.script((asked) => (asked.path === '/info' ? json({}, 404) : REPLIES.tei!(asked)));
    const encoder = await openEncoder({ source: 'tei', url: `${server.origin}/embed` });
    expect({ id: encoder.id, dim: encoder.dim }).toEqual({ id: 'tei', dim: 2 });
  });

  test('a prompt goes before the text, or where {text} stands', async () => {
    await (await open('ollama', { prompt: 'query: ' })).embed(['x']);
    expect(server.asked.map(inputsOf)).toEqual([['query: x']]);
    await (await open('ollama', { prompt: 'Instruct: route\nQuery:{text}' })).embed(["$' x"]);
    expect(server.asked.map(inputsOf)).toEqual([["Instruct: route\nQuery:$' x"]]);
  });

  test('a width asked of OpenAI is sent, and the reply must have it', async () => {
    await open('openai', { dim: 2 });
    await expect(open('openai', { dim: 3 })).rejects.toMatchObject({
      code: 'VSR_ENCODER',
      message: expect.stringContaining('some-model gave 2 values, asked for 3'),
    });
    expect(JSON.parse(server.asked[0]!.body).dimensions).toBe(3);
  });

  test('a lone surrogate is sent as U+FFFD', async () => {
    await (await open('ollama')).embed(['a\ud800b']);
    expect(server.asked.map(inputsOf)).toEqual([['a\ufffdb']]);
  });
});

describe('replies', () => {
  test('vectors in another order are sorted by their index', async () => {
    const encoder = await open('openai');
    server.script(
      json({
        data: [
          { index: 1, embedding: [0, 2] },
          { index: 0, embedding: [2, 0] },
        ],
      }),
    );
    expect(rows(await encoder.embed(['a', 'b']))).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  test('base64 is float32, little-endian', async () => {
    const encoder = await open('openai');
    const embedding = Buffer.from(Float32Array.of(3, 4).buffer).toString('base64');
    server.script(json({ data: [{ index: 0, embedding }] }));
    expect(rows(await encoder.embed(['a']))).toEqual([[0.6, 0.8]]);
  });

  test('one vector a token becomes their mean', async () => {
    const encoder = await open('huggingface');
    server.script(
      json([
        [
          [6, 0],
          [0, 8],
        ],
      ]),
    );
    expect(rows(await encoder.embed(['a']))).toEqual([[0.6, 0.8]]);
  });

  const bad: [what: string, reply: unknown, message: string][] = [
    ['fewer vectors', { embeddings: [[1, 2]] }, 'it was asked for 2 vectors and gave 1'],
    ['no list', { vectors: [] }, 'its reply holds no list of vectors'],
    [
      'null in a vector',
      {
        embeddings: [
          [1, 2],
          [null, 2],
        ],
      },
      'value 1 of vector 2 is null, expected a number',
    ],
    ['an empty vector', { embeddings: [[1, 2], []] }, 'vector 2 of 2 is no list of numbers'],
    [
      'another width',
      {
        embeddings: [
          [1, 2],
          [1, 2, 3],
        ],
      },
      'some-model gave 3 values, but 2 before',
    ],
  ];
  test.each(bad)('%s is refused', async (_, reply, message) => {
    const encoder = await open('ollama');
    server.script(json(reply));
    await expect(encoder.embed(['a', 'b'])).rejects.toMatchObject({
      code: 'VSR_ENCODER',
      message: expect.stringContaining(message),
    });
  });

  test('numbers that are used twice are refused', async () => {
    const encoder = await open('openai');
    server.script(json({ data: [1, 1].map((index) => ({ index, embedding: [1, 2] })) }));
    await expect(encoder.embed(['a', 'b'])).rejects.toThrow('its vectors are numbered 1, 1, expected 0 to 1');
  });

  test('of numbered vectors, too few are refused as too few', async () => {
    const encoder = await open('openai');
    server.script(json({ data: [{ index: 1, embedding: [1, 2] }] }));
    await expect(encoder.embed(['a', 'b'])).rejects.toThrow('it was asked for 2 vectors and gave 1');
  });

  test('what is no JSON is refused', async () => {
    const encoder = await open('tei');
    server.script({ body: '<html>' });
    await expect(encoder.embed(['a'])).rejects.toThrow('its reply is not JSON');
  });
});

describe('failures', () => {
  test('a busy server is asked again', async () => {
    const encoder = await open('tei', { maxRetries: 2 });
    server.script(json({ error: 'overloaded', error_type: 'Overloaded' }, 429), REPLIES.tei!);
    expect(rows(await encoder.embed(['ab']))).toEqual([[0.6, 0.8]]);
    expect(server.asked.length).toBe(2);
  });

  test('a batch that is too big is halved', async () => {
    const encoder = await open('ollama', { batchSize: 4 });
    server.script((asked) =>
      inputsOf(asked).length > 1 ? json({ error: 'batch size > 1' }, 413) : REPLIES.ollama!(asked),
    );
    expect(rows(await encoder.embed(['a', 'ab', 'abc']))).toEqual([
      [0.8, 0.6],
      [0.6, 0.8],
      [0.8, 0.6],
    ]);
  });

  test('a text that is too long is halved until the server takes it, and counted', async () => {
    const encoder = await open('openai');
    const tooLong = { error: { message: "This model's maximum context length is 8192 tokens." } };
    server.script((asked) =>
      inputsOf(asked).some((text) => text.length > 300) ? json(tooLong, 400) : REPLIES.openai!(asked),
    );
    const { truncatedCount } = await encoder.embed(['a', 'b'.repeat(1000)]);
    expect(truncatedCount).toBe(1);
    expect(server.asked.at(-1) && inputsOf(server.asked.at(-1)!)).toEqual(['b'.repeat(250)]);
  });

  test('a text of 10 MB is cut before it is sent', async () => {
    const encoder = await open('ollama');
    const { truncatedCount } = await encoder.embed(['x'.repeat(10_000_000)]);
    expect({ truncatedCount, length: inputsOf(server.asked[0]!)[0]!.length }).toEqual({
      truncatedCount: 1,
      length: 200_000,
    });
  });

  const refusals: [source: Source, status: number, body: unknown, message: string][] = [
    [
      'openai',
      401,
      { error: { message: 'Incorrect API key provided: secret-key-0001' } },
      'HTTP 401: Incorrect API key provided: [key].',
    ],
    [
      'ollama',
      404,
      { error: 'model "some-model" not found, try pulling it first' },
      'HTTP 404: model "some-model" not found, try pulling it first.',
    ],
    ['huggingface', 403, { error: 'no right' }, 'HTTP 403: no right.'],
    ['tei', 424, { error: 'the model failed', error_type: 'Backend' }, 'HTTP 424: the model failed.'],
  ];
  test.each(refusals)('%s %i is a sentence without the key', async (source, status, body, message) => {
    const encoder = await open(source, { apiKey: 'secret-key-0001' });
    server.script(json(body, status));
    const failure = await encoder.embed(['a']).catch((error) => error);
    expect(failure).toMatchObject({ code: 'VSR_ENCODER', message: expect.stringContaining(message) });
    expect(`${failure.message} ${failure.hint}`).not.toContain('secret-key-0001');
  });

  test('a redirect is not followed', async () => {
    const encoder = await open('openai');
    server.script({ status: 307, headers: { location: 'http://elsewhere.test/v1' } });
    await expect(encoder.embed(['a'])).rejects.toThrow('it redirects to http://elsewhere.test/v1');
  });

  test('a server that is not there is said so', async () => {
    const encoder = await open('ollama');
    server.script('hang-up');
    await expect(encoder.embed(['a'])).rejects.toMatchObject({ code: 'VSR_ENCODER', hint: 'Is the server running?' });
  });

  test('an interrupt ends a call', async () => {
    const encoder = await open('ollama');
    server.script('silence');
    const controller = new AbortController();
    const embedding = encoder.embed(['a'], controller.signal);
    controller.abort();
    await expect(embedding).rejects.toMatchObject({ code: 'VSR_ABORTED' });
  });
});

describe('identity', () => {
  test('a stored request holds no key, and opens the same encoder again though the server answers a little differently', async () => {
    const first = await open('ollama', { apiKey: 'secret-key-0001', headers: { 'x-team': 'blue' } });
    expect(first.request).toEqual({
      source: 'ollama',
      url: server.origin,
      model: 'some-model',
      probe: [0.6, 0.8],
    });
    server.script(json({ embeddings: [[3.0001, 4]] }));
    const again = await openEncoder(first.request!);
    expect({ fingerprint: again.fingerprint, request: again.request }).toEqual({
      fingerprint: first.fingerprint,
      request: first.request,
    });
  });

  test('another model behind the same name has another fingerprint', async () => {
    const first = await open('ollama');
    server.script(json({ embeddings: [[4, -3]] }));
    expect((await openEncoder(first.request!)).fingerprint).not.toBe(first.fingerprint);
  });

  test('the fingerprint depends on host, model, width and prompt', async () => {
    const prints = await Promise.all([
      open('ollama').then(({ fingerprint }) => fingerprint),
      open('ollama', { model: 'other' }).then(({ fingerprint }) => fingerprint),
      open('ollama', { prompt: 'query: ' }).then(({ fingerprint }) => fingerprint),
    ]);
    expect(new Set(prints).size).toBe(3);
  });

  test('vectors that depend on their neighbours fail the self-test', async () => {
    const encoder = await open('ollama');
    expect(await encoder.selfTest!()).toMatchObject({ cosine: expect.closeTo(1, 6), agrees: true });
    server.script((asked) =>
      json({ embeddings: inputsOf(asked).map((_, i, all) => (all.length > 1 ? [1, i] : [1, 0])) }),
    );
    expect(await encoder.selfTest!()).toMatchObject({ agrees: false });
  });
});

describe('addresses', () => {
  const wrong: [request: EncoderRequest, message: string][] = [
    [
      { url: 'http://localhost:9999' },
      'embedding.url: what kind of server stands at http://localhost:9999 cannot be told.',
    ],
    [{ source: 'tei' }, 'embedding.url is not set, and tei needs one.'],
    [{ source: 'tei', url: 'localhost:8080' }, 'embedding.url must be an http or https URL, got "localhost:8080".'],
    [
      { source: 'ollama', url: 'http://localhost:11434' },
      'embedding.model is not set, and the server at http://localhost:11434 offers several.',
    ],
    [
      { source: 'openai', url: 'http://me:pass@localhost/v1', model: 'x' },
      'embedding.url: http://localhost/v1 is written with a user or password.',
    ],
    [
      { source: 'openai', url: 'http://localhost/v1', path: '/tmp' },
      'embedding.path and embedding.url are both set, expected one of them.',
    ],
    [
      { url: 'http://localhost/v1', model: 'x', pooling: 'mean' },
      'embedding.pooling means nothing to an encoder of the kind openai.',
    ],
  ];
  test.each(wrong)('%j is refused before any call', async (request, message) => {
    await expect(openEncoder(request)).rejects.toMatchObject({ code: 'VSR_ENCODER', message });
  });
});
