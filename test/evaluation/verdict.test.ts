// The five rules of the verdict, in order, and the sentence that each ends in.
import { describe, expect, test } from 'vitest';
import { judge } from '../../src/evaluation/verdict.js';
import type { VerdictInput } from '../../src/evaluation/verdict-rules.js';

const estimate = (delta: number, low: number, high: number) => ({ delta, low, high });

/** A clear gain of 3 points on 1,000 queries at half the cost; each test changes what it is about. */
function verdict(change: Partial<VerdictInput> = {}) {
  const utility = change.utility ?? estimate(0.03, 0.022, 0.038);
  return judge({
    router: 'knn',
    called: 'knn',
    model: 'big',
    label: 'held-out test',
    n: 1000,
    groups: 1000,
    coverage: 1,
    leaks: 0,
    minGain: 0.01,
    utility,
    utility95: utility,
    quality: utility,
    cost: { ...estimate(-0.001, -0.0012, -0.0008), own: 0.001, best: 0.002, saving: 0.5 },
    zero: estimate(0.02, 0.01, 0.03),
    qualityAlone: true,
    ...change,
  });
}

describe('rule 1: inconclusive where the data cannot be trusted', () => {
  test('leaked queries', () => {
    const { kind, rule, sentence, neededQueries } = verdict({ leaks: 3 });
    expect({ kind, rule, neededQueries }).toEqual({ kind: 'inconclusive', rule: 'leak', neededQueries: null });
    expect(sentence).toBe(
      'Verdict: inconclusive, 3 judged queries also stand in the training rows: leave them out (--leak-check exclude) and train again. Until then send every query to big.',
    );
  });
  test('coverage below 80 %, and not at 80 %', () => {
    expect(verdict({ coverage: 0.79 }).rule).toBe('coverage');
    expect(verdict({ coverage: 0.79 }).sentence).toContain(
      'knn sent 21 % of the queries to models whose outcome is missing',
    );
    expect(verdict({ coverage: 0.8 }).rule).toBe('gain');
  });
  test('fewer than 30 groups, with about how many would do', () => {
    const few = verdict({ n: 29, groups: 29, utility: estimate(0.02, -0.1, 0.14) });
    // 29·(2.8·(0.24/3.92)/0.01)² = 29·17.142857² = 8,522.4 → 8,600
    expect(few).toMatchObject({ kind: 'inconclusive', rule: 'too-few-groups', neededQueries: 8600 });
    expect(few.sentence).toBe(
      'Verdict: inconclusive, +2.0 points [-10.0, +14.0] on 29 queries (held-out test): too few to know; about 8,600 needed (30 separate queries are the least). Until then send every query to big.',
    );
    expect(verdict({ groups: 30 }).rule).toBe('gain');
  });
  test('comes before every other rule', () => {
    expect(verdict({ leaks: 1, coverage: 0.1, groups: 3, utility: estimate(-0.2, -0.3, -0.1) }).rule).toBe('leak');
  });
});

describe('rule 2: do not route where even the best case is below the least gain', () => {
  test('names the model to use and what it saves', () => {
    const no = verdict({
      utility: estimate(-0.003, -0.012, 0.009),
      cost: { ...estimate(0.002, 0.001, 0.003), own: 0.004, best: 0.002, saving: -1 },
    });
    expect(no).toMatchObject({ kind: 'do-not-route', rule: 'no-gain', model: 'big', neededQueries: null, saving: -1 });
    expect(no.sentence).toBe(
      'Verdict: do not route, send every query to big: knn changes that by -0.3 points [-1.2, +0.9] on 1,000 queries (held-out test), and at least +1.0 points would be worth having. big alone saves 50 % of what knn costs ($2.00 instead of $4.00 per 1,000 queries).',
    );
  });
  test('an upper end of exactly the least gain does not count as below it', () => {
    expect(verdict({ utility: estimate(0.004, -0.002, 0.01), cost: null }).rule).toBe('undecided');
  });
  test('on few queries says that a router trained on more might gain', () => {
    const few = verdict({ n: 100, groups: 100, utility: estimate(-0.1, -0.15, -0.05), cost: null });
    expect(few.kind).toBe('do-not-route');
    expect(few.sentence).toMatch(/100 queries are too few to know what a router trained on more would gain\.$/);
  });
});

describe('rule 3: route on a gain', () => {
  test('says the gain and the saving', () => {
    expect(verdict()).toMatchObject({
      kind: 'route',
      rule: 'gain',
      delta: 0.03,
      interval: { low: 0.022, high: 0.038 },
    });
    expect(verdict().sentence).toBe(
      'Verdict: route with knn, +3.0 points [+2.2, +3.8] on 1,000 queries (held-out test) over big alone, and saves 50 % of its cost.',
    );
    expect(verdict({ qualityAlone: false }).sentence).toContain('+3.0 points [+2.2, +3.8] in utility on 1,000');
  });
  test('calls the router what its user has to use', () => {
    const folded = verdict({ router: 'chosen per fold', called: 'knn (chosen per fold)' });
    expect(folded.router).toBe('chosen per fold');
    expect(folded.sentence).toContain('Verdict: route with knn (chosen per fold), +3.0 points');
  });
  test('needs a gain of at least the least one', () => {
    expect(verdict({ utility: estimate(0.009, 0.001, 0.017), cost: null }).rule).toBe('undecided');
  });
  test('needs to hold against mixing at the same cost', () => {
    const mixed = verdict({ zero: estimate(-0.03, -0.05, -0.01), cost: null });
    expect(mixed).toMatchObject({ kind: 'inconclusive', rule: 'not-better-than-mixing', neededQueries: null });
    expect(mixed.sentence).toContain('yet models mixed at random at the same cost do better');
    expect(verdict({ zero: estimate(-0.03, -0.06, 0.0), cost: null }).rule).toBe('gain');
    expect(verdict({ zero: null }).rule).toBe('gain');
  });
});

describe('rule 4: route to save', () => {
  const same = { utility: estimate(0.004, -0.005, 0.013), quality: estimate(0.001, -0.008, 0.01) };
  test('where cost falls for certain and quality does not fall by more than the least gain', () => {
    expect(verdict(same)).toMatchObject({ kind: 'route', rule: 'cheaper', saving: 0.5 });
    expect(verdict(same).sentence).toBe(
      'Verdict: route with knn (saves 50 %): $1.00 instead of $2.00 per 1,000 queries, quality +0.1 points [-0.8, +1.0] against big alone on 1,000 queries (held-out test).',
    );
  });
  test('not where quality may fall further, nor where the cost may rise', () => {
    expect(verdict({ ...same, quality: estimate(0, -0.011, 0.011) }).rule).toBe('undecided');
    const unsure = { ...estimate(-0.001, -0.003, 0.001), own: 0.001, best: 0.002, saving: 0.5 };
    expect(verdict({ ...same, cost: unsure }).rule).toBe('undecided');
  });
});

describe('rule 5: inconclusive, with the number of queries that would decide', () => {
  test('the sentence says how many', () => {
    const open = verdict({
      n: 100,
      groups: 100,
      utility: estimate(0.018, -0.031, 0.067),
      cost: null,
      label: '5 folds',
    });
    expect(open).toMatchObject({ kind: 'inconclusive', rule: 'undecided', neededQueries: 4900 });
    expect(open.sentence).toBe(
      'Verdict: inconclusive, +1.8 points [-3.1, +6.7] on 100 queries (5 folds): too few to know; about 4,900 needed. Until then send every query to big.',
    );
  });
  test('where there are queries enough, the gain is too near the least one', () => {
    const near = verdict({ n: 50_000, groups: 50_000, utility: estimate(0.0095, 0.007, 0.012), cost: null });
    expect(near).toMatchObject({ rule: 'undecided', neededQueries: null });
    expect(near.sentence).toContain('too near the +1.0 points worth having (--min-gain) to call');
  });
});
