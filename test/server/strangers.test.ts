// What strangers try on an open port: heads and bodies that never end, images in the network behind, names that would break out of a header.
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openGateway } from '../../src/server/gateway.js';
import { checkImageUrl } from '../../src/server/image-addresses.js';
import { listen } from '../../src/server/listen.js';
import { temporaryFolder } from '../temporary-folder.js';
import { gatewayConfig, modelServer, openOnPort, toyArtifact } from './gateway-on-port.js';

const folder = temporaryFolder();
const MATHS = 'derivative integral equation matrix prime';

beforeAll(async () => void (await toyArtifact(folder)));

describe('slow-loris', () => {
  const LIMITS = { headers: 100, request: 200, idle: 1000, look: 20 };
  let port: number;
  let url: string;
  beforeAll(async () => {
    const config = await gatewayConfig(folder.path, null);
    const gateway = await openGateway(config, { environment: {} });
    const listening = await listen(gateway, config.serve, LIMITS);
    ({ port, url } = listening);
    afterAll(async () => {
      await listening.close(0);
      await gateway.close();
    });
  });

  const HEAD = 'POST /v1/route HTTP/1.1\r\nHost: 127.0.0.1\r\ncontent-type: application/json\r\n';
  test.each([
    ['a head', HEAD],
    ['a body', `${HEAD}content-length: 100000\r\n\r\n{"query":"`],
    ['a body in chunks', `${HEAD}transfer-encoding: chunked\r\n\r\n1\r\n{\r\n`],
  ])('%s that comes letter by letter is sent away, and meanwhile others are answered', async (_, beginning) => {
    const slow = Array.from({ length: 20 }, () => dribble(port, beginning));
    const response = await fetch(`${url}/v1/route`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: MATHS }),
    });
    expect(response.status).toBe(200);
    // 408, or 400 where Node's parser meets the end of the connection first; a client that still sends may see neither.
    for (const said of await Promise.all(slow)) expect(said).toMatch(/^(HTTP\/1\.1 40[08] |$)/);
  });
});

describe('addresses of images', () => {
  test.each([
    'http://localhost/x',
    'http://127.1/x',
    'http://0x7f000001/x',
    'http://017700000001/x',
    'http://[::1]/x',
    'http://[::ffff:10.0.0.1]/x',
    'http://[fd00::1]/x',
    'http://10.1.2.3/x',
    'http://172.31.0.1/x',
    'http://192.168.0.1./x',
    'http://169.254.169.254/latest/meta-data',
    'http://100.64.0.1/x',
    'http://0.0.0.0/x',
    'http://metadata.google.internal/x',
    'http://router.lan/x',
    'http://intranet/x',
    'http://user:password@example.com/x',
    'ftp://example.com/x',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:text/html,x',
    'http:example.com:99999/x',
  ])('%s is refused', (url) => {
    expect(() => checkImageUrl(url, false)).toThrow(expect.objectContaining({ code: 'invalid_image_url' }));
  });

  test('public ones and images in the request itself pass; private ones where they are allowed', () => {
    for (const url of ['https://example.com/a.png', 'http://93.184.216.34/a', 'data:image/png;base64,AAAA']) {
      expect(() => checkImageUrl(url, false)).not.toThrow();
    }
    expect(() => checkImageUrl('http://10.1.2.3/x', true)).not.toThrow();
    expect(() => checkImageUrl('file:///etc/passwd', true)).toThrow();
  });
});

test('names of users, sessions and models break out of no header, no metric and no line of the log', async () => {
  const models = await modelServer();
  const evil = 'a"}\r\nx-evil: 1\nvsr_evil 1\u2028';
  const file = `${folder.path}/strangers.jsonl`;
  const gateway = await openOnPort(await gatewayConfig(folder.path, models.url, { 'serve.log.file': file }));
  const response = await gateway.post('/v1/chat/completions', {
    model: 'vsr',
    messages: [{ role: 'user', content: MATHS }],
    user: evil,
    vsr: { session_id: evil },
  });
  expect([response.status, response.headers.get('x-evil')]).toEqual([200, null]);
  expect(
    (await gateway.post('/v1/chat/completions', { model: evil, messages: [{ role: 'user', content: 'x' }] })).status,
  ).toBe(404);
  await fetch(`${gateway.url}/v1/${encodeURIComponent(evil)}`);
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
  expect(
    metrics.split('\n').filter((line) => !/^(#|vsr_|process_|$)/.test(line) || line.startsWith('vsr_evil')),
  ).toEqual([]);
  await gateway.close();
  const rows = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(rows.map(({ user_id, session_id }) => [user_id, session_id])).toEqual([[evil, evil]]);
});

/** Sends a letter every 10 ms until the other side has had enough; resolves to what it said. */
function dribble(port: number, beginning: string): Promise<string> {
  return new Promise((resolve) => {
    let said = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(beginning));
    const timer = setInterval(() => socket.write(beginning.endsWith('{\r\n') ? '1\r\n \r\n' : 'a'), 10);
    socket.on('data', (text) => {
      said += text;
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      clearInterval(timer);
      resolve(said);
    });
  });
}
