// What a new model's comparisons with the others say, and how far from them its strength may lie.
import { type Newcomer, priorVariance } from '../newcomer.js';
import { type Preferences, SMALLEST_DIFFERENCE } from './preferences.js';

/** One comparison with a model that is there, as a row of a logistic regression. */
export interface NewcomerPair {
  /** Row of the newcomer's queries. */
  readonly query: number;
  /** 1 = the newcomer was better, 0 = the other, ½ = a tie. */
  readonly target: number;
  readonly weight: number;
  /** What the scores say before: the newcomer's less the other's. */
  readonly offset: number;
}

/** How far one more model than is known may stand apart, in logits: .2 in quality at one half, where a logit changes by 4 for each 1. */
export const OWN_SPREAD = 0.8;

/** Weighed as the pairs that the others learned from. @param score of query i and model m; the newcomer is model M */
export function newcomerPairs(
  { quality, others }: Newcomer,
  source: Preferences['source'],
  score: (query: number, model: number) => number,
  M: number,
): NewcomerPair[] {
  const pairs: NewcomerPair[] = [];
  quality.forEach((own, query) => {
    for (let m = 0; m < M; m++) {
      const difference = own - others.data[query * M + m]!;
      if (Number.isNaN(difference)) continue;
      const tied = Math.abs(difference) <= SMALLEST_DIFFERENCE;
      if (tied && source === 'outcomes') continue;
      const target = tied ? 0.5 : difference > 0 ? 1 : 0;
      pairs.push({ query, target, weight: tied ? 1 : Math.abs(difference), offset: score(query, M) - score(query, m) });
    }
  });
  return pairs;
}

/**
 * Variance of the prior on a newcomer's strength: that of the models there are, with one more that stands apart, since few
 * models that happen to be alike say little of the next.
 */
export function strengthVariance(strengths: ArrayLike<number>): number {
  return priorVariance(strengths, OWN_SPREAD ** 2);
}
