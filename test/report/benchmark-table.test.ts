// The table that ends a benchmark.
import { expect, test } from 'vitest';
import type { ModelSummary } from '../../src/evaluation/benchmark-summary.js';
import { benchmarkTable } from '../../src/report/benchmark-table.js';

const summary: ModelSummary = {
  model: 'small',
  queries: 100,
  quality: 0.5,
  qualityInterval: { low: 0.4, high: 0.6 },
  missingShare: 0.02,
  unparsedShare: 0.01,
  cost: 0.0123,
  latency: null,
};

test('best model first, with its interval, cost and shares; a column nobody knows is left out', async () => {
  const better = { ...summary, model: 'large', quality: 0.75, qualityInterval: { low: 0.7, high: 0.8 }, cost: 1.5 };
  expect(await benchmarkTable([summary, better], { markdown: true })).toBe(
    [
      '| model |       quality [95 %] |    cost | missing | unparsed |',
      '| ----- | -------------------: | ------: | ------: | -------: |',
      '| large | 0.750 [0.700, 0.800] |   $1.50 |   2.0 % |    1.0 % |',
      '| small | 0.500 [0.400, 0.600] | $0.0123 |   2.0 % |    1.0 % |',
    ].join('\n'),
  );
  expect(await benchmarkTable([{ ...summary, cost: null, latency: 250 }], { markdown: true })).toContain('|  250 ms |');
});

test('a model without an answer stands last with dashes', async () => {
  const silent = { ...summary, model: 'silent', quality: null, qualityInterval: null, missingShare: 1, cost: null };
  const lines = (await benchmarkTable([silent, summary], { markdown: true })).split('\n');
  expect(lines.at(-1)).toBe('| silent |                    – |       – | 100.0 % |    1.0 % |');
});

test('boxes on a terminal', async () => {
  const text = await benchmarkTable([summary]);
  expect(text.split('\n').length).toBe(5);
  expect(text).toMatch(/^┌─.*┐\n│ model/);
});
