// From a recorded quality to a text that scores it, by the metric of the row. The forms follow the scoring reference;
// that the scorers agree is proved by a test over every recorded cell, not looked up at run time.
import { type Choose, choicesFor } from './choose.js';
import { codeText } from './code-text.js';
import { conceptsText } from './concepts-text.js';
import { formulaText } from './formula-text.js';
import { labelText } from './label-text.js';
import { numberText } from './number-text.js';
import { wordsText } from './words-text.js';

export interface RecordedOutcome {
  /** In [0, 1]. */
  readonly quality: number;
  /** A metric of the data, or the name of the scorer that will judge. */
  readonly metric: string | null;
  readonly groundTruth: string | readonly string[] | null;
  readonly choices: { readonly labels: readonly string[]; readonly text: readonly string[] } | null;
  readonly query: string;
}

export interface PlayedBack {
  readonly text: string;
  /** false: the text is only a stand-in, the quality must be taken from the record. */
  readonly exact: boolean;
}

/** A text with the given quality, or null if there is none. */
export type Composer = (
  outcome: RecordedOutcome & { readonly truths: readonly string[] },
  choose: Choose,
) => string | null;

const COMPOSERS: Readonly<Record<string, Composer>> = {
  gsm8k: numberText,
  numeric: numberText,
  math: formulaText,
  f1: wordsText,
  f1_score: wordsText,
  exact: wordsText,
  em: wordsText,
  contains: wordsText,
  cem: wordsText,
  cemf1: wordsText,
  commongen_coverage: conceptsText,
  coverage: conceptsText,
};

/** The same outcome and seed give the same text. */
export function playBack(outcome: RecordedOutcome, seed: string): PlayedBack {
  const choose = choicesFor(seed);
  const truths = outcome.groundTruth === null ? [] : [outcome.groundTruth].flat();
  const readable = truths.length > 0 && truths.every((truth) => truth.trim() !== '');
  const text = readable ? composerOf(outcome, truths)?.({ ...outcome, truths }, choose) : null;
  return typeof text === 'string' ? { text, exact: true } : { text: codeText(outcome), exact: false };
}

function composerOf({ metric, choices }: RecordedOutcome, truths: readonly string[]): Composer | undefined {
  if (choices !== null) return labelText;
  const name = (metric ?? 'none').trim().toLowerCase();
  if (name !== 'none' && name !== '') return Object.hasOwn(COMPOSERS, name) ? COMPOSERS[name] : undefined;
  return truths.every((truth) =>
    /^[-+−]?\p{Sc}?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:\/\d+)? ?%?$/u.test(truth.trim()),
  )
    ? numberText
    : wordsText;
}
