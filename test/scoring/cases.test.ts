// The case table of the scoring reference, every row: [scorer, answer, truth, score, labels].
import { describe, expect, test } from 'vitest';
import type { ScorerName } from '../../src/scoring/registry.js';
import { ANIMALS, ask } from './ask.js';

const TO_4 = { labels: ['1', '2', '3', '4'], text: ANIMALS.text };
const TO_J = { labels: [...'ABCDEFGHIJ'], text: [...ANIMALS.text, 'fox', 'owl', 'bee', 'ant', 'elk', 'yak'] };
type Case = [ScorerName, string, string, number, typeof ANIMALS?];

const CASES: Case[] = [
  ['multiple-choice', 'This is a tricky question. The correct choice is B.', 'B', 1],
  ['multiple-choice', '\\boxed{B}', 'B', 1],
  ['multiple-choice', '**B**', 'B', 1],
  ['multiple-choice', '$\\boxed{\\text{(C)}}$', 'C', 1],
  ['multiple-choice', 'B, since the cell (c) divides', 'B', 1],
  ['multiple-choice', 'Vitamin C: not stored.\nFinal: D', 'D', 1],
  ['multiple-choice', 'The answer is a bit subtle.', 'A', 0],
  ['multiple-choice', 'A cat would be nice, but the answer is C', 'C', 1],
  ['multiple-choice', 'The answer is A because it floats.', 'A', 1],
  ['multiple-choice', 'the answer is b', 'B', 1],
  ['multiple-choice', 'The answer is not A.', 'A', 0],
  ['multiple-choice', 'The answer is A or B.', 'B', 0],
  ['multiple-choice', 'Both A and C', 'C', 0],
  ['multiple-choice', 'B) No, actually the answer is C', 'C', 1],
  ['multiple-choice', '(A) is wrong because it sinks, so (B).', 'B', 1],
  ['multiple-choice', '(A) fails and (B) holds', 'B', 0],
  ['multiple-choice', 'A. dog\nB. cat\nC. red panda\nD. panda', 'A', 0],
  ['multiple-choice', 'It is the cat.', 'B', 1],
  ['multiple-choice', 'A red panda', 'C', 1],
  ['multiple-choice', 'dog, not cat', 'A', 0],
  ['multiple-choice', 'B', 'cat', 1],
  ['multiple-choice', 'The answer is 3', '3', 1, TO_4],
  ['multiple-choice', 'I', 'I', 1, TO_J],
  ['multiple-choice', 'I believe so.', 'I', 0, TO_J],
  ['multiple-choice', '<think>(A) or (C)?</think>(B)', 'B', 1],
  ['multiple-choice', '<think>the answer is B and', 'B', 0],
  ['numeric', '3.5', '35', 0],
  ['numeric', '18.00', '18', 1],
  ['numeric', '$1,000.', '1000', 1],
  ['numeric', 'The answer is 42 (3 steps).', '42', 1],
  ['numeric', 'Answer: 8\nAsk me for 2 more examples.', '8', 1],
  ['numeric', 'The answer is 12 × 3 = 36.', '36', 1],
  ['numeric', 'The answer is 5 or 6', '5', 0],
  ['numeric', '\\boxed{\\frac{3}{4}}', '0.75', 1],
  ['numeric', '50%', '0.5', 1],
  ['numeric', '10-3=7', '7', 1],
  ['numeric', '1.5 million dollars', '1500000', 1],
  ['numeric', 'twelve', '12', 0],
  ['numeric', '3.14159', '3.14', 0],
  ['numeric', '$20,000', 'So she had $30,000*2 = $<<30000*2=60000>>60,000.\n#### 20,000', 1],
  ['math', '12', '2', 0],
  ['math', '\\boxed{0.5}', '\\frac12', 1],
  ['math', '\\boxed{x=3}', '3', 1],
  ['math', '\\boxed{(2,1)}', '(1,2)', 0],
  ['math', '\\boxed{\\{3,1\\}}', '\\{1,3\\}', 1],
  ['math', '\\boxed{10\\text{ cm}}', '10', 1],
  ['math', '\\boxed{[0,1)}', '(0,1)', 0],
  ['contains', '14', '4', 0],
  ['contains', 'I know', 'no', 0],
  ['contains', 'It was Sammy Davis Jr. in 1968', 'Sammy Davis, Jr', 1],
  ['f1', 'The capital of France is Paris.', 'Paris', 1 / 3],
  ['f1', 'cat cat', 'cat', 2 / 3],
  ['f1', 'yes it is', 'yes', 0],
  ['exact', 'The Beatles', 'beatles', 1],
  ['coverage', 'The dogs ran and skated', 'dog, run, skate', 1 / 3],
];

describe('the cases of the reference', () => {
  test.each(CASES)('%s: %j against %j scores %d', async (scorer, answer, truth, score, choices) => {
    const { quality } = await ask(scorer, answer, truth, choices && { choices });
    expect(quality).toBe(score);
  });

  test('code is unscored while nothing executes it, even where the answer is right', async () => {
    expect(await ask('code', 'def f(x):\n    return x', "['assert f(1) == 1']")).toEqual({
      quality: null,
      extracted: null,
      rule: 'code execution is not available',
      flags: [],
    });
  });
});
