// Multiple choice played back: the right letter, or one of the wrong ones.
import type { Composer } from './play-back.js';

// The last declaration of a text decides, so each form ends in one (or is nothing but the label).
const FORMS: readonly ((label: string, text: string | null) => string)[] = [
  (label) => label,
  (label) => `(${label})`,
  (label) => `${label}.`,
  (label) => `The answer is ${label}.`,
  (label) => `The answer is (${label}).`,
  (label) => `Final answer: ${label}`,
  (label) => `\\boxed{${label}}`,
  (label) => `After going through the options one by one, I would choose (${label}).`,
  (label) => `Most of the options can be ruled out at once.\n\nThe best option is ${label}.`,
  (label, text) =>
    text ? `This describes ${text}. The correct choice is (${label}).` : `The correct choice is ${label}.`,
  (label, text) => (text ? `Of these, "${text}" fits best. So the answer is ${label}.` : `So the answer is ${label}.`),
];

export const labelText: Composer = ({ quality, truths, choices }, choose) => {
  const { labels, text } = choices!;
  const right = truths.map((truth) => indexOfTruth(truth, choices!));
  if ((quality !== 0 && quality !== 1) || right.includes(-1)) return null;
  const wrong = labels.map((_, i) => i).filter((i) => !right.includes(i));
  if (quality === 0 && wrong.length === 0) return '?';
  const at = choose.one(quality === 1 ? right : wrong);
  return choose.one(FORMS)(canonical(labels[at]!), plain(text[at]));
};

function indexOfTruth(truth: string, { labels, text }: { labels: readonly string[]; text: readonly string[] }): number {
  const byLabel = labels.findIndex((label) => canonical(label) === canonical(truth));
  if (byLabel >= 0) return byLabel;
  const spelled = text.map((choice) => choice.trim().toLowerCase());
  const first = spelled.indexOf(truth.trim().toLowerCase());
  return spelled.lastIndexOf(truth.trim().toLowerCase()) === first ? first : -1;
}

/** `(b).` as `B`. */
function canonical(label: string): string {
  return label
    .trim()
    .replace(/^[([{]+|[)\]}.:]+$/g, '')
    .toUpperCase();
}

/** A choice text that can stand in a sentence, else null. */
function plain(text: string | undefined): string | null {
  const trimmed = text?.trim() ?? '';
  return /^[\p{L}\p{N}][\p{L}\p{N} ,'-]{0,80}$/u.test(trimmed) ? trimmed : null;
}
