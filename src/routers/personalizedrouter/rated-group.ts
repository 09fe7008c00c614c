// What one person said about one query, and the columns of interactions taken apart into such groups.
import { tellingRatings } from '../lone-ratings.js';
import type { Interactions } from '../people.js';

export interface RatedGroup {
  /** Number of the group in the interactions. */
  readonly group: number;
  /** Row of the interactions' queries. */
  readonly query: number;
  readonly order: number;
  /** [n] columns of the models that were rated. */
  readonly models: Int32Array;
  /**
   * [n] scores: each rating in [0, 1]. choices: shares of the choice, adding up to 1. alone: how far the one rating, on the scale
   * of scores, lies above what the user gave before.
   */
  readonly y: Float64Array;
  readonly kind: 'scores' | 'choices' | 'alone';
}

/** Groups by user index, oldest first; equal orders as they stand. What is only implied is left out. */
export function ratedGroups(interactions: Interactions): readonly (readonly RatedGroup[])[] {
  const rowsOf = new Map<number, number[]>();
  interactions.group.forEach((group, row) => {
    if (interactions.implied?.[row] === 1) return;
    const rows = rowsOf.get(group);
    if (rows) rows.push(row);
    else rowsOf.set(group, [row]);
  });
  const byUser: RatedGroup[][] = interactions.users.map(() => []);
  const telling = tellingRatings(interactions);
  for (const [group, rows] of rowsOf) {
    const first = rows[0]!;
    byUser[interactions.user[first]!]!.push({
      group,
      query: interactions.query[first]!,
      order: interactions.order[first]!,
      models: Int32Array.from(rows, (row) => interactions.model[row]!),
      ...said(interactions, rows, telling),
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

/** Whether the group sets models against each other: only such groups can be targets. */
export function compares({ kind }: Pick<RatedGroup, 'kind'>): boolean {
  return kind !== 'alone';
}

function said(
  { kind, rating }: Interactions,
  rows: readonly number[],
  telling: Float64Array,
): Pick<RatedGroup, 'y' | 'kind'> {
  if (rows.length === 1) return { kind: 'alone', y: Float64Array.of(telling[rows[0]!]! / 2) };
  const ratings = rows.map((row) => rating[row]!);
  if (kind === 'votes') return { kind: 'choices', y: bestShares(ratings) };
  return { kind: 'scores', y: Float64Array.from(ratings, (r) => (r + 1) / 2) };
}
