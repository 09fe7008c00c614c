// One row of queries.jsonl: every form it may have, and a sentence for every form it may not.
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { choicesFrom } from '../../src/data/choices.js';
import { queryFromRow, queryToRow } from '../../src/data/query-row.js';

const WHERE = 'queries.jsonl:17';
const four = { labels: ['A', 'B', 'C', 'D'], text: ['x^2', '3x^2', '3x', 'x^3'] };
const row = {
  query: 'd/dx x^3 = ?',
  category: 'Computer_Science',
  task_name: 'mmlu',
  metric: 'em_mc',
  ground_truth: 'B',
  choices: four,
  user_id: 3,
  embedding_id: 0,
  task_id: 7,
};

describe('queryFromRow', () => {
  test('reads a row in the community spelling', () => {
    const identity = JSON.stringify(['mmlu', 'd/dx x^3 = ?', 'B', four]);
    expect(queryFromRow(row, WHERE)).toEqual({
      id: createHash('sha256').update(identity).digest('hex').slice(0, 16),
      query: 'd/dx x^3 = ?',
      groundTruth: 'B',
      metric: 'em_mc',
      choices: four,
      category: 'computer science',
      taskName: 'mmlu',
      userId: '3',
      sessionId: null,
      images: [],
      split: null,
      extra: { embedding_id: 0, task_id: 7 },
    });
  });

  test('gives two tasks with the same text two ids, and equal rows one, whatever form the choices have', () => {
    const id = (changes: object) => queryFromRow({ ...row, ...changes }, WHERE).id;
    expect(id({ task_name: 'arc' })).not.toBe(id({}));
    expect(id({ ground_truth: 'C' })).not.toBe(id({}));
    expect(id({ choices: JSON.stringify(four), user_id: 'x' })).toBe(id({}));
    expect(id({ id: 12 })).toBe('12');
  });

  test('comes back the same through queryToRow, extra keys and all', () => {
    const query = queryFromRow({ ...row, split: 'test', images: ['a.png'], session_id: 's1' }, WHERE);
    expect(queryToRow(query)).toEqual({
      ...row,
      id: query.id,
      category: 'computer science',
      user_id: '3',
      split: 'test',
      images: ['a.png'],
      session_id: 's1',
    });
    expect(queryFromRow(JSON.parse(JSON.stringify(queryToRow(query))), WHERE)).toEqual(query);
  });

  test('leaves recorded outcomes out of the query', () => {
    expect(queryFromRow({ query: 'x', scores: { a: 1 }, outcomes: {} }, WHERE).extra).toEqual({});
  });

  test.each([
    [42, '42'],
    [
      ['1', 2],
      ['1', '2'],
    ],
    [null, null],
    [undefined, null],
    ['', ''],
  ])('reads the truth %j as %j', (value, truth) => {
    expect(queryFromRow({ query: 'x', ground_truth: value }, WHERE).groundTruth).toEqual(truth);
  });

  test.each([
    ['Computer_Science', 'computer science'],
    ['medicine', 'health'],
    ['literature', 'other'],
    [null, null],
  ])('normalises the category %j to %j', (name, category) => {
    const unknown: string[] = [];
    const options = { onUnknownCategory: (name: string) => unknown.push(name) };
    expect(queryFromRow({ query: 'x', category: name }, WHERE, options).category).toBe(category);
    expect(unknown).toEqual([]);
  });

  test('turns a category outside the list into other and says so', () => {
    const unknown: string[] = [];
    const options = { onUnknownCategory: (name: string) => unknown.push(name) };
    expect(queryFromRow({ query: 'x', category: 'Cooking' }, WHERE, options).category).toBe('other');
    expect(unknown).toEqual(['Cooking']);
    const own = { ...options, categories: ['cooking', 'other'] };
    expect(queryFromRow({ query: 'x', category: 'Cooking' }, WHERE, own).category).toBe('cooking');
  });

  test.each<[unknown, string]>([
    [{}, 'query must be a text that is not blank, got nothing.'],
    [{ query: ' \n' }, 'query must be a text that is not blank, got " \\n".'],
    [{ query: 5 }, 'query must be a text that is not blank, got 5.'],
    [
      { query: 'x', ground_truth: { a: 1 } },
      'ground_truth must be a text, a number, a list of these or null, got {"a":1}.',
    ],
    [{ query: 'x', ground_truth: [] }, 'ground_truth must be a text, a number, a list of these or null, got [].'],
    [{ query: 'x', task_name: true }, 'task_name must be a text, got true.'],
    [{ query: 'x', images: 'a.png' }, 'images must be a list of texts, got "a.png".'],
    [{ query: 'x', split: 'dev' }, 'split must be train, validation or test, got "dev".'],
    [{ query: 'x', choices: { labels: ['A', 'B', 'C', 'D'], text: ['1', '2', '3'] } }, '4 choice labels, 3 texts.'],
    [
      { query: 'x', choices: { labels: ['A', 'A'], text: ['1', '2'] } },
      'choice label "A" stands twice, expected unique labels.',
    ],
    [{ query: 'x', choices: 7 }, 'choices must be {labels, text}, a list of texts or null, got 7.'],
    [{ query: 'x', choices: { labels: ['A'] } }, 'choices.text must be a list of texts, got nothing.'],
    [
      { query: 'x', choices: 'open("x")' },
      'choices must be JSON or a Python literal, got "open(\\"x\\")" (expected a literal at position 0, got "open(\\"x\\")").',
    ],
  ])('refuses %j', (bad, sentence) => {
    expect(() => queryFromRow(bad, WHERE)).toThrow(
      expect.objectContaining({ code: 'VSR_DATA', message: `queries.jsonl:17: ${sentence}` }),
    );
  });

  test.each([null, [], 'text', 3])('refuses the row %j', (bad) => {
    expect(() => queryFromRow(bad, WHERE)).toThrow(/^queries\.jsonl:17: a row must be a JSON object, got /);
  });
});

describe('choicesFrom', () => {
  const two = { labels: ['A', 'B'], text: ['yes', "don't"] };
  test.each<[unknown, unknown]>([
    [two, two],
    [['yes', "don't"], two],
    [JSON.stringify(two), two],
    [`{'labels': ['A', 'B'], 'text': ['yes', "don't"]}`, two],
    [`{'text': array(['yes', "don't"], dtype=object), 'label': array(['A', 'B'], dtype=object)}`, two],
    [`['yes', "don't"]`, two],
    [
      { labels: [1, 2], text: [3, 4] },
      { labels: ['1', '2'], text: ['3', '4'] },
    ],
    [null, null],
    [undefined, null],
    ['', null],
    ['None', null],
    ['null', null],
    [[], null],
    [{ labels: [], text: [] }, null],
  ])('reads %j', (value, choices) => {
    expect(choicesFrom(value, WHERE)).toEqual(choices);
  });

  test('refuses more than 26 choices without labels', () => {
    expect(() => choicesFrom(Array(27).fill('x'), WHERE)).toThrow(/27 choices without labels/);
  });
});
