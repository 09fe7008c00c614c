// What routers that know the person learn from and score with: rated answers as columns, and one person as a query's asker.
import type { Matrix } from '../math/matrix.js';

/** What a person weighs; ≥ 0, adding up to 1. */
export interface PersonWeights {
  readonly quality: number;
  readonly latency: number;
  readonly cost: number;
}

/**
 * Rated answers as columns: one row per (group, model). A group is what one person said about one query at one turn: a vote is two
 * rows (winner 1, loser −1, a tie 0 and 0), a rating of K models K rows. All columns but `features` and `users` are [I].
 */
export interface Interactions {
  /** [Q×D] the queries that were rated; rows of their own, not those of the training table. */
  readonly features: Matrix;
  /** Ids; `user` holds indices into them. */
  readonly users: readonly string[];
  readonly user: Int32Array;
  /** Rows of equal number are one group; a group is of one user and one query. */
  readonly group: Int32Array;
  /** Equal within a group. The history of a group is the same user's groups with a strictly smaller order. */
  readonly order: Float64Array;
  /** Rows of equal number are of one conversation. */
  readonly session: Int32Array;
  /** Row of `features`. */
  readonly query: Int32Array;
  /** Column of the router's models. */
  readonly model: Int32Array;
  /** In [−1, 1]. */
  readonly rating: Float64Array;
  /** What the person did: chose between models, or gave each a number. */
  readonly kind: 'votes' | 'ratings';
  /** [I] 1 = nobody said this; it follows from the person's declared weights and tells who knows them nothing. */
  readonly implied?: Uint8Array;
  /** true: nobody said this; it was worked out of outcomes and invented preferences, and says nothing of everybody's taste. */
  readonly simulated?: boolean;
  /** [Q] equal number = same normalised text: folds and inner validation keep them on one side. */
  readonly queryGroups: Int32Array;
  /** [Q] index into the training table's `tasks.names`; −1 = none. */
  readonly queryTask?: Int32Array;
}

/** A person as the asker of a query: declared weights where there are any, and the own rated past. */
export interface Person {
  readonly id: string;
  readonly weights: PersonWeights | null;
  /** Of this person alone, any order; null = none yet. `users` holds one id. */
  readonly history: Interactions | null;
}

/** Askers of a batch's queries. */
export interface Askers {
  readonly people: readonly Person[];
  /** [Q] index into `people`; −1 = nobody named. */
  readonly asker: Int32Array;
}
