// Rules of numeric answers beyond the case table.
import { describe, expect, test } from 'vitest';
import { ask } from './ask.js';

describe('the number of an answer', () => {
  test.each<[string, string | null, string]>([
    ['5 apples\n#### 7\nCheers 9', '7', 'after ####'],
    ['#### none\nThe answer is 4.', '4', 'declared'],
    ['Between \\boxed{3} and \\boxed{4 or 5}', '5', 'boxed'],
    ['The answer is \\(42\\) of 50.', '42', 'declared'],
    ['The answer is f(2) = 5.', '5', 'declared'],
    ['The total is 5(3+2) = 25.', '25', 'declared'],
    ['The answer is (42).', '42', 'declared'],
    ['The answer is 42 (6 × 7 = 42', '42', 'declared'],
    ['Answer:\n\n8\n\nI took 3 steps.', '8', 'declared'],
    ['The result is 5 and 5.', '5', 'declared'],
    ['The result is 5 to 6.', null, 'declared'],
    ['The answer is approx. 5', '5', 'last number'],
    ['Answers are 1, then 2', '2', 'last number'],
    ['The total is -$1,234.50.', '-$1,234.50', 'declared'],
    ['no digits at all', null, 'no number'],
    ['25 cm²', '25', 'last number'],
    ['1\u202f000 grains', '1,000', 'last number'],
    ['x2 and CO2', null, 'no number'],
    ['答案是42', '42', 'last number'],
    ['<think>The answer is 5</think>It is 6', '6', 'last number'],
  ])('%j gives %s by %s', async (answer, number, rule) => {
    const result = await ask('numeric', answer, '1');
    expect([result.extracted, result.rule]).toEqual([number, rule]);
    expect(result.flags).toEqual(number === null ? ['unparsed'] : []);
  });
});

describe('what a number is worth', () => {
  test.each<[string, string, number]>([
    ['−3', '-3', 1],
    ['(4)-3', '3', 1],
    ['5–10', '10', 1],
    ['3/4', '0.75', 1],
    ['-\\dfrac{1}{2}', '-0.5', 1],
    ['\\frac12', '0.5', 1],
    ['2×10^3', '2000', 1],
    ['2 \\times 10^{-3}', '0.002', 1],
    ['6.02e23', '6.02×10^23', 1],
    ['1.2×10⁶', '1200000', 1],
    ['3 thousand', '3000', 1],
    ['2-trillion', '2e12', 1],
    ['.5', '0.5', 1],
    ['12{,}500', '12500', 1],
    ['50', '50%', 1],
    ['0.5', '50%', 1],
    ['50%', '50%', 1],
    ['5%', '500', 0],
    ['1000001', '1000000', 1],
    ['1000002', '1000000', 0],
    ['1/0', '0', 0],
    ['1e999', '1', 0],
  ])('%j against %j scores %d', async (answer, truth, score) => {
    expect((await ask('numeric', answer, truth)).quality).toBe(score);
  });
  test('the tolerance is an option', async () => {
    const input = { options: { numericTolerance: 0.01 } };
    expect((await ask('numeric', '3.14159', '3.14', input)).quality).toBe(1);
  });
  test('the best item of a list counts', async () => {
    expect((await ask('numeric', '8', ['7', '8'])).quality).toBe(1);
  });
});

test('a truth must hold exactly one number', async () => {
  await expect(ask('numeric', '1', 'one')).rejects.toThrow('expected exactly one number, got 0 in "one"');
  await expect(ask('numeric', '1', '1 or 2')).rejects.toThrow('expected exactly one number, got 2 in "1 or 2"');
  expect((await ask('numeric', '9', 'It is 5, so \\boxed{9}')).quality).toBe(1);
});
