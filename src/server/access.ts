// Who may ask: bearer keys, of which only hashes are kept, each with its own rate.
import { createHash, scryptSync, timingSafeEqual } from 'node:crypto';
import type { VsrConfig } from '../config/schema.js';
import { ApiError } from './api-error.js';

export interface Access {
  /** The name of the key, null where none is needed. Throws `ApiError` 401, or 429 with retry-after. */
  check(headers: Headers): string | null;
}

interface KnownKey {
  readonly name: string;
  readonly slow: boolean;
  readonly matches: (key: string) => boolean;
  readonly allowance: Allowance | undefined;
}

/** @param now milliseconds @param slowTries unknown keys a minute that are put to scrypt */
export function createAccess(
  { apiKey, keys, requestsPerMinute }: Pick<VsrConfig['serve'], 'apiKey' | 'keys' | 'requestsPerMinute'>,
  now: () => number = Date.now,
  slowTries = SLOW_TRIES,
): Access {
  const plain = [apiKey ?? []].flat();
  const tries = allowance(slowTries, now);
  const entry = (name: string, hash: string, perMinute = requestsPerMinute): KnownKey => ({
    name,
    slow: hash.startsWith('scrypt:'),
    matches: matcher(hash, () => take(tries, 'Too many unknown keys.')),
    allowance: perMinute === undefined ? undefined : allowance(perMinute, now),
  });
  const known = [
    ...plain.map((key, i) =>
      entry(plain.length === 1 ? 'api_key' : `api_key ${i + 1}`, `sha256:${sha256(key).toString('hex')}`),
    ),
    ...keys.map(({ name, hash, requestsPerMinute: own }) => entry(name, hash, own)),
    // Slow ones last: whoever has a key of the others waits for no scrypt.
  ].toSorted((a, b) => Number(a.slow) - Number(b.slow));
  const everybody =
    known.length === 0 && requestsPerMinute !== undefined ? allowance(requestsPerMinute, now) : undefined;
  function take(from: Allowance | undefined, message = 'Too many requests with this key.'): void {
    const wait = from?.take() ?? 0;
    if (wait === 0) return;
    throw new ApiError(429, message, {
      code: 'rate_limit_exceeded',
      headers: { 'retry-after': String(Math.ceil(wait / 1000)) },
    });
  }
  return {
    check(headers) {
      if (known.length === 0) {
        take(everybody);
        return null;
      }
      const given = /^Bearer\s+(\S{1,512})\s*$/i.exec(headers.get('authorization') ?? '')?.[1];
      const found = given === undefined ? undefined : known.find(({ matches }) => matches(given));
      if (!found) {
        const message =
          given === undefined ? 'This gateway wants a key: authorization: Bearer …' : 'This key is not known here.';
        throw new ApiError(401, message, { code: 'invalid_api_key', headers: { 'www-authenticate': 'Bearer' } });
      }
      take(found.allowance);
      return found.name;
    },
  };
}

/** Keys a minute that are put to scrypt: at some 60 ms each, strangers with ever new keys hold an eighth of one core at most. */
const SLOW_TRIES = 120;

/**
 * scrypt is slow on purpose: a key that has been proved once is known by its SHA-256 from then on, and so is one that failed.
 * `beforeSlow` throws where too many have been tried.
 */
function matcher(hash: string, beforeSlow: () => void): (key: string) => boolean {
  const [scheme, first, second] = hash.split(':');
  if (scheme === 'sha256') {
    const wanted = Buffer.from(first!, 'hex');
    return (key) => timingSafeEqual(sha256(key), wanted);
  }
  const wanted = Buffer.from(second!, 'hex');
  const salt = Buffer.from(first!, 'hex');
  const proved = new Map<string, boolean>();
  return (key) => {
    const short = sha256(key).toString('hex');
    const before = proved.get(short);
    if (before !== undefined) return before;
    beforeSlow();
    const right = timingSafeEqual(scryptSync(key, salt, 32), wanted);
    if (proved.size >= 1000) proved.clear();
    proved.set(short, right);
    return right;
  };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

interface Allowance {
  /** Milliseconds until the next one; 0 = taken. */
  take(): number;
}

/** A minute's requests at once, refilled evenly. */
function allowance(perMinute: number, now: () => number): Allowance {
  const most = Math.max(1, perMinute);
  let left = most;
  let at = now();
  return {
    take() {
      const time = now();
      left = Math.min(most, left + ((time - at) * perMinute) / 60_000);
      at = time;
      if (left < 1) return ((1 - left) * 60_000) / perMinute;
      left--;
      return 0;
    },
  };
}
