// Sets a tenth of the training rows (or more, where that is few) aside for early stopping; rows of equal text stay on one side.
import { seededRandom } from '../math/random.js';

export interface InnerSplit {
  readonly rows: Int32Array;
  /** Empty where there are too few queries to spare any. */
  readonly validationRows: Int32Array;
}

const SHARE = 0.1;
const LARGEST_SHARE = 0.25;
const FEWEST_QUERIES = 20;

/**
 * @param groups [n] group of each of `rows` (default: of rows 0 … n−1)
 * @param least so many queries are set aside where a tenth is fewer, but no more than a quarter
 */
export function innerSplit(
  groups: Int32Array,
  seed: number,
  rows: Int32Array = Int32Array.from(groups, (_, i) => i),
  least = 0,
): InnerSplit {
  const distinct = seededRandom(seed)
    .fork('inner validation')
    .shuffle(new Set(Array.from(rows, (row) => groups[row]!)));
  if (distinct.length < FEWEST_QUERIES) return { rows, validationRows: new Int32Array() };
  const count = Math.max(distinct.length * SHARE, Math.min(least, distinct.length * LARGEST_SHARE));
  const aside = new Set(distinct.slice(0, Math.round(count)));
  return {
    rows: rows.filter((row) => !aside.has(groups[row]!)),
    validationRows: rows.filter((row) => aside.has(groups[row]!)),
  };
}
