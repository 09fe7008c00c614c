// Rows that cannot be scored here: a missing quality that says why, never a constant.
import type { ScoringResult } from './scorer.js';

export function unscoredNoTruth(): ScoringResult {
  return unscored('no ground truth');
}

export function unscoredCode(): ScoringResult {
  return unscored('code execution is not available');
}

export function unscoredJudge(): ScoringResult {
  return unscored('no judge is available');
}

function unscored(rule: string): ScoringResult {
  return { quality: null, extracted: null, rule, flags: [] };
}
