// One line of decisions.jsonl:
// {"id":"9f…","user_id":"3","router":"knn","model":"a","ranking":[{"model":"a","score":0.81,"utility":0.83,…}],"reason":"highest_utility",…}
import type { RoutedQuery } from '../infer.js';

/** The keys of decisions.jsonl; `explained` only where --explain asked for it, `scale` only where scores are no expected qualities. */
export function decisionRow(routed: RoutedQuery): Record<string, unknown> {
  const { query, userId, router, scale, decision, timing, artifact, explained, degraded } = routed;
  return {
    id: query.id,
    ...(userId !== null && { user_id: userId }),
    router,
    ...(scale !== 'quality' && { scale }),
    model: decision.model,
    ranking: decision.ranking.map(({ model, score, probability, utility, expectedCost, expectedLatency }) => ({
      model,
      score: round(score, 6),
      ...(probability !== undefined && { probability: round(probability, 6) }),
      utility: round(utility, 6),
      expectedCost: expectedCost === null ? null : round(expectedCost, 10),
      expectedLatency: expectedLatency === null ? null : round(expectedLatency, 1),
    })),
    masked: decision.masked,
    reason: decision.reason,
    confidence: round(decision.confidence, 6),
    fallback: decision.fallback,
    ...(degraded && { degraded }),
    timing: { embed: round(timing.embed, 3), score: round(timing.score, 3) },
    artifact,
    ...(explained && { explained }),
  };
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
