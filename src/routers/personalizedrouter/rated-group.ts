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
      models: taken(interactions.model, rows, new Int32Array(rows.length)),
      ...said(interactions, rows, telling),
    });
  }
  for (const groups of byUser) groups.sort((a, b) => a.order - b.order);
  return byUser;
}

/** Shares of a choice: 1/n for each of the n that were rated highest. */
export function bestShares(values: ArrayLike<number>, within = 0): Float64Array {
  const n = values.length;
  let best = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < n; i++) best = Math.max(best, values[i]!);
  const shares = new Float64Array(n);
  let winners = 0;
  for (let i = 0; i < n; i++) if (values[i]! >= best - within) winners++;
  for (let i = 0; i < n; i++) if (values[i]! >= best - within) shares[i] = 1 / winners;
  return shares;
}

/** Every decision for a person takes the past apart: no iterators, whose garbage would cost more than the work. */
function taken<A extends Int32Array | Float64Array>(from: A, rows: readonly number[], into: A): A {
  for (let i = 0; i < rows.length; i++) into[i] = from[rows[i]!]!;
  return into;
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
  const ratings = taken(rating, rows, new Float64Array(rows.length));
  if (kind === 'votes') return { kind: 'choices', y: bestShares(ratings) };
  for (let i = 0; i < ratings.length; i++) ratings[i] = (ratings[i]! + 1) / 2;
  return { kind: 'scores', y: ratings };
}
