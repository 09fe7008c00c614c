// What one person said about one query, and the columns of interactions taken apart into such groups.
import type { Interactions } from '../people.js';

export interface RatedGroup {
  /** Number of the group in the interactions. */
  readonly group: number;
  /** Row of the interactions' queries. */
  readonly query: number;
  readonly order: number;
  /** [n] columns of the models that were rated. */
  readonly models: Int32Array;
  /** [n] scores: each rating in [0, 1]. choices: shares of the choice, adding up to 1. */
  readonly y: Float64Array;
  readonly kind: 'scores' | 'choices';
}

/** Groups by user index, oldest first; equal orders as they stand. Groups of one model say nothing about a choice and are left out. */
export function ratedGroups(interactions: Interactions): readonly (readonly RatedGroup[])[] {
  const rowsOf = new Map<number, number[]>();
  interactions.group.forEach((group, row) => {
    const rows = rowsOf.get(group);
    if (rows) rows.push(row);
    else rowsOf.set(group, [row]);
  });
  const byUser: RatedGroup[][] = interactions.users.map(() => []);
  for (const [group, rows] of rowsOf) {
    if (rows.length < 2) continue;
    const first = rows[0]!;
    byUser[interactions.user[first]!]!.push({
      group,
      query: interactions.query[first]!,
      order: interactions.order[first]!,
      models: Int32Array.from(rows, (row) => interactions.model[row]!),
      ...said(interactions, rows),
    });
  }
  for (const groups of byUser) groups.sort((a, b) => a.order - b.order);
  return byUser;
}

/** Shares of a choice: 1/n for each of the n that were rated highest. */
export function bestShares(values: ArrayLike<number>, within = 0): Float64Array {
  const all = Array.from(values);
  const best = Math.max(...all);
  const winners = all.filter((value) => value >= best - within).length;
  return Float64Array.from(all, (value) => (value >= best - within ? 1 / winners : 0));
}

function said({ kind, rating }: Interactions, rows: readonly number[]): Pick<RatedGroup, 'y' | 'kind'> {
  const ratings = rows.map((row) => rating[row]!);
  if (kind === 'votes') return { kind: 'choices', y: bestShares(ratings) };
  return { kind: 'scores', y: Float64Array.from(ratings, (r) => (r + 1) / 2) };
}
