// The network's door against a real server on the loopback: attempts, waits, time limits, aborts, keys.
import { describe, expect, test } from 'vitest';
import { createHttpClient, type HttpClientOptions } from '../../src/http/client.js';
import { HttpFailure } from '../../src/http/http-failure.js';
import { loopbackServer } from './loopback-server.js';

const server = await loopbackServer();

/** A client whose waits are recorded instead of waited. */
function clientWithRecordedWaits(options: Partial<HttpClientOptions> = {}) {
  const waits: number[] = [];
  const wait = async (ms: number) => void waits.push(ms);
  return { waits, client: createHttpClient({ uniform: () => 0.5, wait, ...options }) };
}

const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.unreachable('expected a failure'),
    (error) => error as HttpFailure,
  );

describe('a reply', () => {
  test('is given with its status, headers and text after one attempt', async () => {
    server.script({ status: 201, headers: { 'x-id': '7' }, body: 'hello' });
    const { client, waits } = clientWithRecordedWaits();
    const response = await client.fetch(`${server.origin}/a`, { method: 'POST', body: 'b' });
    expect([response.status, response.headers.get('x-id'), await response.text()]).toEqual([201, '7', 'hello']);
    expect(server.asked.map(({ path, body }) => [path, body])).toEqual([['/a', 'b']]);
    expect(waits).toEqual([]);
  });
  test('that redirects is not followed', async () => {
    server.script({ status: 302, headers: { location: 'http://127.0.0.1:9/elsewhere' } });
    const { client } = clientWithRecordedWaits();
    expect((await client.fetch(server.origin)).status).toBe(302);
    expect(server.asked).toHaveLength(1);
  });
});

describe('retries', () => {
  test.each([408, 409, 425, 429, 500, 502, 503, 504, 529])('%d is tried again', async (status) => {
    server.script({ status }, { body: 'ok' });
    const { client, waits } = clientWithRecordedWaits();
    const { reply, attempts } = await client.exchange(server.origin);
    expect([reply.body, attempts, waits]).toEqual(['ok', 2, [500]]);
  });
  test.each([400, 401, 402, 403, 404, 413, 422, 501])('%d is not', async (status) => {
    server.script({ status });
    const { client } = clientWithRecordedWaits();
    const { reply, attempts } = await client.exchange(server.origin);
    expect([reply.status, attempts]).toEqual([status, 1]);
  });
  test('end after 1 + max_retries attempts, with the last reply', async () => {
    server.script({ status: 500, body: 'a' }, { status: 503, body: 'b' }, { status: 502, body: 'c' });
    const { client, waits } = clientWithRecordedWaits({ maxRetries: 2 });
    const { reply, attempts } = await client.exchange(server.origin);
    expect([reply.status, reply.body, attempts, waits]).toEqual([502, 'c', 3, [500, 1000]]);
  });
  test('wait as long as the server asks', async () => {
    server.script(
      { status: 429, headers: { 'retry-after': '7' } },
      { status: 503, headers: { 'retry-after-ms': '3' } },
      {},
    );
    const { client, waits } = clientWithRecordedWaits();
    await client.exchange(server.origin);
    expect(waits).toEqual([7000, 1000]);
  });
  test('are given up when it asks for more than two minutes', async () => {
    server.script({ status: 429, headers: { 'retry-after': '121' } });
    const { client, waits } = clientWithRecordedWaits();
    const { attempts, waitTooLong } = await client.exchange(server.origin);
    expect([attempts, waitTooLong, waits]).toEqual([1, true, []]);
  });
  test.each(['hang-up', 'half'] as const)('follow a broken connection (%s)', async (broken) => {
    server.script(broken, { body: 'ok' });
    const { client } = clientWithRecordedWaits();
    const { reply, attempts } = await client.exchange(server.origin);
    expect([reply.body, attempts]).toEqual(['ok', 2]);
  });
  test('a judge decides by the body, and "once" means once', async () => {
    server.script({ body: '' });
    const { client } = clientWithRecordedWaits();
    const { attempts } = await client.exchange(server.origin, {}, ({ body }) => (body === '' ? 'retry-once' : 'final'));
    expect(attempts).toBe(2);
  });
  test('the same random numbers give the same waits', async () => {
    const draws = () => [0.1, 0.9, 0.3, 0.7][Symbol.iterator]();
    const run = async () => {
      server.script({ status: 500 });
      const iterator = draws();
      const { client, waits } = clientWithRecordedWaits({ uniform: () => iterator.next().value! });
      await client.exchange(server.origin);
      return waits;
    };
    expect(await run()).toEqual([0.5 * 600, 1400, 2000 * 0.8, 4000 * 1.2].map((ms) => expect.closeTo(ms, 6)));
    expect(await run()).toEqual(await run());
  });
});

describe('no reply', () => {
  test('within the time limit is a timeout, after all attempts', async () => {
    server.script('silence');
    const { client } = clientWithRecordedWaits({ timeoutMs: 20, maxRetries: 1 });
    const failure = await failureOf(client.exchange(server.origin));
    expect(failure).toBeInstanceOf(HttpFailure);
    expect([failure.kind, failure.attempts, failure.message]).toEqual(['timeout', 2, 'no reply within 0.02 s']);
  });
  test('from a closed port is a network failure that says so', async () => {
    const { client } = clientWithRecordedWaits({ maxRetries: 0 });
    const closed = await closedPort();
    const failure = await failureOf(client.exchange(`http://127.0.0.1:${closed}`));
    expect([failure.kind, failure.attempts]).toEqual(['network', 1]);
    expect(failure.message).toContain('ECONNREFUSED');
  });
});

describe('an abort', () => {
  test('ends a wait of minutes at once', async () => {
    server.script({ status: 429, headers: { 'retry-after': '100' } });
    const controller = new AbortController();
    const client = createHttpClient({ uniform: () => 0.5 });
    const failure = failureOf(
      client.exchange(server.origin, { signal: controller.signal }, () => {
        setImmediate(() => controller.abort());
        return 'retry';
      }),
    );
    expect((await failure).kind).toBe('aborted');
  });
  test('ends a request that is under way, and one that waits for its slot', async () => {
    const controller = new AbortController();
    server.script(() => {
      controller.abort();
      return 'silence';
    });
    const { client } = clientWithRecordedWaits();
    const failures = [1, 2].map(() => failureOf(client.exchange(server.origin, { signal: controller.signal })));
    expect((await Promise.all(failures)).map(({ kind }) => kind)).toEqual(['aborted', 'aborted']);
  });
});

describe('keys', () => {
  const secret = 'test-key-0123456789';
  test('that a server echoes are masked in its errors and its replies', async () => {
    const echo = { body: `you sent ${secret}` };
    server.script({ ...echo, status: 401 }, echo);
    const { client } = clientWithRecordedWaits({ secrets: [secret] });
    const bodies = [await client.exchange(server.origin), await client.exchange(server.origin)].map(
      (e) => e.reply.body,
    );
    expect(bodies).toEqual(['you sent [key]', 'you sent [key]']);
  });
  test('do not stand in the message of a connection that failed', async () => {
    const fetch = async () => {
      throw new TypeError('fetch failed', { cause: new Error(`cannot reach https://host/?key=${secret}`) });
    };
    const { client } = clientWithRecordedWaits({ secrets: [secret], fetch, maxRetries: 0 });
    expect((await failureOf(client.exchange('https://host/'))).message).toBe('cannot reach https://host/?key=[key]');
  });
});

async function closedPort(): Promise<number> {
  const { createServer } = await import('node:net');
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as { port: number };
  await new Promise((resolve) => listener.close(resolve));
  return port;
}
