// Multiple choice: which label an answer gives, by the first of seven rules that fires. 0 or 1, no partial credit.
import { VsrError } from '../errors/vsr-error.js';
import { lastBoxed } from './boxed.js';
import { clean, squeeze, unmark } from './clean.js';
import { declaredLabel } from './declared-label.js';
import { canonicalLabel, isDenied, isWord, type KnownChoices, knownChoices, labelOfText } from './labels.js';
import { normWords } from './norm.js';
import type { ScoringInput, ScoringResult } from './scorer.js';

/** 0 or 1. Throws `VSR_DATA` without choices, or if a truth is neither a label nor the text of exactly one choice. */
export function scoreMultipleChoice({ answer, groundTruth, choices }: ScoringInput): ScoringResult {
  if (choices === null || choices.labels.length === 0)
    throw new VsrError('VSR_DATA', 'choices: a multiple-choice row needs its choices, got none.', {
      hint: 'Add choices as {"labels": ["A", "B"], "text": ["…", "…"]}, or name another metric for the row.',
    });
  const known = knownChoices(choices);
  const truths = [groundTruth].flat().map((truth) => labelOfTruth(truth, known));
  const { label, rule } = answeredLabel(squeeze(unmark(clean(answer))), known);
  if (label === null) return { quality: 0, extracted: null, rule, flags: ['unparsed'] };
  return { quality: truths.includes(label) ? 1 : 0, extracted: label, rule, flags: [] };
}

function labelOfTruth(truth: string, known: KnownChoices): string {
  const label = canonicalLabel(truth);
  const found = known.labels.includes(label) ? label : labelOfText(truth, known);
  if (found !== null) return found;
  throw new VsrError(
    'VSR_DATA',
    `ground_truth: expected one of the labels ${known.labels.join(', ')} or the text of one choice, got ${JSON.stringify(truth.slice(0, 80))}.`,
    { hint: 'Write the label of the right choice.' },
  );
}

interface Answered {
  readonly label: string | null;
  readonly rule: string;
}

function answeredLabel(text: string, known: KnownChoices): Answered {
  for (const [rule, read] of RULES) {
    const label = read(text, known);
    if (label === 'ambiguous') return { label: null, rule: `${rule}: ambiguous` };
    if (label !== null) return { label, rule };
  }
  return { label: null, rule: 'no label' };
}

type Rule = (text: string, known: KnownChoices) => string | 'ambiguous' | null;

const RULES: readonly (readonly [string, Rule])[] = [
  ['boxed', boxedLabel],
  ['declared', declaredLabel],
  ['bare label', bareLabel],
  ['line head', headLabel],
  ['in brackets', bracketedLabel],
  ['choice text', mentionedText],
  ['only label', onlyLabel],
];

function boxedLabel(text: string, known: KnownChoices): string | null {
  const content = lastBoxed(text);
  if (content === null) return null;
  const plain = content.replace(/\\(?:text|textbf|mathrm|mathbf) ?|[{}()[\]$.:]/g, ' ').trim();
  return known.labels.includes(plain) ? plain : labelOfText(plain, known);
}

/** The last line, else the first, is nothing but a label; in lower case too if it is the only line. */
function bareLabel(text: string, known: KnownChoices): string | null {
  const lines = text.split('\n');
  const asLabel = (line: string) => {
    const bare = line.length > 30 ? '' : line.replace(/^[\s()[\]{}"'“”‘’.:$]+|[\s()[\]{}"'“”‘’.:$]+$/g, '');
    const spelled = lines.length === 1 ? bare.toUpperCase() : bare;
    return known.labels.includes(spelled) && bare !== '' ? spelled : null;
  };
  return asLabel(lines.at(-1)!) ?? asLabel(lines[0]!);
}

/** A label that heads the first or last line; different labels heading lines mean that the options were repeated. */
function headLabel(text: string, known: KnownChoices): string | 'ambiguous' | null {
  const heads = text.split('\n').map((line) => known.patterns.head.exec(line)?.[1] ?? null);
  const distinct = new Set(heads.filter((head) => head !== null));
  return distinct.size > 1 ? 'ambiguous' : (heads[0] ?? heads.at(-1)!);
}

function bracketedLabel(text: string, known: KnownChoices): string | 'ambiguous' | null {
  const found = new Set<string>();
  for (const match of text.matchAll(known.patterns.bracketed)) {
    if (!isDenied(text, match.index)) found.add(match[1]!);
  }
  return onlyOne(found, 'ambiguous');
}

/** Exactly one choice text stands in the answer; the longest are looked for first and then taken out. */
function mentionedText(text: string, known: KnownChoices): string | null {
  // Each word keeps its own two blanks, so that texts that follow each other are all found.
  const spaced = (words: readonly string[]) => words.map((word) => ` ${word} `).join('');
  let rest = spaced(normWords(text));
  const mentioned = new Set<string>();
  for (const choice of [...new Set(known.texts)].sort((a, b) => b.length - a.length)) {
    const needle = spaced(choice.split(' ').filter((word) => word !== ''));
    if (needle === '' || !rest.includes(needle)) continue;
    mentioned.add(choice);
    rest = rest.replaceAll(needle, '|');
  }
  return mentioned.size === 1 ? labelOfText([...mentioned][0]!, known) : null;
}

function onlyLabel(text: string, known: KnownChoices): string | null {
  if (known.numeric) return null;
  const found = new Set<string>();
  for (const match of text.matchAll(known.patterns.standalone)) {
    const [token] = match;
    const end = match.index + token.length;
    if (token !== 'I' && !isWord(text, token, match.index, end) && !isDenied(text, match.index)) found.add(token);
  }
  return onlyOne(found, null);
}

function onlyOne<T>(found: ReadonlySet<string>, otherwise: T): string | T | null {
  if (found.size === 0) return null;
  return found.size === 1 ? [...found][0]! : otherwise;
}
