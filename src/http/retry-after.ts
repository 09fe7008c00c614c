// How long to wait before the next attempt: our own growing pause, and what the server asks for in its headers.

/** A server that asks for more than this has no answer for us today. */
export const LONGEST_WAIT_MS = 120_000;

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Milliseconds before retry n = 1, 2, …: min(60 s, 0.5 s · 2^(n−1)) · U(0.5, 1.5), never less than the server's wish.
 * `uniform` gives U(0, 1).
 */
export function pauseBeforeRetry(n: number, wishMs: number | null, uniform: () => number): number {
  const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (n - 1)) * (0.5 + uniform());
  return Math.max(pause, wishMs ?? 0);
}

/**
 * The server's wish in milliseconds, first found: `retry-after-ms`, `Retry-After` (seconds or HTTP date), and on a 429 the
 * longer of `x-ratelimit-reset-requests` and `-tokens` (`20ms`, `1s`, `6m0s`). null = none that can be read.
 */
export function wishedWait(status: number, headers: Headers, nowMs: number): number | null {
  const milliseconds = amount(headers.get('retry-after-ms'));
  if (milliseconds !== null) return milliseconds;
  const retryAfter = headers.get('retry-after');
  const seconds = amount(retryAfter);
  if (seconds !== null) return seconds * 1000;
  const date = httpDate(retryAfter);
  if (date !== null) return Math.max(0, date - nowMs);
  if (status !== 429) return null;
  const resets = ['x-ratelimit-reset-requests', 'x-ratelimit-reset-tokens']
    .map((name) => durationMs(headers.get(name)))
    .filter((reset) => reset !== null);
  return resets.length > 0 ? Math.max(...resets) : null;
}

/** A plain number that is not negative. */
function amount(text: string | null): number | null {
  return text !== null && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : null;
}

/** Epoch milliseconds. A date names its month or weekday: Date.parse alone would read "-5" as a year. */
function httpDate(text: string | null): number | null {
  if (text === null || !/[a-z]{3}/i.test(text)) return null;
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : date;
}

/** `1h2m3.5s`, `20ms`, or plain seconds. */
function durationMs(text: string | null): number | null {
  const seconds = amount(text);
  if (seconds !== null) return seconds * 1000;
  const parts = [...(text?.trim() ?? '').matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/gy)];
  if (parts.length === 0 || parts.map((part) => part[0]).join('') !== text!.trim()) return null;
  return parts.reduce((sum, [, value, unit]) => sum + Number(value) * MS_PER[unit as keyof typeof MS_PER], 0);
}

const MS_PER = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
