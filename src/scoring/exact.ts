// Exact match: the answer's words are the truth's words.
import { bestTruth } from './best-truth.js';
import { norm } from './norm.js';
import type { ScoringInput, ScoringResult } from './scorer.js';

/** 0 or 1. */
export function scoreExact({ answer, groundTruth }: ScoringInput): ScoringResult {
  const given = norm(answer);
  return bestTruth(groundTruth, (truth) =>
    given === norm(truth)
      ? { quality: 1, extracted: given, rule: 'equal', flags: [] }
      : { quality: 0, extracted: null, rule: 'not equal', flags: [] },
  );
}
