// The hash split, folds and what a split in the data does to them.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { groupIds, normaliseText } from '../../src/data/normalise-text.js';
import type { Query, Split } from '../../src/data/query.js';
import { queryFromRow } from '../../src/data/query-row.js';
import { assignFolds, assignSplits, type SplitOptions } from '../../src/data/splits.js';

const USUAL: SplitOptions = { ratios: [0.8, 0.1, 0.1], seed: 42 };
const queryOf = (query: string, split?: Split) => queryFromRow({ query, split }, 'row');
const texts = Array.from({ length: 2000 }, (_, i) => `question number ${i}`);
const many = texts.map((text) => queryOf(text));
const share = (splits: readonly Split[], split: Split) => splits.filter((s) => s === split).length / splits.length;

describe('normaliseText', () => {
  test.each([
    ['  What is\n2 + 2?  ', 'what is 2 2'],
    ['Ｆｕｌｌ width ½', 'full width 1 2'],
    ["don't STOP", 'don t stop'],
    ['Où—là', 'où là'],
    ['+', '+'],
    [' ?! ', '?!'],
  ])('%j is %j', (text, normalised) => {
    expect(normaliseText(text)).toBe(normalised);
  });

  test('numbers equal texts equally, in order of first appearance', () => {
    expect([...groupIds(['b', 'a!', 'B?', 'A', 'c', '+', '-'])]).toEqual([0, 1, 0, 1, 2, 3, 4]);
  });
});

describe('assignSplits', () => {
  test('comes near the ratios', () => {
    const splits = assignSplits(many, USUAL);
    // 2,000 draws: three standard deviations are 3·√(.8·.2/2000) = .027 and 3·√(.1·.9/2000) = .020
    expect(Math.abs(share(splits, 'train') - 0.8)).toBeLessThan(0.027);
    expect(Math.abs(share(splits, 'validation') - 0.1)).toBeLessThan(0.02);
    expect(Math.abs(share(splits, 'test') - 0.1)).toBeLessThan(0.02);
  });

  test('puts a query where it is put alone, whatever stands around it', () => {
    const alone = many.slice(0, 50).map((query) => assignSplits([query], USUAL)[0]);
    expect(assignSplits(many, USUAL).slice(0, 50)).toEqual(alone);
    expect(assignSplits(many.toReversed(), USUAL).toReversed().slice(0, 50)).toEqual(alone);
  });

  test('keeps equal normalised texts together', () => {
    const splits = assignSplits([...many, ...texts.map((text) => queryOf(`${text.toUpperCase()}?`))], USUAL);
    expect(splits.slice(0, 2000)).toEqual(splits.slice(2000));
  });

  test('another seed gives another split', () => {
    expect(assignSplits(many, { ...USUAL, seed: 43 })).not.toEqual(assignSplits(many, USUAL));
  });

  test('a split in the data wins, and validation is cut from its train rows alone', () => {
    const queries = texts.map((text, i) => queryOf(text, i % 2 === 0 ? 'train' : 'test'));
    const splits = assignSplits(queries, USUAL);
    const given = splits.filter((_, i) => i % 2 === 0);
    expect(new Set(splits.filter((_, i) => i % 2 === 1))).toEqual(new Set(['test']));
    expect(new Set(given)).toEqual(new Set(['train', 'validation']));
    // .1/(.8 + .1) = 1/9 of 1,000; three standard deviations are .030
    expect(Math.abs(share(given, 'validation') - 1 / 9)).toBeLessThan(0.03);
  });

  test('validation rows in the data stay the only ones', () => {
    const queries = texts.map((text, i) => queryOf(text, i < 1000 ? 'train' : i < 1500 ? 'validation' : 'test'));
    expect(assignSplits(queries, USUAL)).toEqual(queries.map((query) => query.split));
  });

  test('a row without a split follows a row of the same text that has one', () => {
    const queries = [
      queryOf('a', 'validation'),
      ...texts.slice(0, 40).flatMap((t) => [queryOf(t), queryOf(t, 'test')]),
    ];
    expect(assignSplits(queries, USUAL)).toEqual(['validation', ...Array(80).fill('test')]);
  });

  test('where the data names several splits for one text, a row without follows the latest', () => {
    const named: Split[] = ['validation', 'test', 'train'];
    const rows = [...named.map((split) => queryOf('one text', split)), queryOf('One text!')];
    expect(assignSplits(rows, USUAL)).toEqual([...named, 'test']);
    expect(assignSplits([queryOf('a', 'validation'), queryOf('a', 'train'), queryOf('a')], USUAL)).toEqual([
      'validation',
      'train',
      'validation',
    ]);
  });
  test('no validation ratio, no validation rows', () => {
    const options: SplitOptions = { ratios: [0.9, 0, 0.1], seed: 1 };
    expect(new Set(assignSplits(many, options))).toEqual(new Set(['train', 'test']));
    const given = many.map((query): Query => ({ ...query, split: 'train' }));
    expect(new Set(assignSplits(given, options))).toEqual(new Set(['train']));
  });

  test.each([[[0.8, 0.1, 0.2]], [[1.2, -0.1, -0.1]], [[0, 0.5, 0.5]], [[Number.NaN, 0.5, 0.5]]] as const)(
    'refuses the ratios %j',
    (ratios) => {
      expect(() => assignSplits(many, { ratios: [...ratios], seed: 1 })).toThrow(
        expect.objectContaining({ code: 'VSR_CONFIG' }),
      );
    },
  );
});

describe('assignFolds', () => {
  test('deals groups out evenly, equal texts into one fold, order-free', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 7 }), fc.integer(), (folds, seed) => {
        const some = texts.slice(0, 53);
        const assigned = assignFolds([...some, ...some.map((text) => `${text}!`)], folds, seed);
        expect([...assigned.slice(0, 53)]).toEqual([...assigned.slice(53)]);
        expect([...assignFolds(some.toReversed(), folds, seed)].toReversed()).toEqual([...assigned.slice(0, 53)]);
        const sizes = Array.from(
          { length: folds },
          (_, fold) => assigned.slice(0, 53).filter((f) => f === fold).length,
        );
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 20 },
    );
  });

  test('refuses more folds than groups', () => {
    expect(() => assignFolds(['a', 'A', 'b'], 3, 1)).toThrow('3 folds need at least 3 different queries, got 2.');
  });
});
