// Elo ratings: one pass over comparisons in their order, each moving both models. Elo, The Rating of Chessplayers (1978).
import type { Comparisons } from './bradley-terry.js';

export interface EloOptions {
  /** The most that one comparison moves a rating. Default 32. */
  readonly k?: number;
  /** What everybody starts with. Default 1000. */
  readonly base?: number;
}

/** [M] ratings; 400 points are odds of 10 to 1. A comparison's weight multiplies its move; the order matters. */
export function eloRatings(
  { first, second, outcome, weight }: Comparisons,
  models: number,
  { k = 32, base = 1000 }: EloOptions = {},
): Float64Array {
  const ratings = new Float64Array(models).fill(base);
  for (let p = 0; p < first.length; p++) {
    const [a, b] = [first[p]!, second[p]!];
    const expected = 1 / (1 + 10 ** ((ratings[b]! - ratings[a]!) / 400));
    const move = k * weight[p]! * (outcome[p]! - expected);
    ratings[a]! += move;
    ratings[b]! -= move;
  }
  return ratings;
}
