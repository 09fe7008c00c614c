// Numeric answers played back: the right number, or a wrong one far outside every sensible tolerance.
import type { Choose } from './choose.js';
import { lastBoxContent } from './last-box-content.js';
import type { Composer } from './play-back.js';

const FORMS: readonly ((number: string) => string)[] = [
  (number) => number,
  (number) => `#### ${number}`,
  (number) => `\\boxed{${number}}`,
  (number) => `The answer is ${number}.`,
  (number) => `Answer: ${number}`,
  (number) => `Going through it step by step, the result is ${number}.`,
  (number) => `First we add up what is given, then we take away what was used.\n\nSo the total is ${number}.`,
  (number) => `We set up an equation for the unknown and solve it.\n#### ${number}`,
];

export const numberText: Composer = ({ quality, truths }, choose) => {
  const right = truths.map(numberOfTruth);
  if ((quality !== 0 && quality !== 1) || right.includes(null)) return null;
  if (quality === 1) return choose.one(FORMS)(choose.one(right)!);
  if (right.length > 1) return 'I do not know.';
  const wrong = otherNumber(right[0]!, choose);
  return wrong === null ? null : choose.one(FORMS)(wrong);
};

/**
 * Twice the number and up to nine more, away from zero: further off than the number itself is large, in the same decimals.
 * null for a number too large to double exactly.
 */
export function otherNumber(number: string, choose: Choose): string | null {
  const value = Number(number.replaceAll(',', ''));
  if (!(Math.abs(value) < 1e14)) return null;
  const places = number.split('.')[1]?.length ?? 0;
  return (2 * value + (value < 0 ? -1 : 1) * (1 + choose.below(9))).toFixed(Math.min(places, 20));
}

/** A plain number: after the last `####`, else in the last box, else the whole truth. */
function numberOfTruth(truth: string): string | null {
  const mark = truth.lastIndexOf('####');
  const part = mark >= 0 ? truth.slice(mark + 4) : (lastBoxContent(truth) ?? truth);
  return /^\s*\$?(-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\.?\s*$/.exec(part)?.[1] ?? null;
}
