// A call that is handed on over node:http: what is asked, what comes back, and what happens where nothing does.
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { forward } from '../../src/http/forward.js';

let answer: (response: ServerResponse, asked: { headers: Record<string, unknown>; body: string }) => void;
const ports = new Set<number | undefined>();
const server = createServer(async (request, response) => {
  ports.add(request.socket.remotePort);
  let body = '';
  for await (const piece of request) body += piece;
  answer(response, { headers: request.headers, body });
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/x?a=b`;
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const send = (headers: Record<string, string> = {}, signal = new AbortController().signal, headersMs = 5000) =>
  forward(url, { headers, body: '{"ä":1}' }, { headersMs, signal });
const textOf = async (reply: Awaited<ReturnType<typeof send>>) => Buffer.from(await reply.body.whole()).toString();

test('the body and the headers arrive, compression is not asked for, and one connection serves call after call', async () => {
  answer = (response, { headers, body }) => response.end(JSON.stringify({ headers, body }));
  ports.clear();
  for (let i = 0; i < 3; i++) {
    const asked = JSON.parse(await textOf(await send({ authorization: 'Bearer k' })));
    expect(asked).toMatchObject({
      body: '{"ä":1}',
      headers: { authorization: 'Bearer k', 'accept-encoding': 'identity', 'content-length': '8' },
    });
  }
  expect(ports.size).toBe(1);
});

test('status and headers come back, without those of the transport and without cookies', async () => {
  answer = (response) => {
    response.writeHead(418, { 'x-request-id': 'r', 'set-cookie': ['a=1'], 'content-type': 'text/plain' });
    response.end('tea');
  };
  const reply = await send();
  expect([reply.status, Object.fromEntries(reply.headers), await textOf(reply)]).toEqual([
    418,
    { 'content-type': 'text/plain', date: expect.any(String), 'x-request-id': 'r' },
    'tea',
  ]);
});

test('a redirect is a reply and is not followed', async () => {
  let calls = 0;
  answer = (response) => {
    calls++;
    response.writeHead(307, { location: url }).end();
  };
  expect([(await send()).status, calls]).toEqual([307, 1]);
});

test.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
])('what is compressed by %s all the same is unpacked', async (encoding, compress) => {
  answer = (response) => response.writeHead(200, { 'content-encoding': encoding }).end(compress('{"a":1}'));
  const reply = await send();
  expect([reply.headers.get('content-encoding'), await textOf(reply)]).toEqual([null, '{"a":1}']);
});

test('pieces come as they are sent', async () => {
  let sent: ServerResponse | undefined;
  answer = (response) => {
    sent = response;
    response.write('one');
  };
  const pieces = (await send()).body.pieces();
  const next = async () => Buffer.from((await pieces.next()).value ?? []).toString();
  expect(await next()).toBe('one');
  sent?.write('two');
  expect(await next()).toBe('two');
  sent?.end();
  expect((await pieces.next()).done).toBe(true);
});

test('an abort ends the call before its headers, between its pieces and while it is read whole', async () => {
  const left: Promise<unknown>[] = [];
  for (const until of ['headers', 'piece', 'whole']) {
    let closed: Promise<unknown> | undefined;
    const arrived = new Promise<void>((resolve) => {
      answer = (response) => {
        closed = once(response, 'close');
        if (until !== 'headers') response.write('a');
        resolve();
      };
    });
    const leaving = new AbortController();
    const reply = send({}, leaving.signal);
    await arrived;
    let reading: Promise<unknown> = reply;
    if (until === 'piece') {
      const pieces = (await reply).body.pieces();
      await pieces.next();
      reading = pieces.next();
    } else if (until === 'whole') reading = (await reply).body.whole();
    leaving.abort();
    await expect(reading, until).rejects.toThrow(until === 'headers' ? 'The call was aborted.' : /abort/);
    left.push(closed!);
  }
  await Promise.all(left);
});

test('no reply, half a reply and a call that cannot be sent are failures that say so', async () => {
  answer = () => {};
  await expect(send({}, undefined, 30)).rejects.toMatchObject({ kind: 'timeout', message: 'no reply within 0.03 s' });
  answer = (response) => response.destroy();
  await expect(send()).rejects.toMatchObject({ kind: 'network', message: 'ECONNRESET' });
  answer = (response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('half', () => response.destroy());
  };
  await expect((await send()).body.whole()).rejects.toThrow('aborted');
  const signal = new AbortController().signal;
  const options = { headersMs: 1000, signal };
  await expect(forward('http://127.0.0.1:1/', { headers: {}, body: '' }, options)).rejects.toMatchObject({
    kind: 'network',
    message: 'ECONNREFUSED',
  });
  const secret = await send({ authorization: 'Bearer se\ncret' }).catch((error: Error) => error.message);
  expect(secret).toBe('ERR_INVALID_CHAR');
});
