// The labels of a multiple-choice row as tokens in a text: which letter is a label and which is only a word.
import { clean } from './clean.js';
import { norm } from './norm.js';

export interface Choices {
  readonly labels: readonly string[];
  readonly text: readonly string[];
}

export interface FoundLabel {
  /** Canonical, upper case. */
  readonly label: string;
  readonly start: number;
  readonly end: number;
}

/** What the rules need to know about one row's choices; made once per row. */
export interface KnownChoices {
  /** Upper case, without brackets and dots. */
  readonly labels: readonly string[];
  /** norm of each choice text, in the order of the labels. */
  readonly texts: readonly string[];
  readonly numeric: boolean;
  readonly patterns: LabelPatterns;
}

/** All on squeezed text. `open` are sticky, `each` are global. */
export interface LabelPatterns {
  /** A label with brackets, quotes or LaTeX before it. */
  readonly open: RegExp;
  /** The same in upper or lower case. */
  readonly openAnyCase: RegExp;
  readonly head: RegExp;
  readonly bracketed: RegExp;
  readonly standalone: RegExp;
  readonly isCorrect: RegExp;
}

const OPENERS = String.raw`[ \n"'“”‘’(\[{$]*(?:\\(?:text|textbf|mathrm|mathbf) ?\{ ?\(?)?`;
const TOKEN_START = String.raw`(?<![\p{L}\p{N}_'’]|[\p{L}\p{N}]-)`;
const TOKEN_END = String.raw`(?![\p{L}\p{N}_]|[-'’][\p{L}\p{N}])`;
const NOT_A_HEAD = String.raw`(?:is|are|was|would|can|could|does|fails)\b`;

const knownByRow = new WeakMap<Choices, KnownChoices>();
const patternsByLabels = new Map<string, LabelPatterns>();

export function knownChoices(choices: Choices): KnownChoices {
  const known = knownByRow.get(choices) ?? readChoices(choices);
  knownByRow.set(choices, known);
  return known;
}

/** `(b).` as `B`. */
export function canonicalLabel(text: string): string {
  return clean(text)
    .trim()
    .replace(/^[([{]+|[)\]}.:]+$/g, '')
    .trim()
    .toUpperCase();
}

/** The label of the one choice whose text is `text` by norm, or null (none, several, or nothing to compare). */
export function labelOfText(text: string, known: KnownChoices): string | null {
  const wanted = norm(text);
  const first = known.texts.indexOf(wanted);
  if (wanted === '' || first < 0 || known.texts.lastIndexOf(wanted) !== first) return null;
  return known.labels[first]!;
}

/** The label right at `at`, opening brackets and quotes passed over. Lower case only where `anyCase` and a sentence part ends after it. */
export function labelAt(text: string, at: number, known: KnownChoices, anyCase: boolean): FoundLabel | null {
  const pattern = anyCase ? known.patterns.openAnyCase : known.patterns.open;
  pattern.lastIndex = at;
  const match = pattern.exec(text);
  if (!match) return null;
  const token = match[1]!;
  const end = at + match[0].length;
  const start = end - token.length;
  if (token !== token.toUpperCase() && !/^(?:\n|$|[.,;:)!?])/.test(text.slice(end, end + 1))) return null;
  return isWord(text, token, start, end) ? null : { label: token.toUpperCase(), start, end };
}

/**
 * A bare `A` before a lower-case word is an article, unless the word goes on about the answer ("A because …").
 * A bare `I` before one is the pronoun.
 */
export function isWord(text: string, token: string, start: number, end: number): boolean {
  if ((token !== 'A' && token !== 'I') || /[("'“‘[{]/.test(text[start - 1] ?? '')) return false;
  const next = /^ (\p{Ll}+)/u.exec(text.slice(end, end + 12));
  return next !== null && !/^(?:because|since|as|due|and|or|for)$/.test(next[1]!);
}

/** true right after not, n't, never, except or neither. */
export function isDenied(text: string, at: number): boolean {
  return /(?:\b(?:not|never|except|neither)|n['’]t) $/i.test(text.slice(Math.max(0, at - 10), at));
}

function readChoices(choices: Choices): KnownChoices {
  const labels = choices.labels.map(canonicalLabel);
  const key = JSON.stringify(labels);
  const patterns = patternsByLabels.get(key) ?? labelPatterns(labels);
  if (patternsByLabels.size > 500) patternsByLabels.clear();
  patternsByLabels.set(key, patterns);
  return { labels, texts: choices.text.map(norm), numeric: labels.every((label) => /^\d+$/.test(label)), patterns };
}

function labelPatterns(labels: readonly string[]): LabelPatterns {
  const byLength = labels.filter((label) => label !== '').sort((a, b) => b.length - a.length);
  const escaped = byLength.map((label) => label.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  const upper = escaped.length > 0 ? escaped.join('|') : '(?!)';
  const anyCase = [...new Set([upper, upper.toLowerCase()])].join('|');
  return {
    open: new RegExp(`${OPENERS}(${upper})${TOKEN_END}`, 'uy'),
    openAnyCase: new RegExp(`${OPENERS}(${anyCase})${TOKEN_END}`, 'uy'),
    head: new RegExp(
      String.raw`^[("'“[{]?(${upper})(?:[)\].:,](?!\d)| ?[–—]| -|- | (?:because|since|as)\b)(?![^\p{L}\p{N}]{0,4}${NOT_A_HEAD})`,
      'u',
    ),
    bracketed: new RegExp(String.raw`\((${upper})\)`, 'gu'),
    standalone: new RegExp(`${TOKEN_START}(${upper})${TOKEN_END}`, 'gu'),
    isCorrect: new RegExp(
      String.raw`${TOKEN_START}(${upper})[)\]}"'”’]{0,3}(?: is|['’]s) (?:the )?(?:correct|right)\b(?!-)`,
      'gu',
    ),
  };
}
