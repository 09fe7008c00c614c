// Budgets for models without a price, at servers that report what each call cost.
import { expect, test } from 'vitest';
import { createBudget } from '../../../src/pipelines/benchmark/budget.js';
import { createReportedPrices, reportsCost } from '../../../src/pipelines/benchmark/reported-prices.js';

test('the dearest token so far is the price of every token, model by model', () => {
  const prices = createReportedPrices();
  expect(prices.worst('a', 100)).toBe(Number.POSITIVE_INFINITY);
  prices.note('a', 0.5, 10);
  prices.note('a', 0.2, 10);
  prices.note('a', 0.2, 0);
  expect([prices.worst('a', 100), prices.worst('b', 100)]).toEqual([5, Number.POSITIVE_INFINITY]);
});

test('a call that may cost anything goes alone, while money is left', async () => {
  const budget = createBudget(1);
  const first = await budget.reserve(Number.POSITIVE_INFINITY);
  let second: unknown = 'waits';
  const waiting = budget.reserve(Number.POSITIVE_INFINITY).then((reservation) => {
    second = reservation;
    return reservation;
  });
  await Promise.resolve();
  expect(second).toBe('waits');
  first!.settle(0.6);
  const after = await waiting;
  after!.settle(0.6);
  expect([budget.spent, await budget.reserve(Number.POSITIVE_INFINITY), budget.reached]).toEqual([1.2, null, true]);
});

test('only where every server of a model reports costs is a price dispensable', () => {
  const at = (...types: ('openrouter' | 'openai')[]) => ({
    routes: types.map((type) => ({ model: 'm', endpoint: { name: type, type, concurrency: 1, weight: 1 } })),
  });
  expect([at('openrouter'), at('openrouter', 'openai')].map(reportsCost)).toEqual([true, false]);
});
