// What the recorded provider gives and refuses, and which qualities it can play back beyond those of the example.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CompletionRequest } from '../../src/providers/provider.js';
import { createRecordedProvider, type RecordedOutcome } from '../../src/providers/recorded/recorded-provider.js';
import { resolveScorer } from '../../src/scoring/registry.js';
import { scoreCompletion } from '../../src/scoring/score-completion.js';

const REQUEST: CompletionRequest = {
  queryId: 'q1',
  alias: 'small',
  model: 'org/small',
  prompt: 'x'.repeat(9),
  systemPrompt: 'y'.repeat(5),
  images: [],
  maxTokens: 100,
  temperature: 0,
};
const ANIMALS = { labels: ['A', 'B', 'C', 'D'], text: ['dog', 'cat', 'red panda', 'panda'] };

const outcome = (fields: Partial<RecordedOutcome>): RecordedOutcome => ({
  quality: 1,
  metric: 'f1',
  groundTruth: 'Paris',
  choices: null,
  query: 'The capital of France?',
  ...fields,
});
const complete = (recorded: RecordedOutcome | undefined, request = REQUEST) =>
  createRecordedProvider({ lookup: () => recorded }).complete(request);

/** Plays an outcome back for several models and scores the replies: the qualities, and whether each was only carried. */
async function playedBack(
  fields: Partial<RecordedOutcome>,
): Promise<{ qualities: (number | null)[]; carried: boolean }> {
  const recorded = outcome(fields);
  const { metric, groundTruth, choices } = recorded;
  const scorer = await resolveScorer({ metric, groundTruth, hasChoices: choices !== null }, 'row 1');
  const qualities = [];
  let carried = false;
  for (let i = 0; i < 30; i++) {
    const completion = await complete(recorded, { ...REQUEST, alias: `model ${i}` });
    carried ||= completion.recordedQuality !== undefined;
    qualities.push(scoreCompletion({ completion, scorer, groundTruth, choices, where: 'row 1' }).quality);
  }
  return { qualities, carried };
}

test('costs nothing, knows no latency and counts tokens on the texts', async () => {
  const provider = createRecordedProvider({ lookup: () => outcome({}) });
  const { text, ...rest } = await provider.complete(REQUEST);
  expect([provider.type, provider.paid]).toEqual(['recorded', false]);
  expect(rest).toEqual({
    finishReason: 'stop',
    inputTokens: Math.ceil(9 / 4) + Math.ceil(5 / 4),
    outputTokens: Math.ceil(text.length / 4),
    latency: null,
    attempts: 1,
    flags: ['tokens_estimated'],
  });
});

test('gives equal requests equal replies, and asks for the record of the query and the model', async () => {
  const asked: string[][] = [];
  const provider = createRecordedProvider({
    lookup: (...key) => {
      asked.push(key);
      return outcome({});
    },
  });
  expect(await provider.complete(REQUEST)).toEqual(await provider.complete(REQUEST));
  expect(asked).toEqual([
    ['q1', 'small'],
    ['q1', 'small'],
  ]);
});

test('refuses what is not recorded, and stops after an abort', async () => {
  await expect(complete(undefined)).rejects.toMatchObject({
    name: 'ProviderFailure',
    status: 'bad_request',
    message:
      'No outcome of model small is recorded for query q1: the recorded provider can only repeat what its file holds.',
  });
  await expect(complete(outcome({}), { ...REQUEST, signal: AbortSignal.abort() })).rejects.toMatchObject({
    status: 'canceled',
  });
});

describe('plays back exactly', () => {
  test.each<Partial<RecordedOutcome>>([
    { metric: 'em_mc', choices: ANIMALS, groundTruth: 'B', quality: 1 },
    { metric: 'em_mc', choices: ANIMALS, groundTruth: '(b)', quality: 0 },
    { metric: null, choices: ANIMALS, groundTruth: 'Red Panda', quality: 1 },
    { metric: null, choices: ANIMALS, groundTruth: ['A', 'D'], quality: 0 },
    { metric: 'em_mc', choices: { labels: ['A'], text: ['do'] }, groundTruth: 'A', quality: 0 },
    { metric: 'em_mc', choices: { labels: ['H', 'I', 'J'], text: ['x', 'y', 'z'] }, groundTruth: 'I', quality: 1 },
    { metric: 'em_mc', choices: { labels: ['1', '2', '3'], text: ['x', 'y', 'z'] }, groundTruth: '2', quality: 0 },
    { metric: 'GSM8K', groundTruth: 'so\n#### -1,234.50', quality: 1 },
    { metric: 'GSM8K', groundTruth: 'so\n#### -1,234.50', quality: 0 },
    { metric: 'numeric', groundTruth: '0', quality: 0 },
    { metric: 'numeric', groundTruth: ['3', '4'], quality: 0 },
    { metric: 'none', groundTruth: '42', quality: 0 },
    { metric: 'MATH', groundTruth: 'so \\boxed{\\frac{34}{2}}', quality: 0 },
    { metric: 'MATH', groundTruth: '\\{1,2\\}', quality: 1 },
    { metric: 'MATH', groundTruth: 'x=0.1', quality: 0 },
    { metric: 'exact', groundTruth: 'The Beatles', quality: 1 },
    { metric: 'exact', groundTruth: 'unknown', quality: 0 },
    { metric: 'cem', groundTruth: ['Rome', 'Paris'], quality: 1 },
    { metric: 'contains', groundTruth: 'the Danube', quality: 0 },
    { metric: 'f1', groundTruth: 'yes', quality: 0 },
    { metric: 'f1', groundTruth: '🐧', quality: 0 },
    { metric: 'f1_score', groundTruth: 'Paris', quality: 1 / 3 },
    { metric: 'f1', groundTruth: 'the New York Times', quality: 0.8 },
    { metric: 'cemf1', groundTruth: 'New York Times', quality: 0.5 },
    { metric: 'cemf1', groundTruth: 'New York Times', quality: 1 },
    { metric: null, groundTruth: 'New York Times', quality: 0.5 },
    { metric: 'coverage', groundTruth: 'mow, mower, dog, stand, time', quality: 0.4 },
    { metric: 'commongen_coverage', groundTruth: 'nothing, once, let, h', quality: 0 },
  ])('%j', async (fields) => {
    const { qualities, carried } = await playedBack(fields);
    expect(carried).toBe(false);
    expect(Math.max(...qualities.map((quality) => Math.abs(quality! - fields.quality!)))).toBeLessThanOrEqual(1e-9);
  });

  test('every F1 that whole numbers reach', async () => {
    const words = 'north south east west up down'.split(' ');
    const reachable = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }), fc.nat(20));
    await fc.assert(
      fc.asyncProperty(reachable, async ([n, matched, extra]) => {
        const m = Math.min(n, matched);
        const fields = { groundTruth: words.slice(0, n).join(' '), quality: (2 * m) / (n + m + extra) };
        const { qualities, carried } = await playedBack(fields);
        expect(carried).toBe(false);
        for (const quality of qualities) expect(quality).toBeCloseTo(fields.quality, 9);
      }),
      { numRuns: 40 },
    );
  });

  test('every share of the concepts, whatever words they are', async () => {
    const words = [
      'the',
      'dog',
      'dogs',
      'walk',
      'walked',
      'stand',
      'saw',
      'before',
      'will',
      'under',
      'with',
      'morning',
    ];
    const lists = fc.uniqueArray(fc.constantFrom(...words), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(lists, fc.nat(12), async (list, k) => {
        const quality = Math.min(k, list.length) / list.length;
        const { qualities } = await playedBack({ metric: 'coverage', groundTruth: list.join(', '), quality });
        for (const scored of qualities) expect(scored).toBeCloseTo(quality, 9);
      }),
      { numRuns: 60 },
    );
  });
});

test('whatever the truth, the quality comes back: played or carried', async () => {
  const truths = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
    fc.stringMatching(/^[a-e ,.']{1,12}$/),
    fc.stringMatching(/^-?\d{1,9}(\.\d{1,3})?$/),
    fc.stringMatching(/^[0-9x+{}()\\/^,=-]{1,10}$/),
  );
  const metrics = fc.constantFrom('f1', 'exact', 'contains', 'cemf1', 'MATH', 'numeric', 'coverage', 'none');
  await fc.assert(
    fc.asyncProperty(truths, metrics, fc.constantFrom(0, 0.5, 1), async (groundTruth, metric, quality) => {
      const played = await playedBack({ groundTruth, metric, quality }).catch((error) => {
        // The truth itself cannot be read: no outcome of it can have been recorded.
        if (error.code !== 'VSR_DATA') throw error;
      });
      for (const scored of played?.qualities ?? []) expect(scored).toBeCloseTo(quality, 9);
    }),
    { numRuns: 500 },
  );
});

describe('carries the recorded quality where no text has it', () => {
  test.each<[string, Partial<RecordedOutcome>]>([
    ['code', { metric: 'code_eval', groundTruth: "['assert f(1) == 2']", quality: 1 }],
    ['a judge', { metric: 'llm_judge', groundTruth: null, quality: 0.7 }],
    ['half a letter', { metric: 'em_mc', choices: ANIMALS, groundTruth: 'B', quality: 0.5 }],
    ['half a number', { metric: 'numeric', groundTruth: '4', quality: 0.5 }],
    ['half a match', { metric: 'exact', groundTruth: 'New York', quality: 0.5 }],
    ['a quarter of yes', { metric: 'f1', groundTruth: 'yes', quality: 0.25 }],
    ['an F1 out of reach', { metric: 'f1', groundTruth: 'Paris', quality: 0.9 }],
    ['colliding concepts', { metric: 'coverage', groundTruth: 'mow, mower', quality: 0.5 }],
    ['a share of no whole number', { metric: 'coverage', groundTruth: 'dog, cat', quality: 0.3 }],
  ])('%s', async (_, fields) => {
    const { qualities, carried } = await playedBack(fields);
    expect([new Set(qualities), carried]).toEqual([new Set([fields.quality]), true]);
  });

  test('with the wanted function in the stand-in for code', async () => {
    const { text, flags } = await complete(outcome({ metric: 'code_eval', groundTruth: "['assert f_1(1) == 2']" }));
    expect(text).toContain('def f_1(');
    expect(flags).toEqual(['tokens_estimated', 'recorded']);
  });
});
