// Simulated models: equal requests give equal replies, and the shares are those of the settings.
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/math/random.js';
import type { CompletionRequest } from '../../../src/providers/provider.js';
import { createSimulatedProvider, type SimulatedSource } from '../../../src/providers/simulated/simulated-provider.js';
import type { SimulatedSettings } from '../../../src/providers/simulated/simulated-settings.js';

const COUNT = 2000;
const SETTINGS: SimulatedSettings = { latencyMs: { median: 800, sigma: 0.4 }, outputTokens: 60, failures: {} };

const source: SimulatedSource = {
  lookup: (id) =>
    id === 'unknown'
      ? undefined
      : {
          metric: 'numeric',
          groundTruth: '42',
          choices: null,
          query: 'x',
          category: id.startsWith('m') ? 'math' : 'law',
        },
  recorded: (id) => (id.startsWith('m') ? 1 : null),
  replayed: (id) => (id === 'm1' ? 'word for word' : undefined),
  random: (name) => seededRandom(1).fork(name),
};

const ask = (settings: Partial<SimulatedSettings>, request: Partial<CompletionRequest> = {}) =>
  createSimulatedProvider(new Map([['sim', { ...SETTINGS, ...settings }]]), source)
    .complete({
      queryId: 'm1',
      alias: 'sim',
      model: 'sim',
      prompt: 'x'.repeat(40),
      images: [],
      maxTokens: 64,
      temperature: 0,
      ...request,
    })
    .catch((failure) => failure);

const many = (settings: Partial<SimulatedSettings>, prefix: string) =>
  Promise.all(Array.from({ length: COUNT }, (_, i) => ask(settings, { queryId: `${prefix}${i}` })));

const share = (found: readonly { text?: string }[]) =>
  found.filter(({ text }) => /(?<!\d)42(?!\d)/.test(text ?? '')).length / COUNT;
/** Four standard errors of a share of `COUNT`. */
const about = (p: number) =>
  [p - 4 * Math.sqrt((p * (1 - p)) / COUNT), p + 4 * Math.sqrt((p * (1 - p)) / COUNT)] as const;
const expectAbout = (found: number, p: number) => {
  const [low, high] = about(p);
  expect(found).toBeGreaterThanOrEqual(low);
  expect(found).toBeLessThanOrEqual(high);
};

test('the same request gives the same reply, another seed, repeat or model another', async () => {
  const first = await ask({});
  expect(await ask({})).toEqual(first);
  for (const other of [{ seed: 1 }, { repeat: 1 }, { queryId: 'm2' }]) {
    expect((await ask({}, other)).latency).not.toBe(first.latency);
  }
});

test('a reply tells what it took, and that it is pretended', async () => {
  expect(await ask({ latencyMs: { median: 800, sigma: 0 }, skill: { default: 1 } })).toEqual({
    text: expect.stringContaining('42'),
    finishReason: 'stop',
    inputTokens: 10,
    outputTokens: expect.any(Number),
    latency: 800,
    attempts: 1,
    flags: ['simulated'],
  });
});

describe('shares', () => {
  test('answers are right as often as the skill of their category says, else as the default', async () => {
    const skill = { math: 0.9, default: 0.3 };
    expectAbout(share(await many({ skill }, 'm')), 0.9);
    expectAbout(share(await many({ skill }, 'l')), 0.3);
    expectAbout(share(await many({}, 'l')), 0.5);
  });
  test('recorded qualities are probabilities; where none is recorded the skill holds', async () => {
    expect(share(await many({ from: 'outcomes.jsonl', skill: { default: 0 } }, 'm'))).toBe(1);
    expect(share(await many({ from: 'outcomes.jsonl', skill: { default: 0 } }, 'l'))).toBe(0);
  });
  test('calls fail as often as told, with the status told', async () => {
    const found = await many({ failures: { rate_limited: 0.2, timeout: 0.1 } }, 'm');
    const of = (status: string) => found.filter((failure) => failure.status === status).length / COUNT;
    expectAbout(of('rate_limited'), 0.2);
    expectAbout(of('timeout'), 0.1);
  });
  test('half of the latencies lie below the median', async () => {
    const found = await many({}, 'm');
    expectAbout(found.filter(({ latency }) => latency < 800).length / COUNT, 0.5);
  });
});

test('a replayed response is given word for word, and one that is not there is refused', async () => {
  expect(await ask({ replay: 'responses.jsonl' })).toMatchObject({ text: 'word for word', outputTokens: 4 });
  expect(await ask({ replay: 'responses.jsonl' }, { queryId: 'm2' })).toMatchObject({ status: 'bad_request' });
});

test('a query that nobody knows is refused, an aborted call canceled', async () => {
  expect(await ask({}, { queryId: 'unknown' })).toMatchObject({ status: 'bad_request' });
  expect(await ask({}, { signal: AbortSignal.abort() })).toMatchObject({ status: 'canceled', attempts: 0 });
});
