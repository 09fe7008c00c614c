// Numbers among parameters: the ends of a range are inside it, and one sentence says what was expected of whatever is not.
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { count, countOrAuto, notNegative, within } from '../../src/routers/number-params.js';

/** '' where the value is taken. */
function complaint(schema: z.ZodType, value: unknown): string {
  return schema.safeParse(value).error?.issues[0]?.message ?? '';
}

interface Case {
  readonly name: string;
  readonly schema: z.ZodType;
  readonly taken: readonly unknown[];
  readonly refused: readonly unknown[];
  readonly sentence: string;
}

describe.each<Case>([
  {
    name: 'within',
    schema: within(0.5, 2),
    taken: [0.5, 1.25, 2],
    refused: [0.49, 2.01, '1', Number.NaN],
    sentence: 'expected a number from 0.5 to 2',
  },
  {
    name: 'count',
    schema: count(1, 8),
    taken: [1, 8],
    refused: [0, 9, 1.5, '1', null],
    sentence: 'expected a whole number from 1 to 8',
  },
  {
    name: 'countOrAuto',
    schema: countOrAuto(2, 8),
    taken: ['auto', 2, 8],
    refused: [1, 9, 2.5, 'all', null],
    sentence: 'expected "auto" or a whole number from 2 to 8',
  },
  {
    name: 'notNegative',
    schema: notNegative,
    taken: [0, 1e9],
    refused: [-1e-9, 'x', Number.NaN],
    sentence: 'expected a number of at least 0',
  },
])('$name', ({ schema, taken, refused, sentence }) => {
  test.each(taken)('takes %s', (value) => {
    expect(schema.parse(value)).toBe(value);
  });
  test.each(refused)('refuses %s', (value) => {
    expect(complaint(schema, value)).toBe(sentence);
  });
});

test('a sentence of its own may say why', () => {
  expect(complaint(count(2, 20_000, 'expected fewer: memory'), 20_001)).toBe('expected fewer: memory');
});
