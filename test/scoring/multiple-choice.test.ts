// Rules of multiple choice beyond the case table: what each rule reads, what it leaves alone.
import { describe, expect, test } from 'vitest';
import { ANIMALS, ask } from './ask.js';

const TO_J = { labels: [...'ABCDEFGHIJ'], text: [...ANIMALS.text, 'fox', 'owl', 'bee', 'ant', 'elk', 'yak'] };

/** The label read, or null, with the rule that decided. */
async function read(answer: string, choices = ANIMALS): Promise<[string | null, string]> {
  const { extracted, rule } = await ask('multiple-choice', answer, choices.labels[0]!, { choices });
  return [extracted, rule];
}

describe('which rule reads which label', () => {
  test.each<[string, string | null, string]>([
    ['The answer is A, but \\boxed{C}', 'C', 'boxed'],
    ['\\boxed{red panda}', 'C', 'boxed'],
    ['\\boxed{A}, no: \\boxed{B}', 'B', 'boxed'],
    ['\\boxed{7}. The answer is B', 'B', 'declared'],
    ['\\boxed{A, then nothing. The answer is B', 'B', 'declared'],
    ['I think the answer is A. Wait. The answer is D.', 'D', 'declared'],
    ['Answer: option C', 'C', 'declared'],
    ['The final answer would be: (C)', 'C', 'declared'],
    ['The correct answer is:\n\n(B) cat\n\n(A) is wrong because it barks.', 'B', 'declared'],
    ["I'd go with it's D", 'D', 'declared'],
    ['We would choose (b).', 'B', 'declared'],
    ['Hence, it is D!', 'D', 'declared'],
    ['Neither A, C nor D fits. B is correct.', 'B', 'declared'],
    ['A is the right one to doubt; (C) is right.', 'C', 'declared'],
    ['The answer is A and (B).', null, 'declared: ambiguous'],
    ['The answer is a, b', null, 'declared: ambiguous'],
    ['The answer is B/C', null, 'declared: ambiguous'],
    ['Ｔhe answer is Ｂ', 'B', 'declared'],
    ['Let me see.\n\n"C".', 'C', 'bare label'],
    ['c', 'C', 'bare label'],
    ['c\nd', null, 'no label'],
    ['D\nIt is the largest of them all.', 'D', 'bare label'],
    ['B - cat\nIt purrs.', 'B', 'line head'],
    ['D as it eats bamboo', 'D', 'line head'],
    ['A) is wrong', 'A', 'only label'],
    ['Let us see.\nB. cat', 'B', 'line head'],
    ['Let us see.\nB. cat\nIt purrs.', 'B', 'choice text'],
    ['It must be (C), not (A).', 'C', 'in brackets'],
    ["It is never (A), it isn't (B)", null, 'no label'],
    ['The panda of course', 'D', 'choice text'],
    ['red panda red panda', 'C', 'choice text'],
    ['A panda or a red panda', null, 'no label'],
    ['Everything points to D here', 'D', 'only label'],
    ['Not A but C', 'C', 'only label'],
    ['An A-level question about B-52 bombers', null, 'no label'],
    ['', null, 'no label'],
  ])('%j gives %s by %s', async (answer, label, rule) => {
    expect(await read(answer)).toEqual([label, rule]);
  });
});

test('I is a label only where it cannot be the pronoun', async () => {
  expect(await read('So I would rather not say', TO_J)).toEqual([null, 'no label']);
  expect(await read('The answer is I.', TO_J)).toEqual(['I', 'declared']);
  expect(await read('The answer is A, I believe.', TO_J)).toEqual(['A', 'declared']);
});

test('numeric labels are never read from a lone number', async () => {
  const choices = { labels: ['1', '2', '3'], text: ['dog', 'cat', 'cow'] };
  expect(await read('There are 2 of them', choices)).toEqual([null, 'no label']);
  expect(await read('(2)', choices)).toEqual(['2', 'bare label']);
  expect(await read('1.5 litres\nor so', choices)).toEqual([null, 'no label']);
});

test('a text that two choices share decides nothing', async () => {
  const choices = { labels: ['A', 'B', 'C'], text: ['200 mL', '100 mL', '200 ml'] };
  expect(await read('200 mL', choices)).toEqual([null, 'no label']);
  expect(await read('100 mL', choices)).toEqual(['B', 'choice text']);
});

test('labels of several characters and with signs are read as they stand', async () => {
  const choices = { labels: ['A1', 'A', 'C++'], text: ['x', 'y', 'z'] };
  expect(await read('The answer is A1.', choices)).toEqual(['A1', 'declared']);
  expect(await read('The answer is C++.', choices)).toEqual(['C++', 'declared']);
});

describe('the truth', () => {
  test.each([
    ['b', 'B'],
    ['(B).', 'B'],
    ['The cat', 'B'],
  ])('%j is label %s', async (truth, label) => {
    expect((await ask('multiple-choice', label, truth)).quality).toBe(1);
  });
  test('may be a list, whose best item counts', async () => {
    expect((await ask('multiple-choice', 'B', ['A', 'B'])).quality).toBe(1);
  });
  test('that is no label and no text is refused, as is a row without choices', async () => {
    await expect(ask('multiple-choice', 'B', 'giraffe')).rejects.toThrow(
      'ground_truth: expected one of the labels A, B, C, D or the text of one choice, got "giraffe".',
    );
    await expect(ask('multiple-choice', 'B', 'B', { choices: null })).rejects.toThrow(/needs its choices, got none/);
  });
});
