// POST /v1/route: the decision alone. {"query":"…","images":["data:…"]}, {"messages":[…]} or many: {"queries":["…", {"query":"…","user":"3"}]}.
import { isObject, type Json } from '../providers/json.js';
import { ApiError } from './api-error.js';
import { readAsked } from './asked.js';
import { type Choice, chooseModel } from './choose-model.js';
import type { GatewayParts } from './parts.js';

const MOST_QUERIES = 1000;

/** One decision, or {"decisions":[…]} in the order of `queries`. Throws as `chooseModel` does. */
export async function routeOnly(
  parts: GatewayParts,
  body: Json,
  headers: Headers,
  defaultUser: string | null,
): Promise<Json> {
  if (body.queries === undefined) return one(parts, body, headers, defaultUser);
  const { queries, ...shared } = body;
  if (!Array.isArray(queries) || queries.length === 0 || queries.length > MOST_QUERIES) {
    throw new ApiError(400, `queries: expected a list of 1 to ${MOST_QUERIES} texts or objects with a query.`, {
      code: 'invalid_value',
      param: 'queries',
    });
  }
  const decisions = queries.map((item) => {
    const own = typeof item === 'string' ? { query: item } : item;
    if (!isObject(own))
      throw new ApiError(400, 'queries: expected texts or objects with a query.', {
        code: 'invalid_value',
        param: 'queries',
      });
    return one(parts, { ...shared, ...own }, headers, defaultUser);
  });
  return { object: 'list', decisions: await Promise.all(decisions) };
}

async function one(parts: GatewayParts, body: Json, headers: Headers, defaultUser: string | null): Promise<Json> {
  const asked = readAsked(asMessages(body), headers, parts.config.serve.allowPrivateImages);
  const userId = asked.userId ?? defaultUser;
  const choice = await chooseModel(parts, asked, userId);
  parts.metrics.add('vsr_decisions_total', {
    model: choice.models[0]!,
    router: choice.router ?? 'none',
    reason: choice.reason,
  });
  parts.state.remember(choice.rated);
  parts.log.write({
    id: choice.id,
    query: asked.text,
    images: asked.images,
    userId,
    sessionId: asked.policy.sessionId ?? null,
    outcomes: {},
    decision: { ...loggedDecision(choice), route_only: true },
  });
  return decisionJson(choice, userId);
}

/** What a line of the log says of a choice. */
export function loggedDecision({ models, router, reason, score, arm, shadow, degraded }: Choice): Json {
  return {
    model: models[0]!,
    router,
    reason,
    score,
    ...(arm && { arm }),
    ...(shadow && { shadow }),
    ...(degraded && { degraded }),
  };
}

/** A query as files have it, with its images as a message has them. */
function asMessages({ query, images, ...body }: Json): Json {
  if (query === undefined) return body;
  if (images === undefined) return { ...body, prompt: query };
  if (typeof query !== 'string' || !Array.isArray(images)) {
    throw new ApiError(400, 'images: expected a list of URLs beside a query of text.', {
      code: 'invalid_value',
      param: 'images',
    });
  }
  const shown = images.map((url) => ({ type: 'image_url', image_url: { url } }));
  return { ...body, messages: [{ role: 'user', content: [{ type: 'text', text: query }, ...shown] }] };
}

export function decisionJson(choice: Choice, userId: string | null): Json {
  return {
    decision_id: choice.id,
    model: choice.models[0]!,
    router: choice.router,
    reason: choice.reason,
    score: choice.score,
    confidence: choice.confidence,
    user: userId,
    ranking: choice.ranking.map(({ model, score, expectedQuality, utility, expectedCost, expectedLatency }) => ({
      model,
      score,
      expected_quality: expectedQuality,
      utility,
      expected_cost: expectedCost,
      expected_latency: expectedLatency,
    })),
    masked: choice.masked,
    ...(choice.arm && { arm: choice.arm }),
    ...(choice.shadow && { shadow: choice.shadow }),
    ...(choice.degraded && { degraded: choice.degraded }),
    timing: choice.timing,
  };
}
