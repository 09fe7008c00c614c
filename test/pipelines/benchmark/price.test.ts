// Dollars from tokens and prices; unknown stays unknown.
import { describe, expect, test } from 'vitest';
import { costOf, priceOf, spentOn } from '../../../src/pipelines/benchmark/price.js';
import { UNKNOWN_MODEL } from '../../data/catalogue-entry.js';

const CATALOGUE = { ...UNKNOWN_MODEL, inputPrice: 2, outputPrice: 4 };

describe('the price', () => {
  test('of the configuration wins over the catalogue', () => {
    const pricing = { currency: 'USD' as const, promptPer_1m: 10, completionPer_1m: 30, cachedInputPer_1m: 5 };
    expect(priceOf(pricing, CATALOGUE)).toEqual({ input: 10, output: 30, cachedInput: 5 });
    expect(priceOf(undefined, CATALOGUE)).toEqual({ input: 2, output: 4 });
  });
  test('is unknown where one side is', () => {
    expect(priceOf(undefined, { ...CATALOGUE, outputPrice: null })).toBeNull();
    expect(priceOf(undefined, undefined)).toBeNull();
  });
});

describe('the cost', () => {
  const tokens = { inputTokens: 1000, outputTokens: 500 };
  test('is tokens times prices', () => {
    expect(costOf({ input: 10, output: 30 }, tokens)).toBeCloseTo((1000 * 10 + 500 * 30) / 1e6, 15);
  });
  test('counts cached tokens at their own price, else at the input price', () => {
    const cached = { ...tokens, cachedTokens: 400 };
    expect(costOf({ input: 10, output: 30, cachedInput: 5 }, cached)).toBeCloseTo(
      (600 * 10 + 400 * 5 + 500 * 30) / 1e6,
      15,
    );
    expect(costOf({ input: 10, output: 30 }, cached)).toBeCloseTo((1000 * 10 + 500 * 30) / 1e6, 15);
    // a server may count more of them than there were tokens
    expect(costOf({ input: 10, output: 30, cachedInput: 5 }, { ...tokens, cachedTokens: 1400 })).toBeCloseTo(
      (1000 * 5 + 500 * 30) / 1e6,
      15,
    );
  });
  test('that the server reports counts only where no price is known', () => {
    expect(costOf(null, { ...tokens, reportedCost: 0.5 })).toBe(0.5);
    expect(costOf({ input: 0, output: 0 }, { ...tokens, reportedCost: 0.5 })).toBe(0);
  });
  test('that was really spent is what the server reports, else what the prices say', () => {
    expect(spentOn({ input: 10, output: 30 }, { ...tokens, reportedCost: 0.5 })).toBe(0.5);
    expect(spentOn({ input: 10, output: 30 }, tokens)).toBeCloseTo((1000 * 10 + 500 * 30) / 1e6, 15);
    expect(spentOn(null, tokens)).toBeNull();
  });
  test('is null, never 0, where prices or tokens are unknown', () => {
    expect(costOf(null, tokens)).toBeNull();
    expect(costOf({ input: 1, output: 1 }, { inputTokens: null, outputTokens: 5 })).toBeNull();
    expect(costOf({ input: 1, output: 1 }, { inputTokens: 5, outputTokens: null })).toBeNull();
  });
});
