// Which turn of a person came before which: by time where all of the person's turns have one, else by conversation and turn.
import { VsrError } from '../../errors/vsr-error.js';
import { rowsByLabel } from '../../math/rows-by-label.js';
import type { RatedTurn } from './rated-turn.js';

/**
 * [turns] whole numbers, comparable within a user; equal = neither is the other's past. Conversations count in the order in which
 * they begin in `turns`; a turn without a conversation is one of its own. Throws VSR_DATA for a turn of unknown order.
 */
export function turnOrders(turns: readonly RatedTurn[]): Float64Array {
  const orders = new Float64Array(turns.length);
  for (const own of rowsByLabel(turns.map(({ userId }) => userId)).values()) {
    const keys = own.every((i) => turns[i]!.time !== null) ? own.map((i) => [turns[i]!.time!]) : placesOf(turns, own);
    const distinct = [...new Map(keys.map((key) => [key.join(), key])).values()].sort(compare);
    const rank = new Map(distinct.map((key, r) => [key.join(), r]));
    own.forEach((i, k) => {
      orders[i] = rank.get(keys[k]!.join())!;
    });
  }
  return orders;
}

function placesOf(turns: readonly RatedTurn[], own: readonly number[]): number[][] {
  const sessions = new Map<string, number>();
  return own.map((i) => {
    const { sessionId, turn, time, where } = turns[i]!;
    if (turn === null) {
      throw new VsrError(
        'VSR_DATA',
        time === null
          ? `${where}: the order of this turn is unknown: it has neither time nor turn.`
          : `${where}: this turn has a time, but others of its user have none and it has no number.`,
        { hint: 'Add a time (ts) to every row, or turn numbers.' },
      );
    }
    const name = sessionId === null ? `row ${i}` : `session ${sessionId}`;
    const session = sessions.get(name) ?? sessions.size;
    sessions.set(name, session);
    return [session, turn];
  });
}

function compare(a: readonly number[], b: readonly number[]): number {
  return a[0]! - b[0]! || (a[1] ?? 0) - (b[1] ?? 0);
}
