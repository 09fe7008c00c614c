// Where a router sends queries, how well they fare there, and whether it routes at all.
import type { Arm, Judged } from './arm.js';
import { entropyBits, routeShares } from './choice-metrics.js';
import { orNull } from './or-null.js';
import type { RouteReport } from './report.js';

/** One model above this share: the router has collapsed into a constant. */
const COLLAPSED = 0.95;

/** @param best [N] the cheapest of each query's best models, -1 = none */
export function routeReport(
  router: Arm,
  judgedRouter: boolean,
  bestSingle: Arm,
  best: Int32Array,
  { table }: Judged,
): RouteReport {
  const { models } = table;
  const choices = router.choices!;
  const shares = routeShares(choices, models.length);
  const bestShares = routeShares(best, models.length);
  const confusion = models.map(() => models.map(() => 0));
  choices.forEach((model, i) => {
    if (model >= 0 && best[i]! >= 0) confusion[model]![best[i]!]!++;
  });
  const there = meansByChoice(router.quality, choices, models.length);
  const singleThere = meansByChoice(bestSingle.quality, choices, models.length);
  return {
    router: router.name,
    judged: judgedRouter,
    entropyBits: entropyBits(shares),
    collapsed: Math.max(...shares) > COLLAPSED,
    models: models.map((model, m) => ({
      model,
      share: shares[m]!,
      quality: orNull(there[m]!),
      bestSingleThere: orNull(singleThere[m]!),
      best: bestShares[m]!,
    })),
    confusion,
  };
}

/** Mean of the values that are not NaN, by chosen model [M]; NaN without any. */
function meansByChoice(values: Float64Array, choices: Int32Array, models: number): Float64Array {
  const sums = new Float64Array(models);
  const counts = new Float64Array(models);
  for (let i = 0; i < values.length; i++) {
    if (choices[i]! < 0 || Number.isNaN(values[i])) continue;
    sums[choices[i]!]! += values[i]!;
    counts[choices[i]!]! += 1;
  }
  return sums.map((sum, m) => sum / counts[m]!);
}
