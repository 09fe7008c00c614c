// cemf1: 1 where the answer contains the truth, else token F1.
import { scoreContains } from './contains.js';
import { scoreF1 } from './f1.js';
import type { ScoringInput, ScoringResult } from './scorer.js';

/** 0 to 1. */
export function scoreCemf1(input: ScoringInput): ScoringResult {
  const contained = scoreContains(input);
  return contained.quality === 1 ? contained : scoreF1(input);
}
