import { describe, expect, test } from 'vitest';
import { type DecisionPolicy, decide } from '../../src/routers/decide.js';

const facts = { inputTokens: null };
const unknown = { quality: 0.5, latency: null, outputTokens: null, inputPrice: null, outputPrice: null, n: 10 };
const policy = (thresholds: Record<string, number>, over: Partial<DecisionPolicy> = {}): DecisionPolicy => ({
  models: ['dear', 'cheap', 'free'],
  stats: [9, 1, null].map((cost) => ({ ...unknown, cost })),
  scale: 'quality',
  objective: { quality: 1, latency: 0, cost: 0, latencyScaleMs: 10_000, costScale: 1 },
  fallback: 'cheap',
  thresholds,
  ...over,
});
const chosen = (scores: number[], given: DecisionPolicy) => {
  const { model, reason, fallback, ranking } = decide(scores, facts, given);
  return { model, reason, fallback, order: ranking.map((one) => one.model) };
};

describe('thresholds', () => {
  const all = { dear: 0.6, cheap: 0.6, free: 0.6 };

  test('the cheapest model that reaches its own is chosen; an unknown cost is the dearest', () => {
    expect(chosen([0.9, 0.6, 0.8], policy(all))).toEqual({
      model: 'cheap',
      reason: 'cheapest_qualified',
      fallback: false,
      order: ['cheap', 'dear', 'free'],
    });
    expect(chosen([0.9, 0.59, 0.8], policy(all)).order).toEqual(['dear', 'free', 'cheap']);
  });

  test('where none does, the likeliest is; equally likely: the cheaper', () => {
    expect(chosen([0.5, 0.4, 0.3], policy(all))).toEqual({
      model: 'dear',
      reason: 'threshold_fallback',
      fallback: true,
      order: ['dear', 'cheap', 'free'],
    });
    expect(chosen([0.5, 0.5, 0.5], policy(all)).model).toBe('cheap');
  });

  test('a model without a threshold never qualifies, but may be the likeliest', () => {
    expect(chosen([0.7, 0.9, 0.2], policy({ dear: 0.6 }))).toMatchObject({
      model: 'dear',
      reason: 'cheapest_qualified',
    });
    expect(chosen([0.5, 0.9, 0.2], policy({ dear: 0.6 }))).toMatchObject({
      model: 'cheap',
      reason: 'threshold_fallback',
    });
  });

  test('compare the calibrated chance where there is one', () => {
    // σ(−2) = .12, whatever the score.
    const calibrators = { cheap: { method: 'platt' as const, a: 0, b: 2 } };
    expect(chosen([0.7, 0.9, 0.2], policy(all, { calibrators })).model).toBe('dear');
  });

  test('masks come first, and the only candidate needs no threshold', () => {
    const only = new Set(['dear']);
    expect(chosen([0.1, 0.9, 0.9], policy(all, { candidates: only })).reason).toBe('only_candidate');
    expect(chosen([0.1, 0.9, 0.9], policy(all, { candidates: new Set() })).reason).toBe('default_model');
  });
});
