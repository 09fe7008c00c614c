// The forecast of a dry run in words, where not every price is known.
import { expect, test } from 'vitest';
import { forecastText } from '../../src/cli/benchmark-text.js';
import type { DryRun, ModelForecast } from '../../src/pipelines/benchmark/dry-run.js';

const model = (name: string, cost: number | null, calls = 10): ModelForecast => ({
  model: name,
  calls,
  inputTokens: 100 * calls,
  expectedOutputTokens: 20 * calls,
  worstOutputTokens: 50 * calls,
  expectedCost: cost,
  worstCost: cost === null ? null : 2 * cost,
  paid: true,
});

const forecast = (models: readonly ModelForecast[], judge: ModelForecast | null = null): DryRun => ({
  calls: 20,
  models,
  judge,
  expectedCost: null,
  worstCost: null,
  unpriced: [...models, ...(judge ? [judge] : [])].flatMap((one) => (one.expectedCost === null ? [one.model] : [])),
  seconds: 0,
  worstSeconds: 0,
  secondsAssumed: false,
  skipped: 0,
  tooLong: 0,
  budget: null,
});

const firstLine = async (dry: DryRun) => (await forecastText(dry)).split('\n')[0]!;

test('the known part of the cost is told, and whose part is not known', async () => {
  expect(await firstLine(forecast([model('small', 1.5), model('own', null)], model('judge', 0.5)))).toBe(
    '20 calls, 2 models. Expected $2.00, at worst $4.00, and what own will cost, whose price is not known.',
  );
});

test('a cost of which nothing is known stays unknown', async () => {
  const unknown = 'Cost unknown: no price is known for own, other.';
  expect(await firstLine(forecast([model('own', null), model('other', null)]))).toBe(`20 calls, 2 models. ${unknown}`);
  // a model that is not called any more is no known part
  expect(await firstLine(forecast([model('own', null), model('other', null), model('done', 0, 0)]))).toContain(unknown);
});
