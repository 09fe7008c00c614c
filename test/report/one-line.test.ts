// Texts from outside on a terminal's line.
import { expect, test } from 'vitest';
import { oneLine } from '../../src/report/one-line.js';

test('takes breaks, escape sequences and turned directions out of a text', () => {
  expect(oneLine('a\n\tb \u001b[31mred\u202e c\u2028d', 40)).toBe('a b [31mred c d');
});

test('cuts at the width in characters, without halving a pair', () => {
  expect(oneLine('😀'.repeat(5), 5)).toBe('😀'.repeat(5));
  expect(oneLine('😀'.repeat(6), 5)).toBe(`${'😀'.repeat(4)}…`);
  expect(oneLine('x'.repeat(100_000), 10)).toBe(`${'x'.repeat(9)}…`);
});
