// Finds queries that stand, up to punctuation and case, in two splits: what a router has seen it must not be judged on.
import { contentText } from './content-text.js';
import { groupIds } from './normalise-text.js';
import type { Query, Split } from './query.js';

export interface Leak {
  /** The query as it stands in the later split. */
  readonly query: string;
  readonly id: string;
  readonly split: Split;
  /** The earliest split in which the same normalised text stands. */
  readonly alsoIn: Split;
}

export interface Leaks {
  readonly count: number;
  /** Positions of the leaking rows (those of the later split), ascending: what `exclude` drops. */
  readonly rows: readonly number[];
  /** At most five, in row order. */
  readonly examples: readonly Leak[];
}

const ORDER: readonly Split[] = ['train', 'validation', 'test'];

/**
 * Rows of validation and test whose normalised text also stands in an earlier split.
 * @param groups [N] of the queries, where they are known already
 */
export function findLeaks(
  queries: readonly Query[],
  splits: readonly Split[],
  groups: Int32Array = groupIds(queries.map(contentText)),
): Leaks {
  const earliest = new Map<number, number>();
  groups.forEach((group, i) => {
    const rank = ORDER.indexOf(splits[i]!);
    earliest.set(group, Math.min(rank, earliest.get(group) ?? rank));
  });
  const rows = [...queries.keys()].filter((i) => ORDER.indexOf(splits[i]!) > earliest.get(groups[i]!)!);
  const examples = rows.slice(0, 5).map((i) => ({
    query: queries[i]!.query,
    id: queries[i]!.id,
    split: splits[i]!,
    alsoIn: ORDER[earliest.get(groups[i]!)!]!,
  }));
  return { count: rows.length, rows, examples };
}
