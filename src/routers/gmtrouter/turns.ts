// Rated answers as groups in each user's order: what was rated when, and what is past for it.
import { tellingRatings } from '../lone-ratings.js';
import type { Interactions } from '../people.js';

/** What one user said about one query at one turn. */
export interface RatedGroup {
  /** Number of the group in the interactions. */
  readonly id: number;
  readonly user: number;
  readonly order: number;
  readonly session: number;
  /** Row of the interactions' features. */
  readonly query: number;
  readonly models: readonly number[];
  /** In [−1, 1], of each of `models`; of one model alone, how far it lies above what the user gave before. */
  readonly ratings: readonly number[];
  /** Number (in `Turns.groups`) of the user's first group. */
  readonly firstOfUser: number;
  /** The user's groups firstOfUser … pastEnd − 1 have a strictly smaller order. */
  readonly pastEnd: number;
}

/** Groups by user, then by order; equal orders by number. The order of the interactions' rows does not matter. */
export function ratedGroups(interactions: Interactions): RatedGroup[] {
  const sorted = collect(interactions).sort((a, b) => a.user - b.user || a.order - b.order || a.id - b.id);
  let firstOfUser = 0;
  let pastEnd = 0;
  return sorted.map((group, i) => {
    const before = sorted[i - 1];
    if (before?.user !== group.user) firstOfUser = i;
    if (before?.user !== group.user || before.order < group.order) pastEnd = i;
    return { ...group, firstOfUser, pastEnd };
  });
}

type Collected = Omit<RatedGroup, 'firstOfUser' | 'pastEnd'>;

function collect(interactions: Interactions): Collected[] {
  const { user, group, order, session, query, model } = interactions;
  const rating = tellingRatings(interactions);
  const rowsOf = new Map<number, number[]>();
  group.forEach((id, row) => {
    const rows = rowsOf.get(id);
    if (rows) rows.push(row);
    else rowsOf.set(id, [row]);
  });
  return Array.from(rowsOf, ([id, unsorted]) => {
    const rows = unsorted.sort((a, b) => model[a]! - model[b]!);
    const first = rows[0]!;
    return {
      id,
      user: user[first]!,
      order: order[first]!,
      session: session[first]!,
      query: query[first]!,
      models: rows.map((row) => model[row]!),
      ratings: rows.map((row) => Math.min(1, Math.max(-1, rating[row]!))),
    };
  });
}

/** One unit of weight over the group's pairs: `add(a, b, weight)` for "a beat b"; a tie is half a win of each. */
export function forEachPair(
  { models, ratings }: Pick<RatedGroup, 'models' | 'ratings'>,
  add: (a: number, b: number, weight: number) => void,
): void {
  const share = 2 / (models.length * (models.length - 1));
  for (let i = 0; i < models.length; i++) {
    for (let j = i + 1; j < models.length; j++) {
      const difference = ratings[i]! - ratings[j]!;
      if (difference >= 0) add(models[i]!, models[j]!, difference > 0 ? share : share / 2);
      if (difference <= 0) add(models[j]!, models[i]!, difference < 0 ? share : share / 2);
    }
  }
}
