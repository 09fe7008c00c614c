// The metrics' text, line by line: counters add up, buckets hold all that is below them.
import { expect, test } from 'vitest';
import { createMetrics } from '../../src/server/metrics.js';

/** Lines of a text that begin with `name`. */
const lines = (text: string, name: string) => text.split('\n').filter((line) => line.startsWith(name));

test('counters add up by their labels', () => {
  const metrics = createMetrics();
  metrics.add('vsr_tokens_total', { model: 'a', direction: 'in' }, 12);
  metrics.add('vsr_tokens_total', { model: 'a', direction: 'in' }, 30);
  metrics.add('vsr_tokens_total', { model: 'a', direction: 'out' });
  const text = metrics.text({ vsr_memory_bytes: 7 });
  expect(lines(text, 'vsr_tokens_total')).toEqual([
    'vsr_tokens_total{model="a",direction="in"} 42',
    'vsr_tokens_total{model="a",direction="out"} 1',
  ]);
  expect(lines(text, 'vsr_memory_bytes')).toEqual(['vsr_memory_bytes 7']);
});

test('a label may hold anything', () => {
  const metrics = createMetrics();
  metrics.add('vsr_decisions_total', { model: 'a"b\\c\nd' });
  expect(lines(metrics.text({}), 'vsr_decisions_total')).toEqual(['vsr_decisions_total{model="a\\"b\\\\c\\nd"} 1']);
});

test('a bucket counts all times up to its limit, the last one every time; sum and count are of all', () => {
  const metrics = createMetrics();
  for (const milliseconds of [1, 4, 4, 100, 500_000]) metrics.time('score', milliseconds);
  const found = lines(metrics.text({}), 'vsr_stage_seconds_').map((line) => line.split(' '));
  const at = (limit: string) =>
    Number(found.find(([name]) => name === `vsr_stage_seconds_bucket{stage="score",le="${limit}"}`)?.[1]);
  expect(['0.0005', '0.001', '0.002', '0.005', '0.05', '0.1', '120', '+Inf'].map(at)).toEqual([0, 1, 1, 3, 3, 4, 4, 5]);
  expect(found.slice(-2)).toEqual([
    ['vsr_stage_seconds_sum{stage="score"}', String(0.001 + 0.004 + 0.004 + 0.1 + 500)],
    ['vsr_stage_seconds_count{stage="score"}', '5'],
  ]);
});
