// Two routers on the same queries: which of the five answers, and from how many queries on.
import { expect, test } from 'vitest';
import { sideBySide } from '../../src/evaluation/side-by-side.js';
import { QUALITY_ALONE, tableOf } from './table-of.js';

const OPTIONS = { minGain: 0.01, bootstrap: 200, seed: 1, confidence: 0.95 };

/** The old router asks model a everywhere, the new one model b; `qualities` are those of b, a's are .5. */
function judged(qualities: readonly (number | null)[], choices = qualities.map(() => 1)) {
  return sideBySide({
    table: tableOf({ quality: qualities.map((b) => [0.5, b]), models: ['a', 'b'] }),
    groups: Int32Array.from(qualities.keys()),
    objective: QUALITY_ALONE,
    sides: [
      { name: 'old', router: 'knn', judgedOn: 'test', choices: new Int32Array(qualities.length) },
      { name: 'new', router: 'mf', judgedOn: 'test', choices: Int32Array.from(choices) },
    ],
    warnings: [],
    options: OPTIONS,
  });
}
const all = (n: number, quality: number) => Array<number>(n).fill(quality);
const swinging = Array.from({ length: 40 }, (_, i) => i % 2);

test.each([
  ['worse', all(40, 0.25), -0.25],
  ['better', all(40, 0.75), 0.25],
  ['no-difference', all(40, 0.5), 0],
  ['inconclusive', swinging, 0],
] as const)('%s', (kind, qualities, delta) => {
  const { verdict, sides } = judged(qualities);
  expect([verdict.kind, sides[1]!.against!.utility.delta]).toEqual([kind, delta]);
});

test('below thirty separate queries nothing is concluded', () => {
  expect(judged(all(30, 0.25)).verdict.kind).toBe('worse');
  expect(judged(all(29, 0.25)).verdict).toEqual({
    kind: 'inconclusive',
    sentence:
      'Comparison: inconclusive, new (mf) against old (knn): -25.0 points [-25.0, -25.0] on 29 separate queries: too few to know (30 are the least).',
  });
});

test('a side has the means of what it answered, and the share that it sends elsewhere', () => {
  const { sides, queries } = judged([1, 1, null, 0], [0, 1, 1, 1]);
  expect(queries).toBe(4);
  expect(sides[0]).toMatchObject({ answered: 4, quality: 0.5, against: null });
  expect(sides[1]).toMatchObject({ answered: 3, quality: (0.5 + 1 + 0) / 3, against: { moved: 3 / 4 } });
});

test('without a query that both answered there is nothing to compare', () => {
  expect(judged([null, null]).verdict).toEqual({
    kind: 'inconclusive',
    sentence: 'Comparison: inconclusive, old and new answered no query together.',
  });
});
