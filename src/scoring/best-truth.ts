// A truth may be a list: the best of its items counts.
import type { ScoringResult } from './scorer.js';

/** Scores against every accepted truth and keeps the first best. `score` throws `VSR_DATA` for a truth that it cannot read. */
export function bestTruth(
  groundTruth: string | readonly string[],
  score: (truth: string) => ScoringResult,
): ScoringResult {
  if (typeof groundTruth === 'string') return score(groundTruth);
  if (groundTruth.length === 0) return { quality: null, extracted: null, rule: 'no truth', flags: [] };
  return groundTruth.map(score).reduce((best, next) => ((next.quality ?? 0) > (best.quality ?? 0) ? next : best));
}
