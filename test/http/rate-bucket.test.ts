// The token bucket: what is there goes at once, the rest waits for its time, in the order of coming.
import { expect, test } from 'vitest';
import { createRateBucket } from '../../src/http/rate-bucket.js';

function clock() {
  let time = 0;
  const pass = (ms: number) => {
    time += ms;
  };
  return { now: () => time, pass };
}

test('a second’s worth goes at once, then one after the other', () => {
  const { now } = clock();
  const bucket = createRateBucket(120, now);
  expect([1, 1, 1, 1].map((units) => bucket.take(units))).toEqual([0, 0, 500, 1000]);
});

test('it fills with time, up to a second’s worth', () => {
  const { now, pass } = clock();
  const bucket = createRateBucket(60, now);
  bucket.take(1);
  pass(600_000);
  expect([bucket.take(1), bucket.take(1)]).toEqual([0, 1000]);
});

test('what is larger than the bucket goes when nothing is owed, and is owed then', () => {
  const { now } = clock();
  const bucket = createRateBucket(6000, now);
  expect([bucket.take(1000), bucket.take(100)]).toEqual([0, 10_000]);
});

test('what was not used comes back', () => {
  const { now } = clock();
  const bucket = createRateBucket(6000, now);
  bucket.take(1000);
  bucket.giveBack(1000);
  expect(bucket.take(100)).toBe(0);
});
