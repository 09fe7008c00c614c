// RouterArena's score (arXiv 2510.00202): accuracy and cost in one number, for comparison with its published list.

/** Dollars per 1,000 queries between which the cost term runs from 0 to 1. */
const DEAREST = 200;
const CHEAPEST = 0.0044;
const BETA = 0.1;

/**
 * (1 + β)·A·C/(β·A + C), C = (log₂ 200 − log₂ c)/(log₂ 200 − log₂ 0.0044), clamped to [0, 1] here.
 * A good cheap model alone scores about .7: read it beside the best single model.
 * @param accuracy A in [0, 1]
 * @param dollars c per 1,000 queries
 */
export function arenaScore(accuracy: number, dollars: number): number {
  const spread = Math.log2(DEAREST) - Math.log2(CHEAPEST);
  const thrift = Math.min(1, Math.max(0, (Math.log2(DEAREST) - Math.log2(dollars)) / spread));
  const divisor = BETA * accuracy + thrift;
  return divisor === 0 ? 0 : ((1 + BETA) * accuracy * thrift) / divisor;
}
