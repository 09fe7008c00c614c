// Rules of exact, contains, f1, cemf1 and coverage beyond the case table.
import { describe, expect, test } from 'vitest';
import type { ScorerName } from '../../src/scoring/registry.js';
import { ask } from './ask.js';

describe('quality', () => {
  test.each<[ScorerName, string, string | string[], number]>([
    ['exact', '"help!"', 'Help', 1],
    ['exact', "It's a dog", 'its dog', 1],
    ['exact', 'It’s', "it's", 1],
    ['exact', 'the dog barks', 'dog', 0],
    ['exact', 'ＡＢＣ', 'abc', 1],
    ['exact', 'b', ['a1', 'B.'], 1],
    ['exact', '<think>dog</think> cat', 'cat', 1],
    ['contains', 'Paris or Rome', ['Oslo', 'Rome'], 1],
    ['contains', 'new york', 'york new', 0],
    ['contains', 'anything', '🐧', 0],
    ['contains', 'a New\nYork minute', 'new york', 1],
    ['f1', '', 'Paris', 0],
    ['f1', '🐧', '🐧', 1],
    ['f1', 'no', 'no', 1],
    ['f1', 'No.', 'no', 1],
    ['f1', 'no', 'no dogs', 0],
    ['f1', 'noanswer', 'noanswer given', 0],
    ['f1', 'cat dog', 'cat cat', 0.5],
    ['f1', 'Rome', ['Paris', 'Rome Italy'], 2 / 3],
    ['cemf1', 'The capital of France is Paris', 'Paris', 1],
    ['cemf1', 'New Amsterdam', 'New York', 0.5],
    ['coverage', 'Dogs walked', 'dog, walk, swim, run', 0.5],
    ['coverage', 'Running!', 'running', 1],
    ['coverage', 'a bed', 'beds', 1],
    ['coverage', 'b', 'bed', 0],
    ['coverage', 'cold ice and cream', 'ice cream, snow', 0.5],
    ['coverage', 'mow', 'mow, mower', 1],
    ['coverage', 'dog', 'dog, , ', 1],
  ])('%s: %j against %j scores %d', async (scorer, answer, truth, score) => {
    expect((await ask(scorer, answer, truth)).quality).toBe(score);
  });
});

test('what is extracted is what was found of the truth, and null where nothing was', async () => {
  expect(await ask('f1', 'Paris in France', 'France')).toEqual({
    quality: 0.5,
    extracted: 'france',
    rule: 'shared words',
    flags: [],
  });
  expect(await ask('f1', 'Rome', 'Paris')).toEqual({ quality: 0, extracted: null, rule: 'no shared word', flags: [] });
  expect(await ask('coverage', 'dogs', 'dog, cat')).toEqual({
    quality: 0.5,
    extracted: 'dog',
    rule: '1 of 2 concepts',
    flags: [],
  });
});

test('coverage refuses a truth without concepts', async () => {
  await expect(ask('coverage', 'dog', ' , ')).rejects.toThrow('expected concepts with commas between them');
});
