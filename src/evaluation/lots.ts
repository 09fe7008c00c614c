// Very many groups are resampled in lots: what a million of them say is said by ten thousand lots of a hundred as well.
import { bitSource, seededRandom } from '../math/random.js';
import type { GroupNumbers } from './bootstrap.js';

/** Groups above which lots are drawn in place of single ones, and the number of lots. */
export const MOST_GROUPS = 20_000;
export const LOTS = 10_000;

/**
 * The groups themselves, or, where they are more than 20,000, random lots of them of equal number (± 1). Groups are drawn
 * independently, so the variance of a mean over drawn lots has the same expectation; the width of an interval is off by
 * 1/√(2·10,000) = 0.7 % (standard deviation).
 */
export function inLots(groups: GroupNumbers, seed: number): GroupNumbers {
  if (groups.count <= MOST_GROUPS) return groups;
  const bits = bitSource(seededRandom(seed).fork('lots'));
  const lot = Int32Array.from({ length: groups.count }, (_, g) => g % LOTS);
  for (let g = groups.count - 1; g > 0; g--) {
    const other = Math.floor((bits() / 2 ** 32) * (g + 1));
    const kept = lot[g]!;
    lot[g] = lot[other]!;
    lot[other] = kept;
  }
  return { ids: groups.ids.map((g) => lot[g]!), count: LOTS };
}
