// Numeric answers (GSM8K and the like): the number that an answer ends with or declares, compared by value.
import { VsrError } from '../errors/vsr-error.js';
import { bestTruth } from './best-truth.js';
import { lastBoxed } from './boxed.js';
import { clean, sentenceEnd, spellSuperscripts, squeeze, unmark } from './clean.js';
import { type FoundNumber, findNumbers, sameNumber } from './number.js';
import type { ScoringInput, ScoringResult } from './scorer.js';

/** 0 or 1. Throws `VSR_DATA` if a truth does not hold exactly one number. */
export function scoreNumeric({ answer, groundTruth, options }: ScoringInput): ScoringResult {
  const { number, rule } = answeredNumber(tidy(answer));
  return bestTruth(groundTruth, (truth) => {
    const expected = numberOfTruth(truth);
    if (!number) return { quality: 0, extracted: null, rule, flags: ['unparsed'] };
    const quality = sameNumber(number, expected, options.numericTolerance) ? 1 : 0;
    return { quality, extracted: number.text, rule, flags: [] };
  });
}

/** The number of a truth: after the last `####`, else in the last \boxed{}, else in all of it. */
export function numberOfTruth(truth: string): FoundNumber {
  // Most truths are digits alone, and each is read before the first call and again for every answer.
  if (PLAIN.test(truth)) return { value: Number(truth), percent: false, text: truth, start: 0, end: truth.length };
  const text = tidy(truth);
  const mark = text.lastIndexOf('####');
  const part = mark >= 0 ? text.slice(mark + 4) : (lastBoxed(text) ?? text);
  const numbers = findNumbers(part);
  if (numbers.length === 1 && Number.isFinite(numbers[0]!.value)) return numbers[0]!;
  throw new VsrError(
    'VSR_DATA',
    `ground_truth: expected exactly one number, got ${numbers.length} in ${JSON.stringify(part.trim().slice(0, 80))}.`,
    { hint: 'Mark the final number with "#### ", or name another metric for the row.' },
  );
}

/** At most 15 digits: never infinite. */
const PLAIN = /^\d{1,15}(?:\.\d{1,15})?$/;

interface Answered {
  readonly number: FoundNumber | null;
  readonly rule: string;
}

function answeredNumber(text: string): Answered {
  const mark = text.lastIndexOf('####');
  if (mark >= 0) {
    const marked = readSpan(firstSpan(text.slice(mark + 4)));
    if (marked !== null) return { number: marked === 'several' ? null : marked, rule: 'after ####' };
  }
  const boxed = findNumbers(lastBoxed(text) ?? '').at(-1);
  if (boxed) return { number: boxed, rule: 'boxed' };
  const declared = readSpan(declaredSpan(text));
  if (declared !== null) return { number: declared === 'several' ? null : declared, rule: 'declared' };
  const last = findNumbers(text).at(-1) ?? null;
  return { number: last, rule: last ? 'last number' : 'no number' };
}

/** What follows the last "answer is", "result:", "total =" …, up to the end of its sentence or line. */
function declaredSpan(text: string): string {
  let end = -1;
  for (const cue of text.matchAll(/\b(?:answer|result|total)(?: (?:is|are)\b| ?[=:])/gi))
    end = cue.index + cue[0].length;
  return end < 0 ? '' : firstSpan(text.slice(end));
}

function firstSpan(text: string): string {
  const rest = text.trimStart();
  return rest.slice(0, sentenceEnd(rest));
}

/** The number after the last `=`, else the first one, what stands in round brackets left aside. */
function readSpan(span: string): FoundNumber | 'several' | null {
  const outside = withoutBrackets(span);
  const region = findNumbers(outside, 1).length > 0 ? outside : span;
  const right = region.slice(region.lastIndexOf('=') + 1);
  const part = findNumbers(right, 1).length > 0 ? right : region;
  const [first, second] = findNumbers(part, 2);
  if (first === undefined) return null;
  const joined = second && /^ ?(?:or|and|to) ?$/i.test(part.slice(first.end, second.start));
  return joined && !(first.value === second.value && first.percent === second.percent) ? 'several' : first;
}

/** Each round bracket with its content becomes `)`, so that a minus after it still subtracts; an unclosed one cuts. */
function withoutBrackets(span: string): string {
  let depth = 0;
  let kept = '';
  for (const character of span) {
    if (character === '(') depth++;
    else if (character === ')') {
      depth = Math.max(0, depth - 1);
      if (depth === 0) kept += ')';
    } else if (depth === 0) kept += character;
  }
  return kept;
}

/** LaTeX's inline brackets, grouping commas and commands, so that digits stand free. */
function tidy(text: string): string {
  const plain = unmark(clean(spellSuperscripts(text)))
    .replace(/(?<!\\)\\[()[\]]/g, ' ')
    .replace(/\{,\}|,\\!/g, ',')
    .replace(/\\(?![dt]?frac)[A-Za-z]+/g, '$& ');
  return squeeze(plain);
}
