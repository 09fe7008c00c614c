// Rules of math answers beyond the case table.
import { describe, expect, test } from 'vitest';
import { ask } from './ask.js';

describe('the part of an answer that counts', () => {
  test.each<[string, string, string]>([
    ['Thus \\boxed{\\frac{1}{2}} of it', '\\frac{1}{2}', 'boxed'],
    ['\\boxed{1}, or rather \\fbox{2}', '2', 'boxed'],
    ['\\boxed{\\boxed{7}}', '7', 'boxed'],
    ['\\boxed{1\\\\}', '1\\\\', 'boxed'],
    ['\\boxed{\\{1\\}}', '\\{1\\}', 'boxed'],
    ['The answer is: $x = 3$, because $y = 2$.', 'x = 3', 'declared'],
    ['Answer = 5. Done.', '5', 'declared'],
    ['As \\(a=1\\) we get \\[\\frac{3}{4}\\]', '\\frac{3}{4}', 'last formula'],
    ['First this.\n12', '12', 'last line'],
  ])('%j counts as %j by %s', async (answer, part, rule) => {
    const result = await ask('math', answer, '1');
    expect([result.extracted, result.rule]).toEqual([part, rule]);
  });
  test('nothing is flagged', async () => {
    expect(await ask('math', ' ', '1')).toEqual({
      quality: 0,
      extracted: null,
      rule: 'last line',
      flags: ['unparsed'],
    });
  });
});

describe('what is equal', () => {
  test.each<[string, string, number]>([
    ['\\frac{-1}{2}', '-\\frac12', 1],
    ['-1/2', '-\\dfrac{1}{2}', 1],
    ['.5', '\\tfrac12', 1],
    ['\\sqrt3', '\\sqrt{3}', 1],
    ['2\\pi/3', '\\frac{2\\pi}{3}', 1],
    ['40320', '40,\\!320', 1],
    ['1.2\\times10^3', '1{,}200', 1],
    ['55^\\circ', '55', 1],
    ['55°', '55^{\\circ}', 1],
    ['\\$5.50', '5.50', 1],
    ['5.5', '\\$5.50', 1],
    ['56\\%', '56', 1],
    ['25\\text{ cm}^2', '25', 1],
    ['\\text{Sunday}', 'Sunday', 1],
    ['x^2', 'x²', 1],
    ['\\left( \\frac12, -10 \\right)', '(1/2,-10)', 1],
    ['(1,2)', '(1,2,3)', 0],
    ['\\{1,1,2\\}', '\\{1,2,2\\}', 0],
    ['\\{1,2\\}', '(1,2)', 0],
    ['(-\\infty,5)\\cup (5,\\infty)', '(-\\infty,5)\\cup(5,\\infty)', 1],
    ['(0,1)\\cup(2,3)', '(0.0,1)\\cup(2,3)', 0],
    ['3 \\text{ or } 5', '35', 0],
    ['3 \\text{ or } 5', '3,5', 1],
    ['x+y=5', '5', 1],
    ['5', 'x+y=5', 0],
    ['y=-2x+1', 'y = -2x + 1', 1],
    ['123', '12', 0],
    ['\\frac{1}{0}', '\\frac{2}{0}', 0],
    ['1-\\frac{1-x}{2}', '1-\\frac{1-x}{2}', 1],
    ['0.33333333', '\\frac13', 1],
    ['0.333', '\\frac13', 0],
  ])('%j against %j scores %d', async (answer, truth, score) => {
    expect((await ask('math', `\\boxed{${answer}}`, truth)).quality).toBe(score);
  });
  test('the best item of a list counts', async () => {
    expect((await ask('math', '\\boxed{8}', ['7', '8'])).quality).toBe(1);
  });
});

test('an empty truth is refused', async () => {
  await expect(ask('math', '1', '\\boxed{ }')).rejects.toThrow('expected a mathematical answer');
});
