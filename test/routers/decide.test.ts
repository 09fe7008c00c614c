import { describe, expect, test } from 'vitest';
import type { ModelStats } from '../../src/artifacts/manifest.js';
import {
  type DecisionPolicy,
  decide,
  decideWithoutScores,
  expectedCost,
  expectedQualities,
} from '../../src/routers/decide.js';

const stats = (over: Partial<ModelStats> = {}): ModelStats => ({
  quality: 0.5,
  latency: null,
  cost: 0.001,
  outputTokens: null,
  inputPrice: null,
  outputPrice: null,
  n: 10,
  ...over,
});

const policy = (over: Partial<DecisionPolicy> = {}): DecisionPolicy => ({
  models: ['cheap', 'dear'],
  stats: [stats({ cost: 0.001 }), stats({ cost: 0.009 })],
  scale: 'quality',
  objective: { quality: 1, latency: 0, cost: 0, latencyScaleMs: 10_000, costScale: 0.001 },
  fallback: 'cheap',
  ...over,
});
const facts = { inputTokens: null };

describe('the objective', () => {
  test('quality alone picks the better model, cost alone the cheaper', () => {
    expect(decide([0.6, 0.7], facts, policy()).model).toBe('dear');
    const cost = { quality: 0, latency: 0, cost: 1, latencyScaleMs: 10_000, costScale: 0.001 };
    expect(decide([0.6, 0.7], facts, policy({ objective: cost })).model).toBe('cheap');
  });

  test('weighs both by u = w_q·ŝ + w_c/(1 + ĉ/C)', () => {
    const objective = { quality: 0.8, latency: 0, cost: 0.2, latencyScaleMs: 10_000, costScale: 0.001 };
    const { ranking } = decide([0.6, 0.7], facts, policy({ objective }));
    // cheap: .8·.6 + .2/(1 + 1) = .58; dear: .8·.7 + .2/(1 + 9) = .58: equal, so the cheaper one stands first
    expect(ranking.map(({ model, utility }) => [model, Number(utility.toFixed(9))])).toEqual([
      ['cheap', 0.58],
      ['dear', 0.58],
    ]);
  });

  test('a score that is a utility already gets nothing added', () => {
    const objective = { quality: 0, latency: 0, cost: 1, latencyScaleMs: 10_000, costScale: 0.001 };
    expect(decide([0.1, 0.9], facts, policy({ scale: 'utility', objective })).model).toBe('dear');
  });
});

describe('logits', () => {
  test('become win rates that keep the order: mean of σ(S_m − S_j)', () => {
    const [a, b, c] = expectedQualities([2, 0, 0], 'logit');
    const sigma = (x: number) => 1 / (1 + Math.exp(-x));
    expect(a).toBeCloseTo(sigma(2), 12);
    expect(b).toBeCloseTo((sigma(-2) + 0.5) / 2, 12);
    expect(c).toBe(b);
  });
  test('a single model has ½', () => {
    expect([...expectedQualities([17], 'logit')]).toEqual([0.5]);
  });
});

describe('expected cost', () => {
  const priced = stats({ inputPrice: 2, outputPrice: 10, outputTokens: 50, cost: 1 });
  test("is the price of this query's tokens and of the model's usual answer", () => {
    expect(expectedCost(priced, 100)).toBeCloseTo((100 * 2 + 50 * 10) / 1e6, 15);
  });
  test('falls back to the mean on train, and stays unknown where nothing is known', () => {
    expect(expectedCost(priced, null)).toBe(1);
    expect(expectedCost(stats({ cost: null }), 100)).toBeNull();
  });
});

describe('limits', () => {
  test('only candidates are ranked, and the mask says who was left out', () => {
    const decision = decide([0.9, 0.7], facts, policy({ candidates: new Set(['dear']) }));
    expect(decision).toMatchObject({
      model: 'dear',
      masked: { cheap: 'not_a_candidate' },
      reason: 'only_candidate',
      confidence: 1,
      fallback: false,
    });
  });
  test('where no model fits the budget the cheapest answers, and says so', () => {
    const decision = decide([0.9, 0.7], facts, policy({ maxCost: 0.0001, fallback: 'dear' }));
    expect(decision).toMatchObject({
      model: 'cheap',
      ranking: [],
      masked: { cheap: 'over_max_cost', dear: 'over_max_cost' },
      reason: 'budget',
      fallback: true,
      confidence: 0,
    });
  });

  test('a cost or a latency that nobody knows is over every limit', () => {
    const unknown = policy({ stats: [stats({ cost: null }), stats({ cost: 0.009, latency: 800 })] });
    expect(decide([0.9, 0.7], facts, { ...unknown, maxCost: 1 }).masked).toEqual({ cheap: 'over_max_cost' });
    expect(decide([0.9, 0.7], facts, { ...unknown, maxLatency: 1000 }).masked).toEqual({ cheap: 'over_max_latency' });
    expect(decide([0.9, 0.7], facts, { ...unknown, maxLatency: 500 })).toMatchObject({
      model: 'dear',
      reason: 'budget',
    });
  });

  test('an image goes to models that see, or of which nobody said that they do not; a long prompt to a window that holds it', () => {
    const picture = { inputTokens: 1200, hasImage: true };
    const able = policy({ abilities: [{ takesImages: false }, {}] });
    expect(decide([0.9, 0.1], picture, able)).toMatchObject({
      model: 'dear',
      masked: { cheap: 'no_image_support' },
      reason: 'only_candidate',
    });
    expect(decide([0.9, 0.1], { inputTokens: 1200 }, able).model).toBe('cheap');
    const windows = policy({ abilities: [{ contextWindow: 1199 }, { contextWindow: 1200 }] });
    expect(decide([0.9, 0.1], picture, windows).masked).toEqual({ cheap: 'too_long' });
    expect(decide([0.9, 0.1], { inputTokens: null }, windows).masked).toEqual({});
  });

  test('a model that joined with too little waits until it is named', () => {
    const cold = policy({ coldStart: new Set(['dear']) });
    expect(decide([0.1, 0.9], facts, cold)).toMatchObject({ model: 'cheap', masked: { dear: 'cold_start' } });
    const named = { ...cold, candidates: new Set(['cheap', 'dear']) };
    expect(decide([0.1, 0.9], facts, named)).toMatchObject({ model: 'dear', masked: {} });
  });

  test('where nobody may answer the default model does; who is over a limit of cost comes before it', () => {
    const blind = policy({ abilities: [{ takesImages: false }, { takesImages: false }], fallback: 'dear' });
    const picture = { inputTokens: null, hasImage: true };
    expect(decide([0.9, 0.1], picture, blind)).toMatchObject({
      model: 'dear',
      reason: 'default_model',
      fallback: true,
    });
    const one = policy({ abilities: [{ takesImages: false }, {}], maxCost: 0.001, fallback: 'cheap' });
    expect(decide([0.9, 0.1], picture, one)).toMatchObject({ model: 'dear', reason: 'budget', fallback: true });
  });
});

describe('without scores', () => {
  const unavailable = { ranking: [], reason: 'embedding_unavailable', fallback: true, confidence: 0 };
  test('the fallback answers where it may, else the best on train of those that may', () => {
    expect(decideWithoutScores(facts, policy({ fallback: 'dear' }))).toEqual({
      ...unavailable,
      model: 'dear',
      masked: {},
    });
    const three = policy({
      models: ['cheap', 'dear', 'best'],
      stats: [stats(), stats(), stats({ quality: 0.9 })],
      candidates: new Set(['dear', 'best']),
    });
    expect(decideWithoutScores(facts, three)).toEqual({
      ...unavailable,
      model: 'best',
      masked: { cheap: 'not_a_candidate' },
    });
  });
});

test('equal utilities: an unknown cost loses to a known one, then the name decides', () => {
  const three = policy({
    models: ['c', 'b', 'a'],
    stats: [stats({ cost: 0.001 }), stats({ cost: null }), stats({ cost: null })],
  });
  expect(decide([0.5, 0.5, 0.5], facts, three).ranking.map(({ model }) => model)).toEqual(['c', 'a', 'b']);
});

test('confidence is the lead in expected quality of the chosen over the runner-up', () => {
  expect(decide([0.6, 0.75], facts, policy()).confidence).toBeCloseTo(0.15, 12);
});
