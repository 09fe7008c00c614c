// Which calls there are, which were made before, and where each goes.
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { KeptCall } from '../../../src/pipelines/benchmark/journal.js';
import type { AskedModel, Endpoint } from '../../../src/pipelines/benchmark/models.js';
import { planCalls, routesFor } from '../../../src/pipelines/benchmark/plan.js';
import { templateHash } from '../../../src/pipelines/benchmark/prompt.js';
import type { Question } from '../../../src/pipelines/benchmark/questions.js';
import { loadScorer } from '../../../src/scoring/registry.js';
import { queryWith } from './query-fixture.js';

const scorer = await loadScorer('f1');
const question = (id: string, prompt = id): Question => ({
  query: queryWith({ id }),
  scorer,
  prompt,
  promptHash: `hash of ${prompt}`,
  images: [],
  where: id,
});
const endpoint = (name: string, more: Partial<Endpoint> = {}): Endpoint => ({
  name,
  type: 'openai-compatible',
  concurrency: 1,
  weight: 1,
  ...more,
});
const model = (alias: string, more: Partial<AskedModel> = {}): AskedModel => ({
  alias,
  routes: [{ endpoint: endpoint('e'), model: alias }],
  maxTokens: 10,
  temperature: 0,
  price: null,
  extraBody: {},
  stream: false,
  ...more,
});
const OPTIONS = { seed: 1, retryFailed: false };
const keyOf = (q: Question, m: AskedModel) => planCalls([q], [m], new Map(), OPTIONS).calls[0]!.key;

describe('the key of a call', () => {
  const own = keyOf(question('q'), model('a'));
  test('is the same for ever: answers that are paid for are found by it', () => {
    const settings = ['a', [['openai-compatible', 'a']], 10, 0, null, {}, templateHash()];
    const whole = JSON.stringify(['q', 'hash of q', JSON.stringify(settings), 0]);
    expect(own).toBe(createHash('sha256').update(whole).digest('hex'));
  });
  test.each([
    ['the query', question('other', 'q'), model('a')],
    ['the prompt', question('q', 'other'), model('a')],
    ['the alias', question('q'), model('b', { routes: model('a').routes })],
    ['the name at the server', question('q'), model('a', { routes: [{ endpoint: endpoint('e'), model: 'a-2' }] })],
    [
      'recorded or asked',
      question('q'),
      model('a', { routes: [{ endpoint: endpoint('e', { type: 'recorded' }), model: 'a' }] }),
    ],
    ['max_tokens', question('q'), model('a', { maxTokens: 11 })],
    ['temperature', question('q'), model('a', { temperature: 1 })],
    ['the system prompt', question('q'), model('a', { systemPrompt: 'Be brief.' })],
    ['the extra body', question('q'), model('a', { extraBody: { top_k: 1 } })],
    ['the images', { ...question('q'), promptHash: 'hash of q and images' }, model('a')],
  ])('changes with %s', (_, q, m) => {
    expect(keyOf(q, m)).not.toBe(own);
  });
  test.each([
    ['the price', model('a', { price: { input: 1, output: 1 } })],
    ['the access key', model('a', { accessKey: 'another' })],
    [
      'the address',
      model('a', { routes: [{ endpoint: endpoint('f', { baseUrl: 'http://other/v1', apiKey: 'k' }), model: 'a' }] }),
    ],
  ])('does not change with %s', (_, m) => {
    expect(keyOf(question('q'), m)).toBe(own);
  });
});

describe('a plan', () => {
  const questions = ['q1', 'q2', 'q3'].map((id) => question(id));
  const models = [model('a'), model('b')];
  const { calls } = planCalls(questions, models, new Map(), OPTIONS);
  const entry = (at: number, cell: KeptCall['cell']): [string, KeptCall] => {
    const { key, question: q, model: m } = calls[at]!;
    return [key, { key, id: q.query.id, model: m.alias, cell, at: 0, length: 1, hasText: true }];
  };
  const stored = new Map([
    entry(0, { quality: 0, status: 'ok' }),
    entry(3, { quality: null, status: 'timeout' }),
    entry(4, { quality: null, status: 'unscored' }),
  ]);
  const open = (retryFailed: boolean) =>
    planCalls(questions, models, stored, { seed: 1, retryFailed }).open.map((call) =>
      calls.findIndex(({ key }) => key === call.key),
    );
  test('holds every call, query by query', () => {
    expect(calls.map(({ question: q, model: m }) => q.query.id + m.alias)).toEqual([
      'q1a',
      'q1b',
      'q2a',
      'q2b',
      'q3a',
      'q3b',
    ]);
  });
  test('leaves out what was made before; a failed call only unless it is to be asked again', () => {
    expect(open(false).sort()).toEqual([1, 2, 5]);
    expect(open(true).sort()).toEqual([1, 2, 3, 5]);
  });
});

describe('repeats', () => {
  const plan = planCalls([question('q1'), question('q2')], [model('a'), model('b')], new Map(), {
    ...OPTIONS,
    repeats: 3,
  });
  test('stand beside each other, each with a key of its own', () => {
    const { calls, open, repeats } = plan;
    expect([calls.length, open.length, repeats]).toEqual([12, 12, 3]);
    expect(calls.slice(0, 6).map(({ question: q, model: m, repeat }) => q.query.id + m.alias + repeat)).toEqual([
      'q1a0',
      'q1a1',
      'q1a2',
      'q1b0',
      'q1b1',
      'q1b2',
    ]);
    expect(new Set(calls.map(({ key }) => key)).size).toBe(12);
  });
  test('begin with the call that a run without repeats makes', () => {
    expect(plan.calls[0]!.key).toBe(keyOf(question('q1'), model('a')));
  });
});

describe('a prompt longer than the context window', () => {
  // Four characters a token: 41 characters are 11 tokens.
  const long = question('q', 'x'.repeat(41));
  const plan = (more: Partial<AskedModel>) => planCalls([long], [model('a', more)], new Map(), OPTIONS);
  test('is settled without a call, for that model alone', () => {
    const { open, settled } = planCalls(
      [long],
      [model('small', { contextWindow: 10 }), model('large', { contextWindow: 11 })],
      new Map(),
      OPTIONS,
    );
    expect(open.map((call) => call.model.alias)).toEqual(['large']);
    expect([...settled.values()]).toEqual([
      {
        quality: 0,
        status: 'too_long',
        error: 'about 11 tokens, and the context window holds 10; not sent',
      },
    ]);
  });
  test('counts the system prompt, and needs a known window', () => {
    expect(plan({ contextWindow: 11, systemPrompt: 'Be brief.' }).open).toHaveLength(0);
    expect(plan({ systemPrompt: 'Be brief.' }).open).toHaveLength(1);
  });
});

describe('several endpoints', () => {
  const routes = [endpoint('light'), endpoint('heavy', { weight: 3 })].map((e) => ({ endpoint: e, model: 'a' }));
  const firstOf = (id: string) => {
    const [call] = planCalls([question(id)], [model('a', { routes })], new Map(), OPTIONS).calls;
    return routesFor(call!).map((route) => route.endpoint.name);
  };
  test('share the queries by weight, the others being next in line', () => {
    const first = Array.from({ length: 2000 }, (_, i) => firstOf(`query ${i}`));
    const heavy = first.filter(([name]) => name === 'heavy').length / first.length;
    // Three quarters, within four standard deviations of 2,000 draws: 4 · √(0.75 · 0.25 / 2000).
    expect(Math.abs(heavy - 0.75)).toBeLessThan(4 * Math.sqrt((0.75 * 0.25) / 2000));
    expect(new Set(first.map((names) => names.length))).toEqual(new Set([2]));
    expect(firstOf('query 1')).toEqual(firstOf('query 1'));
  });
});
