// Who may ask how often, on a clock that the test moves.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { createAccess } from '../../src/server/access.js';

const hashOf = (key: string) => `sha256:${createHash('sha256').update(key).digest('hex')}`;
const bearer = (key: string) => new Headers({ authorization: `Bearer ${key}` });

/** The name of the key, or the status with which it is refused and the seconds after which to come back. */
function tries(access: ReturnType<typeof createAccess>, headers: Headers): unknown {
  try {
    return access.check(headers);
  } catch (error) {
    const { status, headers: said } = error as { status: number; headers?: Record<string, string> };
    return said?.['retry-after'] === undefined ? status : [status, said['retry-after']];
  }
}

test('a minute holds the requests of a minute; they come back evenly, each key for itself', () => {
  let time = 0;
  const keys = [
    { name: 'ann', hash: hashOf('of-ann') },
    { name: 'bob', hash: hashOf('of-bob'), requestsPerMinute: 60 },
  ];
  const access = createAccess({ apiKey: undefined, keys, requestsPerMinute: 2 }, () => time);
  const ann = () => tries(access, bearer('of-ann'));
  expect([ann(), ann(), ann()]).toEqual(['ann', 'ann', [429, '30']]);
  expect(tries(access, bearer('of-bob'))).toBe('bob');
  time = 15_000;
  expect(ann()).toEqual([429, '15']);
  time = 30_000;
  expect([ann(), ann()]).toEqual(['ann', [429, '30']]);
  time = 3_600_000; // however long nobody asks, no more than a minute's requests are there
  expect([ann(), ann(), ann()]).toEqual(['ann', 'ann', [429, '30']]);
});

test('without keys everybody shares one limit; with keys nobody comes in without one of them', () => {
  const open = createAccess({ apiKey: undefined, keys: [], requestsPerMinute: 1 }, () => 0);
  expect([tries(open, new Headers()), tries(open, bearer('any'))]).toEqual([null, [429, '60']]);
  const closed = createAccess({ apiKey: ['one', 'two'], keys: [], requestsPerMinute: undefined });
  expect(['one', 'two', 'three'].map((key) => tries(closed, bearer(key)))).toEqual(['api_key 1', 'api_key 2', 401]);
  expect(tries(closed, new Headers())).toBe(401);
  expect(tries(closed, new Headers({ authorization: 'Basic one' }))).toBe(401);
});
