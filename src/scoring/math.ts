// Math answers in LaTeX: equal as strings, as numbers, or item by item. 0 or 1, no credit for a part.
import { VsrError } from '../errors/vsr-error.js';
import { bestTruth } from './best-truth.js';
import { lastBoxed } from './boxed.js';
import { clean, lastLine, sentenceEnd, spellSuperscripts, squeeze, unmark } from './clean.js';
import { normaliseMath } from './normalise-math.js';
import { close, parseDigits } from './number.js';
import type { ScoringInput, ScoringResult } from './scorer.js';

/** 0 or 1. Throws `VSR_DATA` if a truth holds nothing. */
export function scoreMath({ answer, groundTruth, options }: ScoringInput): ScoringResult {
  const { part, rule } = answeredPart(tidy(answer));
  const given = normaliseMath(part);
  return bestTruth(groundTruth, (truth) => {
    const expected = normaliseMath(partOfTruth(truth));
    if (given === '') return { quality: 0, extracted: null, rule, flags: ['unparsed'] };
    const side = expected.includes('=') ? given : given.slice(given.lastIndexOf('=') + 1);
    const quality = sameMath(side, expected, options.numericTolerance) ? 1 : 0;
    return { quality, extracted: part.trim(), rule, flags: [] };
  });
}

/** The last \boxed{} or \fbox{} of a truth, else all of it. Throws `VSR_DATA` if that is empty. */
export function partOfTruth(truth: string): string {
  const text = tidy(truth);
  const part = lastBoxed(text) ?? text;
  if (normaliseMath(part) !== '') return part;
  throw new VsrError('VSR_DATA', `ground_truth: expected a mathematical answer, got ${JSON.stringify(truth)}.`, {
    hint: 'Write the answer, or put it into \\boxed{}.',
  });
}

function answeredPart(text: string): { part: string; rule: string } {
  const boxed = lastBoxed(text);
  if (boxed !== null) return { part: boxed, rule: 'boxed' };
  const declared = declaredPart(text);
  if (declared !== '') return { part: declared, rule: 'declared' };
  const formula = [...text.matchAll(/\$\$?([^$]+)\$\$?/g)].at(-1)?.[1];
  if (formula !== undefined) return { part: formula, rule: 'last formula' };
  return { part: lastLine(text), rule: 'last line' };
}

/** What follows the last "answer is", "answer:", "answer =": the formula there, else up to the end of the sentence or line. */
function declaredPart(text: string): string {
  let end = -1;
  for (const cue of text.matchAll(/\banswer(?: is\b| ?[:=]) ?:?/gi)) end = cue.index + cue[0].length;
  if (end < 0) return '';
  const rest = text.slice(end).trimStart();
  const formula = /^\$\$?([^$]+)\$/.exec(rest);
  return formula ? formula[1]! : rest.slice(0, sentenceEnd(rest));
}

/** Both normalised. Nested tuples are compared to a depth of eight. */
function sameMath(answer: string, truth: string, tolerance: number, depth = 0): boolean {
  if (answer === truth) return true;
  const [value, expected] = [numberIn(answer), numberIn(truth)];
  if (value !== null && expected !== null) return close(value, expected, tolerance);
  const [given, wanted] = [itemsOf(answer), itemsOf(truth)];
  if (!given || !wanted || depth > 8) return false;
  if (given.brackets !== wanted.brackets || given.items.length !== wanted.items.length) return false;
  const same = (a: string, b: string) => sameMath(a, b, tolerance, depth + 1);
  if (wanted.brackets !== '\\{\\}') return wanted.items.every((item, i) => same(given.items[i]!, item));
  const left = [...given.items];
  return wanted.items.every((item) => {
    const at = left.findIndex((candidate) => same(candidate, item));
    return at >= 0 && left.splice(at, 1).length === 1;
  });
}

const DIGITS = String.raw`(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?`;
const DECIMAL = new RegExp(
  String.raw`^([-+]?${DIGITS})(?:(?:\\times|\\cdot|\*)10\^(?:\{([-+]?\d+)\}|([-+]?\d+))|e([-+]?\d+))?$`,
);
const FRACTION = new RegExp(String.raw`^([-+]?)\\frac\{([-+]?${DIGITS})\}\{([-+]?${DIGITS})\}$`);

function numberIn(text: string): number | null {
  const decimal = DECIMAL.exec(text);
  if (decimal) {
    const power = decimal[2] ?? decimal[3] ?? decimal[4];
    return power === undefined ? parseDigits(decimal[1]!) : Number(`${parseDigits(decimal[1]!)}e${Number(power)}`);
  }
  const fraction = FRACTION.exec(text);
  if (!fraction) return null;
  return ((fraction[1] === '-' ? -1 : 1) * parseDigits(fraction[2]!)) / parseDigits(fraction[3]!);
}

/** A tuple, an interval or a set of at least two items: brackets "()", "[]", "(]", "[)" or "\{\}". */
function itemsOf(text: string): { brackets: string; items: string[] } | null {
  const set = text.startsWith('\\{') && text.endsWith('\\}');
  const [open, shut] = set ? ['\\{', '\\}'] : [text.slice(0, 1), text.slice(-1)];
  if (!set && !(/[([]/.test(open) && /[)\]]/.test(shut))) return null;
  const items: string[] = [];
  let depth = 0;
  let start = open.length;
  for (let i = start; i < text.length - shut.length; i++) {
    const character = text[i]!;
    if ('([{'.includes(character)) depth++;
    else if (')]}'.includes(character)) depth--;
    else if (character === ',' && depth === 0) {
      items.push(text.slice(start, i));
      start = i + 1;
    }
    // The first bracket closes before the end: (0,1)∪(2,3) is no tuple.
    if (depth < 0) return null;
  }
  items.push(text.slice(start, text.length - shut.length));
  return items.length > 1 ? { brackets: open + shut, items } : null;
}

/** LaTeX's inline brackets as `$`; dollars of money are dropped. */
function tidy(text: string): string {
  const plain = unmark(clean(spellSuperscripts(text)))
    .replace(/\\\$/g, '')
    .replace(/(?<!\\)\\[()[\]]/g, '$$');
  return squeeze(plain);
}
