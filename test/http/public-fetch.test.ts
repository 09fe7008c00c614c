// Fetching from the public internet alone: numbers, names that mean inner addresses, and what a server may answer.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { download } from '../../src/http/download.js';
import { isPublicAddress } from '../../src/http/public-address.js';
import { publicFetch } from '../../src/http/public-fetch.js';

let asked = 0;
const server = createServer((request, response) => {
  asked++;
  if (request.url === '/moved') response.writeHead(302, { location: 'http://127.0.0.1/secret' }).end();
  else if (request.url === '/nothing') response.writeHead(204).end();
  else response.end('picture');
});
let port: number;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => void server.close());

describe('an address', () => {
  test.each(['1.1.1.1', '93.184.216.34', '172.15.0.1', '172.32.0.1', '100.63.0.1', '100.128.0.1', '2606:4700::1111'])(
    '%s is public',
    (address) => expect(isPublicAddress(address)).toBe(true),
  );
  test.each([
    ...['127.0.0.1', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254', '0.0.0.0'],
    ...['100.64.0.1', '198.18.0.1', '192.0.2.1', '224.0.0.1', '255.255.255.255', '::1', '::', 'fe80::1', 'fd00::1'],
    ...['::ffff:127.0.0.1', '::ffff:1.1.1.1', '64:ff9b::a00:1', '2002:7f00:1::', '2001:db8::1', 'localhost', ''],
  ])('%s is not', (address) => expect(isPublicAddress(address)).toBe(false));
});

describe('a fetch of the public internet alone', () => {
  test.each([
    ['numbers', '127.0.0.1'],
    ['a name that means this machine', 'localhost'],
    ['IPv6', '[::1]'],
    ['an IPv4 address within IPv6', '[::ffff:7f00:1]'],
  ])('connects nowhere for %s', async (_, host) => {
    const before = asked;
    await expect(download(`http://${host}:${port}/x`, { limitBytes: 100, fetch: publicFetch() })).rejects.toThrow(
      'an address that is not public',
    );
    expect(asked).toBe(before);
  });

  test('brings bytes from where it is allowed, by name and by number, and follows no redirect', async () => {
    const fetch = publicFetch((address) => address === '127.0.0.1' || address === '::1');
    const get = async (path: string, limitBytes = 100) =>
      String(await download(`http://127.0.0.1:${port}${path}`, { limitBytes, fetch }));
    expect(await get('/x')).toBe('picture');
    expect(String(await download(`http://localhost:${port}/x`, { limitBytes: 100, fetch }))).toBe('picture');
    await expect(get('/moved')).rejects.toThrow('HTTP 302');
    await expect(get('/nothing')).rejects.toThrow('HTTP 204');
    await expect(get('/x', 3)).rejects.toThrow('more than 3 bytes');
  });
});
