// A router held against the best single model, query by query, and against a random mixture at the same cost.
import type { Arm } from './arm.js';
import { presentMean, winTieLoss } from './choice-metrics.js';
import type { BootstrapEstimate } from './estimates.js';
import type { Comparison } from './report.js';

/** Each [N]: arm minus the other, NaN where either did not answer. */
export interface Differences {
  readonly utility: Float64Array;
  readonly quality: Float64Array;
  readonly cost: Float64Array;
  /** Quality minus the zero router's. */
  readonly zero: Float64Array | null;
}

export function differencesOf(arm: Arm, best: Arm, zero: Arm | undefined): Differences {
  return {
    utility: minus(arm.utility, best.utility),
    quality: minus(arm.quality, best.quality),
    cost: minus(arm.cost, best.cost),
    zero: zero ? minus(arm.quality, zero.quality) : null,
  };
}

/** null where the two answered no query together. */
export function comparison(
  arm: Arm,
  best: Arm,
  differences: Differences,
  estimates: ReadonlyMap<Float64Array, BootstrapEstimate>,
  pHolm: number | null,
): Comparison | null {
  const utility = estimates.get(differences.utility);
  const quality = estimates.get(differences.quality);
  if (!utility || !quality) return null;
  const cost = estimates.get(differences.cost)?.estimate;
  const zero = differences.zero && estimates.get(differences.zero);
  return {
    n: differences.utility.reduce((n, value) => n + Number(!Number.isNaN(value)), 0),
    utility: utility.estimate,
    quality: quality.estimate,
    cost: cost ? { ...cost, ...costsTogether(arm, best) } : null,
    winTieLoss: winTieLoss(arm.utility, best.utility),
    p: utility.p,
    pHolm,
    zero: zero?.estimate ?? null,
  };
}

/** Mean dollars of both over the queries that both answered. */
function costsTogether(arm: Arm, best: Arm): { own: number; best: number; saving: number | null } {
  const both = (values: Float64Array, others: Float64Array) =>
    presentMean(values.map((value, i) => (Number.isNaN(others[i]) ? Number.NaN : value)));
  const own = both(arm.cost, best.cost);
  const other = both(best.cost, arm.cost);
  return { own, best: other, saving: other > 0 ? 1 - own / other : null };
}

function minus(values: Float64Array, others: Float64Array): Float64Array {
  return values.map((value, i) => value - others[i]!);
}
