// What verdicts take, added up.
import { expect, test } from 'vitest';
import { addReply, nothingUsed } from '../../../src/pipelines/benchmark/judge-use.js';
import type { Completion } from '../../../src/providers/provider.js';

const reply = (inputTokens: number | null, outputTokens: number | null): Completion => ({
  text: '1',
  finishReason: 'stop',
  inputTokens,
  outputTokens,
  latency: 1,
  ttft: null,
  attempts: 1,
  flags: [],
});

test('tokens and dollars add up', () => {
  const use = nothingUsed('judge', 'hash');
  expect(use).toEqual({ model: 'judge', prompt: 'hash', calls: 0, inputTokens: 0, outputTokens: 0, cost: 0 });
  addReply(use, { input: 2, output: 10 }, reply(100, 5));
  addReply(use, { input: 2, output: 10 }, { ...reply(50, 1), reportedCost: 0.25 });
  const first = (100 * 2 + 5 * 10) / 1e6;
  expect(use).toEqual({ ...use, inputTokens: 150, outputTokens: 6, cost: first + 0.25 });
});

test('once a cost is unknown the sum stays unknown; tokens that nobody counted add nothing', () => {
  const use = nothingUsed('judge', 'hash');
  addReply(use, { input: 2, output: 10 }, reply(null, 5));
  addReply(use, { input: 2, output: 10 }, reply(100, 5));
  expect(use).toMatchObject({ inputTokens: 100, outputTokens: 10, cost: null });
});
