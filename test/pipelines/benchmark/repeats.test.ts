// Several answers as one cell, and a model that is known well enough.
import { describe, expect, test } from 'vitest';
import { createPrecision } from '../../../src/pipelines/benchmark/precision.js';
import { cellOfRepeats } from '../../../src/pipelines/benchmark/repeats.js';

describe('repeats as one cell', () => {
  const ok = (quality: number, latency: number) =>
    ({ quality, status: 'ok', latency, inputTokens: 10, outputTokens: 20, cost: 0.5 }) as const;
  test('have the means of quality and of what they took', () => {
    expect(
      cellOfRepeats([
        { ...ok(1, 100), extracted: 'B', flags: ['x'] },
        { ...ok(0, 300), extracted: 'C' },
      ]),
    ).toEqual({
      quality: 0.5,
      status: 'ok',
      latency: 200,
      inputTokens: 10,
      outputTokens: 20,
      cost: 0.5,
      flags: ['x'],
      repeats: [1, 0],
    });
  });
  test('have means without digits that say nothing, the same in any order', () => {
    const cells = [
      { ...ok(0.1, 100.1), inputTokens: 10, cost: 1e-6 },
      { ...ok(0.2, 100.2), inputTokens: 10, cost: 2e-6 },
      { ...ok(0.3, 100.5), inputTokens: 11, cost: 2e-6 },
    ];
    // (0.1 + 0.2 + 0.3)/3 is 0.20000000000000004 in this order, 0.19999999999999998 in the other
    const mean = { quality: 0.2, latency: 100.3, inputTokens: 10.3, outputTokens: 20, cost: 1.66666666667e-6 };
    expect(cellOfRepeats(cells)).toEqual({ ...mean, status: 'ok', repeats: [0.1, 0.2, 0.3] });
    expect(cellOfRepeats(cells.toReversed())).toMatchObject(mean);
  });
  test('leave out those that failed; all failed is a missing cell', () => {
    const failed = { quality: null, status: 'timeout', error: 'no reply' } as const;
    expect(cellOfRepeats([failed, ok(1, 100), ok(0, 100)])).toMatchObject({ quality: 0.5, repeats: [1, 0] });
    expect(cellOfRepeats([failed, failed])).toEqual(failed);
  });
  test('of one are the cell itself; an unknown cost stays unknown', () => {
    expect(cellOfRepeats([ok(1, 5)])).toEqual(ok(1, 5));
    expect(cellOfRepeats([{ ...ok(1, 5), cost: null }, ok(1, 5)]).cost).toBeNull();
  });
});

describe('--until-ci', () => {
  test('is enough once half the Wilson interval is within the limit, not before 30 answers', () => {
    // 1.96² = 3.8415: all right, half the width is ½ · 3.8415 / (n + 3.8415), so ≤ 0.02 from n = 92.2 on.
    const precision = createPrecision(0.02);
    const enoughAt = Array.from({ length: 200 }, () => {
      precision.note('a', 1);
      return precision.isEnough('a');
    }).indexOf(true);
    expect(enoughAt + 1).toBe(93);
    const lenient = createPrecision(0.5);
    for (let i = 0; i < 29; i++) lenient.note('a', i % 2);
    expect(lenient.isEnough('a')).toBe(false);
    lenient.note('a', 1);
    expect([lenient.isEnough('a'), lenient.isEnough('b')]).toEqual([true, false]);
  });
  test('is never enough without a limit', () => {
    const precision = createPrecision(undefined);
    for (let i = 0; i < 1000; i++) precision.note('a', 1);
    expect(precision.isEnough('a')).toBe(false);
  });
});
