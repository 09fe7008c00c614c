import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matrix64 } from '../../src/math/matrix.js';
import { decide } from '../../src/routers/decide.js';
import { type ThresholdRows, thresholdSettings, tuneThresholds } from '../../src/routers/tune-thresholds.js';

/** `cheap` costs 1, `dear` 10; quality is what the rows say. */
function rowsOf(
  cells: readonly (readonly [cheap: number, dear: number, cheapRight: number, dearRight: number])[],
): ThresholdRows {
  const n = cells.length;
  const pick = (of: (cell: (typeof cells)[number]) => number[]) => matrix64(n, 2, Float64Array.from(cells.flatMap(of)));
  const cost = pick(() => [1, 10]);
  return {
    models: ['cheap', 'dear'],
    chance: pick(([a, b]) => [a, b]),
    expected: cost,
    eligible: new Uint8Array(2 * n).fill(1),
    quality: pick(([, , a, b]) => [a, b]),
    cost,
  };
}

const FOUR = rowsOf([
  [0.9, 0.9, 1, 1],
  [0.7, 0.8, 1, 1],
  [0.4, 0.8, 0, 1],
  [0.2, 0.3, 0, 0],
]);

describe('a shared threshold', () => {
  test('of those that reach the quality the cheapest is taken: the dear model is asked where the cheap one is unlikely', () => {
    // ρ in (.4, .7]: cheap on rows 1, 2 and, as the likeliest costs more, dear on 3 and 4: quality 3/4, cost (1+1+10+10)/4
    expect(tuneThresholds(FOUR, 'shared', { quality: 0.75 })).toEqual({
      thresholds: { cheap: 0.7, dear: 0.7 },
      point: { quality: 0.75, cost: 5.5 },
      reached: true,
    });
    expect(tuneThresholds(FOUR, 'shared', { quality: 0.5 })).toMatchObject({ point: { quality: 0.5, cost: 1 } });
  });

  test('a quality that nobody reaches gives the best there is, the cheapest of equals, and says so', () => {
    expect(tuneThresholds(FOUR, 'shared', { quality: 0.9 })).toMatchObject({
      point: { quality: 0.75, cost: 5.5 },
      reached: false,
    });
  });

  test('a budget buys the best quality that it pays for, else the cheapest', () => {
    expect(tuneThresholds(FOUR, 'shared', { budget: 6 })).toMatchObject({
      point: { quality: 0.75, cost: 5.5 },
      reached: true,
    });
    expect(tuneThresholds(FOUR, 'shared', { budget: 5.5 })).toMatchObject({ point: { cost: 5.5 }, reached: true });
    expect(tuneThresholds(FOUR, 'shared', { budget: 5.4 })).toMatchObject({
      point: { quality: 0.5, cost: 1 },
      reached: true,
    });
    expect(tuneThresholds(FOUR, 'shared', { budget: 0.5 })).toMatchObject({ point: { cost: 1 }, reached: false });
  });

  test('missing cells are left out, models that may not answer are never chosen', () => {
    const missing = { ...FOUR, quality: matrix64(4, 2, Float64Array.of(1, 1, 1, 1, Number.NaN, 1, Number.NaN, 0)) };
    expect(tuneThresholds(missing, 'shared', { quality: 1 })).toMatchObject({ point: { quality: 1, cost: 1 } });
    const blind = { ...FOUR, eligible: Uint8Array.of(0, 1, 0, 1, 0, 1, 0, 1) };
    expect(thresholdSettings(blind, 'shared').every(({ choices }) => choices.every((m) => m === 1))).toBe(true);
    const nobody = { ...FOUR, eligible: new Uint8Array(8) };
    expect(tuneThresholds(nobody, 'shared', { quality: 1 })).toBeUndefined();
  });
});

test("each model's own threshold is the least chance from which on enough rows are right", () => {
  // 40 rows: cheap is right in the upper half of its chances, dear everywhere
  const rows = rowsOf(Array.from({ length: 40 }, (_, i) => [i / 40, 0.5, Number(i >= 20), 1]));
  const at = (rho: number) => thresholdSettings(rows, 'per_model').find((setting) => setting.rho === rho)!;
  expect([...at(1).thresholds]).toEqual([20 / 40, 0.5]);
  // 20 of 25 rows: from 15/40 on, cheap is right in .8
  expect(at(0.8).thresholds[0]).toBe(15 / 40);
  expect(tuneThresholds(rows, 'per_model', { quality: 1 })).toMatchObject({ point: { quality: 1, cost: 5.5 } });
  // 19 rows say nothing
  const few = rowsOf(Array.from({ length: 19 }, () => [0.9, 0.9, 1, 1]));
  expect([...thresholdSettings(few, 'per_model')[0]!.thresholds]).toEqual([
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
  ]);
});

const level = fc.integer({ min: 0, max: 4 }).map((k) => k / 4);
const costs = fc.constantFrom(1, 2, Number.NaN);
const cell = fc.record({ chance: level, expected: costs, eligible: fc.boolean(), quality: level });
const model = fc.array(cell, { minLength: 5, maxLength: 5 });
const tables = fc.array(model, { minLength: 2, maxLength: 4 });

test('every setting chooses as decide does; a stricter goal of quality never costs less', () => {
  fc.assert(
    fc.property(tables, fc.constantFrom('shared' as const, 'per_model' as const), (columns, mode) => {
      const models = columns.map((_, m) => `m${m}`);
      const all = Array.from({ length: 5 }, (_, i) => columns.map((column) => column[i]!));
      const of = (read: (one: (typeof all)[number][number]) => number) =>
        matrix64(5, models.length, Float64Array.from(all.flatMap((row) => row.map(read))));
      const rows: ThresholdRows = {
        models,
        chance: of(({ chance }) => chance),
        expected: of(({ expected }) => expected),
        eligible: Uint8Array.from(all.flatMap((row) => row.map(({ eligible }) => Number(eligible)))),
        quality: of(({ quality }) => quality),
        cost: of(({ expected }) => (Number.isNaN(expected) ? 3 : expected)),
      };
      for (const { thresholds, choices } of thresholdSettings(rows, mode)) {
        all.forEach((row, i) => {
          const candidates = new Set(models.filter((_, m) => row[m]!.eligible));
          if (candidates.size === 0) {
            expect(choices[i]).toBe(-1);
            return;
          }
          const stats = row.map(({ expected }) => ({
            quality: 0,
            latency: null,
            cost: Number.isNaN(expected) ? null : expected,
            outputTokens: null,
            inputPrice: null,
            outputPrice: null,
            n: 1,
          }));
          const reachable = models.flatMap((name, m) =>
            Number.isFinite(thresholds[m]) ? [[name, thresholds[m]!] as const] : [],
          );
          const decision = decide(
            row.map(({ chance }) => chance),
            { inputTokens: null },
            {
              models,
              stats,
              candidates,
              scale: 'quality',
              objective: { quality: 1, latency: 0, cost: 0, latencyScaleMs: 1, costScale: 1 },
              thresholds: Object.fromEntries(reachable),
              fallback: models[0]!,
            },
          );
          expect(models[choices[i]!]).toBe(decision.model);
        });
      }
      const spent = [0.25, 0.5, 0.75].map((quality) => tuneThresholds(rows, mode, { quality }));
      spent.forEach((tuned, k) => {
        const before = spent[k - 1];
        if (tuned?.reached && before?.reached) expect(tuned.point.cost).toBeGreaterThanOrEqual(before.point.cost);
      });
    }),
    { numRuns: 100, seed: 1 },
  );
});
