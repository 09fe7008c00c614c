// Contains: the truth's words stand in the answer, whole and in order.
import { bestTruth } from './best-truth.js';
import { norm } from './norm.js';
import type { ScoringInput, ScoringResult } from './scorer.js';

/** 0 or 1. A truth without a letter or digit is found only in an answer without one. */
export function scoreContains({ answer, groundTruth }: ScoringInput): ScoringResult {
  const given = norm(answer);
  return bestTruth(groundTruth, (truth) => {
    const wanted = norm(truth);
    const found = wanted === '' ? given === '' : ` ${given} `.includes(` ${wanted} `);
    return found
      ? { quality: 1, extracted: wanted, rule: 'contained', flags: [] }
      : { quality: 0, extracted: null, rule: 'not contained', flags: [] };
  });
}
