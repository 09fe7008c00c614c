// The pause before a retry: our own growth, and every form of the server's wish.
import { describe, expect, test } from 'vitest';
import { pauseBeforeRetry, wishedWait } from '../../src/http/retry-after.js';

const NOW = Date.parse('2026-01-05T10:00:00Z');
const wish = (headers: Record<string, string>, status = 429) => wishedWait(status, new Headers(headers), NOW);

describe('our own pause', () => {
  test('doubles from half a second and stops at a minute', () => {
    const middle = () => 0.5;
    expect([1, 2, 3, 4, 8, 20].map((n) => pauseBeforeRetry(n, null, middle))).toEqual([
      500, 1000, 2000, 4000, 60_000, 60_000,
    ]);
  });
  test('is spread from half to one and a half of that', () => {
    expect([0, 1].map((u) => pauseBeforeRetry(2, null, () => u))).toEqual([500, 1500]);
  });
  test('is never shorter than the server wishes, and not cut by a shorter wish', () => {
    expect(pauseBeforeRetry(1, 7000, () => 0.5)).toBe(7000);
    expect(pauseBeforeRetry(4, 10, () => 0.5)).toBe(4000);
  });
});

describe("the server's wish", () => {
  test.each([
    [{ 'retry-after-ms': '250' }, 250],
    [{ 'retry-after': '3' }, 3000],
    [{ 'retry-after': '1.5' }, 1500],
    [{ 'retry-after': 'Mon, 05 Jan 2026 10:00:20 GMT' }, 20_000],
    [{ 'retry-after': 'Mon, 05 Jan 2026 09:00:00 GMT' }, 0],
    [{ 'x-ratelimit-reset-requests': '20ms' }, 20],
    [{ 'x-ratelimit-reset-requests': '1s' }, 1000],
    [{ 'x-ratelimit-reset-tokens': '6m0s' }, 360_000],
    [{ 'x-ratelimit-reset-tokens': '1h2m3.5s' }, 3_723_500],
    [{ 'x-ratelimit-reset-requests': '1s', 'x-ratelimit-reset-tokens': '2s' }, 2000],
    [{ 'retry-after-ms': '5', 'retry-after': '9' }, 5],
    [{ 'retry-after': '9', 'x-ratelimit-reset-requests': '1s' }, 9000],
  ])('%j is %d ms', (headers, ms) => {
    expect(wish(headers)).toBe(ms);
  });
  test.each<Record<string, string>>([
    { 'retry-after': 'soon' },
    { 'retry-after': '-5' },
    { 'retry-after': '' },
    { 'x-ratelimit-reset-requests': '6x' },
    {},
  ])('%j is no wish', (headers) => {
    expect(wish(headers)).toBeNull();
  });
  test('the reset headers, which come with every reply, count on a 429 alone', () => {
    expect(wish({ 'x-ratelimit-reset-tokens': '6m0s' }, 500)).toBeNull();
    expect(wish({ 'retry-after': '2' }, 503)).toBe(2000);
  });
});
