// Votes written short, as the columns that routers take.
import { type Matrix, matrix } from '../../../src/math/matrix.js';
import type { Interactions } from '../../../src/routers/people.js';

export interface ToyVote {
  readonly user: number;
  readonly order: number;
  readonly models: readonly [number, number];
  /** Of the first model; the second has the opposite. */
  readonly rating: number;
  readonly session: number;
}

/** Vote i is group i about query i; `features` has a row for each (default: zeros). */
export function votesOf(votes: readonly ToyVote[], features: Matrix = matrix(votes.length, 2)): Interactions {
  const cells = votes.flatMap((vote, group) =>
    vote.models.map((model, side) => ({ ...vote, group, model, rating: side === 0 ? vote.rating : 0 - vote.rating })),
  );
  const users = new Set(votes.map(({ user }) => user));
  const ints = (of: (cell: (typeof cells)[number]) => number) => Int32Array.from(cells, of);
  return {
    features,
    users: Array.from({ length: Math.max(...users) + 1 }, (_, i) => `user ${i}`),
    user: ints(({ user }) => user),
    group: ints(({ group }) => group),
    order: Float64Array.from(cells, ({ order }) => order),
    session: ints(({ session }) => session),
    query: ints(({ group }) => group),
    model: ints(({ model }) => model),
    rating: Float64Array.from(cells, ({ rating }) => rating),
    kind: 'votes',
    queryGroups: Int32Array.from(votes, (_, i) => i),
  };
}
