// What is sent for each kind of answer.
import { describe, expect, test } from 'vitest';
import { promptFor, TEMPLATE_HASH } from '../../../src/pipelines/benchmark/prompt.js';
import { SCORER_NAMES } from '../../../src/scoring/registry.js';
import { queryWith } from './query-fixture.js';

const LETTER = 'End with the letter of the right option in parentheses, like (A).';

describe('a multiple-choice prompt', () => {
  const choices = { labels: ['A', 'B'], text: ['dog', 'cat'] };
  test('lists the options', () => {
    expect(promptFor(queryWith({ choices }), 'multiple-choice')).toBe(`Which one?\n\nA. dog\nB. cat\n\n${LETTER}`);
  });
  test('lists none if every option text stands in the query, and all if one is missing', () => {
    const query = 'Which one? (1) dog (2) cat';
    expect(promptFor(queryWith({ query, choices }), 'multiple-choice')).toBe(`${query}\n\n${LETTER}`);
    const half = 'Is it a dog?';
    expect(promptFor(queryWith({ query: half, choices }), 'multiple-choice')).toBe(
      `${half}\n\nA. dog\nB. cat\n\n${LETTER}`,
    );
  });
  test('without options asks for the letter alone', () => {
    expect(promptFor(queryWith(), 'multiple-choice')).toBe(`Which one?\n\n${LETTER}`);
  });
});

test.each([
  ['numeric', '#### 42'],
  ['math', '\\boxed{}'],
  ['exact', 'a few words'],
  ['contains', 'a few words'],
  ['f1', 'a few words'],
  ['cemf1', 'a few words'],
  ['code', 'Python code block'],
] as const)('%s asks for the form that its scorer reads: %s', (scorer, form) => {
  const prompt = promptFor(queryWith(), scorer);
  expect(prompt.startsWith('Which one?\n\n')).toBe(true);
  expect(prompt).toContain(form);
});

test('every other scorer gets the query alone', () => {
  const alone = SCORER_NAMES.filter((scorer) => promptFor(queryWith(), scorer) === 'Which one?');
  expect(alone).toEqual(['coverage', 'judge', 'unscored']);
});

test('the hash is of the templates, the same in every process', () => {
  expect(TEMPLATE_HASH).toMatch(/^[0-9a-f]{16}$/);
});
