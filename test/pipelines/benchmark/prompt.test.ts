// What is sent for each kind of answer.
import { describe, expect, test } from 'vitest';
import { promptFor, templateHash } from '../../../src/pipelines/benchmark/prompt.js';
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
  expect(templateHash()).toMatch(/^[0-9a-f]{16}$/);
  expect(templateHash(true)).not.toBe(templateHash());
});

describe('a concise prompt', () => {
  test("asks for the letter alone and names the row's own labels", () => {
    const choices = { labels: ['1', '2', '3'], text: ['dog', 'cat', 'cow'] };
    expect(promptFor(queryWith({ choices }), 'multiple-choice', true)).toBe(
      'Which one?\n\n1. dog\n2. cat\n3. cow\n\nReply with the letter alone: 1, 2 or 3.',
    );
  });
  test.each(['numeric', 'math', 'exact', 'contains', 'f1', 'cemf1', 'code'] as const)(
    'of %s asks for nothing else',
    (scorer) => {
      expect(promptFor(queryWith(), scorer, true)).toMatch(/^Which one\?\n\nReply with .* alone/);
    },
  );
});

describe('a prompt for code', () => {
  const code = 'Give the whole solution in one Python code block.';
  const groundTruth = "['assert set(similar([1], [2])) == set([3])']";
  test('names the function that the tests call, where the query does not', () => {
    const query = 'Find shared elements.';
    expect(promptFor(queryWith({ query, groundTruth }), 'code')).toBe(`${query}\n\n${code} Call the function similar.`);
    const naming = 'Write similar(a, b).';
    expect(promptFor(queryWith({ query: naming, groundTruth }), 'code')).toBe(`${naming}\n\n${code}`);
  });
  test('leaves a query alone that begins the function', () => {
    const query = 'def solve(x):\n    """Doubles."""';
    const check = 'def check(candidate):\n    assert candidate(1) == 2';
    expect(promptFor(queryWith({ query, groundTruth: check }), 'code')).toBe(`${query}\n\n${code}`);
  });
});
