// Rated turns as lines of our own form, which `read-turn-lines.ts` reads: a vote names two models and the winner, the rest is ratings.
import type { RatedTurn } from './rated-turn.js';

/**
 * {"user_id":"3","session_id":"s1","turn":2,"ts":"2026-01-05T10:00:00.000Z","query":"…","model_a":"a","model_b":"b","winner":"model_a"},
 * or "ratings" in place of the last three. What is unknown is left out.
 */
export function turnToJson(turn: RatedTurn): Readonly<Record<string, unknown>> {
  const { userId, sessionId, turn: number, time, query } = turn;
  return {
    user_id: userId,
    ...(sessionId !== null && { session_id: sessionId }),
    ...(number !== null && { turn: number }),
    ...(time !== null && { ts: new Date(time).toISOString() }),
    query,
    ...said(turn),
  };
}

function said({ models, ratings, kind }: RatedTurn): Readonly<Record<string, unknown>> {
  if (kind === 'votes' && models.length === 2) {
    const [a, b] = ratings as [number, number];
    return { model_a: models[0], model_b: models[1], winner: a === b ? 'tie' : a > b ? 'model_a' : 'model_b' };
  }
  return { ratings: Object.fromEntries(models.map((model, i) => [model, ratings[i]])) };
}
