// What one person said about the answers to one query at one turn: the form that every file of votes and ratings is read into.

export interface RatedTurn {
  /** 3 and "3" are one person. */
  readonly userId: string;
  readonly query: string;
  /** null = a conversation of its own. */
  readonly sessionId: string | null;
  /** From 1; null = unknown. */
  readonly turn: number | null;
  /** Milliseconds since 1970; null = unknown. */
  readonly time: number | null;
  /** Each once. */
  readonly models: readonly string[];
  /** Of each of `models`. Votes: 1 won, −1 lost, 0 tied. Ratings: as given, until they are scaled to [−1, 1]. */
  readonly ratings: readonly number[];
  readonly kind: 'votes' | 'ratings';
  /** File and line. */
  readonly where: string;
}
