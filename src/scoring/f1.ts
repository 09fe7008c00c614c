// Token F1: 2·shared / (words of the answer + words of the truth), words counted as often as they stand.
import { bestTruth } from './best-truth.js';
import { normWords } from './norm.js';
import type { ScoringInput, ScoringResult } from './scorer.js';

const CLOSED: ReadonlySet<string> = new Set(['yes', 'no', 'noanswer']);

/** 0 to 1. yes, no and noanswer are right or wrong as a whole. */
export function scoreF1({ answer, groundTruth }: ScoringInput): ScoringResult {
  const given = normWords(answer);
  return bestTruth(groundTruth, (truth) => {
    const wanted = normWords(truth);
    const [left, right] = [given.join(' '), wanted.join(' ')];
    if (left === right) return { quality: 1, extracted: left, rule: 'equal', flags: [] };
    if (CLOSED.has(left) || CLOSED.has(right))
      return { quality: 0, extracted: null, rule: 'another yes, no or noanswer', flags: [] };
    const shared = sharedWords(given, wanted);
    if (shared.length === 0) return { quality: 0, extracted: null, rule: 'no shared word', flags: [] };
    const quality = (2 * shared.length) / (given.length + wanted.length);
    return { quality, extracted: shared.join(' '), rule: 'shared words', flags: [] };
  });
}

function sharedWords(given: readonly string[], wanted: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const word of wanted) left.set(word, (left.get(word) ?? 0) + 1);
  return given.filter((word) => {
    const count = left.get(word) ?? 0;
    if (count > 0) left.set(word, count - 1);
    return count > 0;
  });
}
