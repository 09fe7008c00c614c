// Every truth of the real data can be read by its scorer: train and test, repeated rows included.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { resolveScorer } from '../../src/scoring/registry.js';
import { DEFAULT_SCORING_OPTIONS, type ScoringInput } from '../../src/scoring/scorer.js';
import { hasShared, SHARED } from '../shared-folder.js';

interface Row {
  metric: string;
  ground_truth: string;
  choices: ScoringInput['choices'];
}

test.skipIf(!hasShared)(
  '2,742 em_mc, 754 MATH and 550 GSM8K truths parse, and so do all others (needs ../shared)',
  async () => {
    const lines = ['train.jsonl', 'test.jsonl'].flatMap((file) =>
      readFileSync(join(SHARED, 'data/fusion', file), 'utf8').split('\n'),
    );
    const parsed: Record<string, number> = {};
    const rejected: string[] = [];
    for (const [i, line] of lines.entries()) {
      if (line === '') continue;
      const { metric, ground_truth: groundTruth, choices } = JSON.parse(line) as Row;
      const { score } = await resolveScorer({ metric, groundTruth, hasChoices: choices !== null }, `line ${i}`);
      try {
        score({ answer: 'none', groundTruth, choices, finishReason: 'stop', options: DEFAULT_SCORING_OPTIONS });
        parsed[metric] = (parsed[metric] ?? 0) + 1;
      } catch (error) {
        rejected.push(`${groundTruth}: ${error}`);
      }
    }
    expect(rejected).toEqual([]);
    expect(parsed).toEqual({
      em_mc: 2742,
      MATH: 754,
      GSM8K: 550,
      f1_score: 1100,
      commongen_coverage: 200,
      code_eval: 762,
    });
  },
);

test.skipIf(!hasShared)('a truth, given as the answer, scores 1 (needs ../shared)', async () => {
  const lines = readFileSync(join(SHARED, 'data/fusion/test.jsonl'), 'utf8').split('\n');
  const missed: string[] = [];
  for (const line of lines.filter((text) => text !== '')) {
    const { metric, ground_truth: groundTruth, choices } = JSON.parse(line) as Row;
    const { name, score } = await resolveScorer({ metric, groundTruth, hasChoices: choices !== null }, 'row');
    const input = { answer: groundTruth, groundTruth, choices, options: DEFAULT_SCORING_OPTIONS };
    const { quality } = score({ ...input, finishReason: 'stop' });
    if (quality !== 1 && name !== 'code') missed.push(groundTruth);
  }
  expect(missed).toEqual([]);
});
