// Ratings on one scale, [−1, 1]: declared bounds, or each person's own lowest and highest.
import { VsrError } from '../../errors/vsr-error.js';
import type { RatedTurn } from './rated-turn.js';

export interface ScaledTurns {
  readonly turns: readonly RatedTurn[];
  /** Users who give one number to everything: their ratings are 0, as a tie is. */
  readonly indifferent: readonly string[];
}

/**
 * 2·(r − lo)/(hi − lo) − 1. Votes stay. Throws VSR_DATA with file and line for a rating outside declared bounds.
 * @param scale [lo, hi]; without it each user's own range, since severity differs
 */
export function scaledTurns(turns: readonly RatedTurn[], scale?: readonly [number, number]): ScaledTurns {
  const ranges = new Map<string, [number, number]>();
  for (const { userId, kind, ratings, where } of turns) {
    if (kind === 'votes') continue;
    const outside = scale && ratings.find((rating) => rating < scale[0] || rating > scale[1]);
    if (outside !== undefined) {
      throw new VsrError('VSR_DATA', `${where}: a rating must be in [${scale!.join(', ')}], got ${outside}.`, {
        hint: 'Correct the row, or data.rating_scale.',
      });
    }
    const [low, high] = ranges.get(userId) ?? [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    ranges.set(userId, [Math.min(low, ...ratings), Math.max(high, ...ratings)]);
  }
  const indifferent = [...ranges].filter(([, [low, high]]) => low === high).map(([user]) => user);
  return {
    indifferent: scale ? [] : indifferent,
    turns: turns.map((turn) => {
      if (turn.kind === 'votes') return turn;
      const [low, high] = scale ?? ranges.get(turn.userId)!;
      return { ...turn, ratings: turn.ratings.map((r) => (high > low ? (2 * (r - low)) / (high - low) - 1 : 0)) };
    }),
  };
}
