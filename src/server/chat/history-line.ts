// A rating as a line of a history file, which `vsr train --history` and `vsr infer --history` read:
// {"user_id":"3","ts":"2026-01-05T10:00:00Z","query":"…","model":"a","rating":1}, or model_a, model_b and winner.
import type { StoredTurn } from '../../pipelines/people/stored-turn.js';

/** undefined for a rating by nobody or about a question that was not kept: such a line would teach nothing. */
export function historyLine({ user, session, query, models, ratings, kind }: StoredTurn, at: Date): string | undefined {
  if (user === '' || query === '') return undefined;
  const said =
    kind === 'votes'
      ? { model_a: models[0], model_b: models[1], winner: 'model_a' }
      : { model: models[0], rating: ratings[0] };
  const row = { user_id: user, ...(session !== null && { session_id: session }), ts: at.toISOString(), query, ...said };
  return `${JSON.stringify(row)}\n`;
}
