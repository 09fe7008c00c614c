// POST /v1/feedback: {"decision_id":"vsr-…","rating":1} or {"id":"chatcmpl-…","winner":"a","loser":"b"}.

import type { StoredTurn } from '../pipelines/people/stored-turn.js';
import { isObject, type Json } from '../providers/json.js';
import { ApiError } from './api-error.js';
import { userOf } from './asked.js';
import type { GatewayParts } from './parts.js';

export interface Rated {
  readonly decisionId: string;
  readonly userId: string | null;
  readonly models: readonly string[];
  readonly ratings: readonly number[];
}

/** Confirmed only when it would survive the end of the process. Throws `ApiError` 404 for an unknown id, 400 for what is no rating. */
export async function rate(parts: GatewayParts, body: Json, headers: Headers): Promise<Rated> {
  const id = body.decision_id ?? body.decisionId ?? body.id ?? body.response_id;
  if (typeof id !== 'string' || id === '' || id.length > 200) {
    throw new ApiError(400, 'decision_id: expected the x-vsr-decision-id or the id of a response.', {
      code: 'invalid_value',
      param: 'decision_id',
    });
  }
  const decision = await parts.state.recall(id);
  if (!decision) {
    throw new ApiError(404, 'No decision with this id can be rated (any more).', {
      code: 'decision_not_found',
      param: 'decision_id',
    });
  }
  const said = saidOf(body, decision.model, parts);
  const userId = userOf(body, headers) ?? decision.userId;
  const turn: StoredTurn = {
    user: userId ?? '',
    session: decision.sessionId,
    order: 0, // counts in the order of its lines
    query: decision.query,
    ...said,
    encoder: decision.encoder,
    vector: decision.vector,
  };
  try {
    await parts.state.rate(turn);
  } catch (error) {
    throw new ApiError(503, `The rating is not confirmed: ${(error as Error).message}.`, { code: 'not_kept' });
  }
  parts.onRated?.(turn);
  said.models.forEach((model, i) => {
    parts.metrics.add('vsr_feedback_total', { model });
    parts.metrics.add('vsr_feedback_rating_sum', { model }, said.ratings[i]);
  });
  parts.log.write({
    id: decision.id,
    query: decision.query,
    userId,
    sessionId: decision.sessionId,
    outcomes: Object.fromEntries(
      said.models.map((model, i) => [model, { quality: (said.ratings[i]! + 1) / 2, status: 'ok' as const }]),
    ),
    decision: { feedback: true, router: decision.router, model: decision.model },
  });
  return { decisionId: decision.id, userId, models: said.models, ratings: said.ratings };
}

function saidOf(
  { rating, winner, loser }: Json,
  model: string,
  parts: GatewayParts,
): Pick<StoredTurn, 'models' | 'ratings' | 'kind'> {
  if (winner !== undefined) {
    const other = loser ?? model;
    const known = new Set([...parts.session().manifest.models, ...parts.pool.keys()]);
    for (const [param, name] of Object.entries({ winner, loser: other })) {
      if (typeof name !== 'string' || !known.has(name))
        throw new ApiError(400, `${param}: expected the name of a model.`, { code: 'invalid_value', param });
    }
    if (winner !== other) return { models: [winner as string, other as string], ratings: [1, -1], kind: 'votes' };
    return { models: [model], ratings: [1], kind: 'ratings' };
  }
  if (typeof rating !== 'number' || !(rating >= -1 && rating <= 1)) {
    throw new ApiError(400, 'rating: expected a number from -1 to 1 (thumbs are 1 and -1), or give winner.', {
      code: 'invalid_value',
      param: 'rating',
    });
  }
  return { models: [model], ratings: [rating], kind: 'ratings' };
}

/** A batch is an object with a list: {"feedback":[…]}. */
export function feedbackItems(body: Json): readonly Json[] {
  if (body.feedback === undefined) return [body];
  if (
    Array.isArray(body.feedback) &&
    body.feedback.length > 0 &&
    body.feedback.length <= 1000 &&
    body.feedback.every(isObject)
  )
    return body.feedback;
  throw new ApiError(400, 'feedback: expected a list of 1 to 1000 ratings.', {
    code: 'invalid_value',
    param: 'feedback',
  });
}
