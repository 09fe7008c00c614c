// Math answers played back: the right formula in a box, or a wrong one.
import type { Choose } from './choose.js';
import { closingBrace, lastBoxContent } from './last-box-content.js';
import { otherNumber } from './number-text.js';
import type { Composer } from './play-back.js';

const FORMS: readonly ((formula: string) => string)[] = [
  (formula) => `\\boxed{${formula}}`,
  (formula) => `The final answer is $\\boxed{${formula}}$.`,
  (formula) => `Rewriting the condition and solving it, we find $\\boxed{${formula}}$.`,
  (formula) =>
    `We start from what is given and simplify step by step.\n\nTherefore, the answer is \\boxed{${formula}}.`,
  (formula) => `Collecting the terms and checking the cases leaves only one possibility: \\[\\boxed{${formula}}\\]`,
];

export const formulaText: Composer = ({ quality, truths }, choose) => {
  const right = truths.map((truth) => (lastBoxContent(truth) ?? truth).trim());
  if ((quality !== 0 && quality !== 1) || !right.every(isBalanced)) return null;
  const formula = quality === 1 ? choose.one(right) : otherFormula(right, choose);
  return formula === null ? null : choose.one(FORMS)(formula);
};

/**
 * A number for a number. For any other formula the root of an integer that stands in no truth: neither the same text nor
 * the same value.
 */
function otherFormula(right: readonly string[], choose: Choose): string | null {
  const [only] = right;
  if (right.length === 1 && /^-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?$/.test(only!)) return otherNumber(only!, choose);
  const integers = right.flatMap((truth) => truth.match(/\d+/g) ?? []).map(Number);
  const largest = Math.max(1, ...integers);
  return largest < 1e14 ? `\\sqrt{${largest + 1 + choose.below(9)}}` : null;
}

/** A box around the text closes where the text ends. */
function isBalanced(text: string): boolean {
  return text !== '' && closingBrace(`${text}}`, 0) === text.length;
}
