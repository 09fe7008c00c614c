// Replies and failures as outcomes: every row of the failure table that does not need a network.
import { describe, expect, test } from 'vitest';
import { type Completion, type FailureStatus, ProviderFailure } from '../../src/providers/provider.js';
import { loadScorer, type ScorerName } from '../../src/scoring/registry.js';
import { type CompletionToScore, failureCell, scoreCompletion } from '../../src/scoring/score-completion.js';

async function score(
  reply: Partial<Completion>,
  { scorer = 'numeric', ...call }: Partial<Omit<CompletionToScore, 'scorer'>> & { scorer?: ScorerName } = {},
) {
  const completion: Completion = {
    text: '',
    finishReason: 'stop',
    inputTokens: 1,
    outputTokens: 1,
    latency: 1,
    attempts: 1,
    flags: [],
    ...reply,
  };
  return scoreCompletion({
    completion,
    scorer: await loadScorer(scorer),
    groundTruth: '42',
    choices: null,
    where: 'queries.jsonl:17',
    ...call,
  });
}

test('a right answer, whole', async () => {
  expect(await score({ text: 'It is 42', flags: ['tokens_estimated'] })).toEqual({
    quality: 1,
    status: 'ok',
    extracted: '42',
    rule: 'last number',
    flags: ['tokens_estimated'],
  });
});

describe('quality, status and flags', () => {
  test.each<[string, Partial<Completion>, number | null, string, string[]]>([
    ['a wrong answer', { text: '41' }, 0, 'ok', []],
    ['no answer found', { text: 'Hm.' }, 0, 'ok', ['unparsed']],
    ['stopped without text', { text: ' \n' }, 0, 'empty', []],
    ['the refusal field', { text: '42, but no', flags: ['refusal'] }, 1, 'refused', ['refusal']],
    ['a refusing sentence', { text: "I'm sorry, I can't help with that. Bye." }, 0, 'refused', ['unparsed']],
    ['another', { text: 'I am unable to discuss it' }, 0, 'refused', ['unparsed']],
    ['a refusing second sentence', { text: 'Hm. I cannot answer that.' }, 0, 'ok', ['unparsed']],
    ['a refusal with an answer', { text: 'I won’t answer 42' }, 1, 'ok', []],
    ['cut at max_tokens after the answer', { text: 'It is 42', finishReason: 'length' }, 1, 'truncated', []],
    ['cut before it', { text: 'So we', finishReason: 'length' }, 0, 'truncated', ['unparsed']],
    ['cut in the reasoning field', { reasoning: 'hm', finishReason: 'length' }, 0, 'truncated', []],
    ['reasoning alone', { reasoning: 'hm' }, 0, 'truncated', []],
    ['an unclosed think tag', { text: '<think>42' }, 0, 'truncated', []],
    ['content filter', { text: '42', finishReason: 'filter' }, 0, 'filtered', []],
    ['an error in the reply', { text: '42', finishReason: 'error' }, null, 'server_error', []],
    ['an unknown end', { text: '42', finishReason: 'unknown' }, 1, 'ok', []],
    ['a recorded quality', { text: '?', recordedQuality: 0.25, flags: ['x'] }, 0.25, 'ok', ['x', 'recorded']],
  ])('%s', async (_, reply, quality, status, flags) => {
    const scored = await score(reply);
    expect([scored.quality, scored.status, scored.flags]).toEqual([quality, status, flags]);
  });
});

test('scoring.truncated: missing spares only what held no answer', async () => {
  const missing = { truncated: 'missing' } as const;
  const qualities = await Promise.all([
    score({ text: 'So we', finishReason: 'length' }, missing),
    score({ text: '', finishReason: 'length' }, missing),
    score({ text: '41', finishReason: 'length' }, missing),
    score({ text: 'Rome', finishReason: 'length' }, { ...missing, scorer: 'f1' }),
    score({ reasoning: 'hm' }, missing),
  ]);
  expect(qualities.map(({ quality, status }) => [quality, status])).toEqual([
    [null, 'truncated'],
    [null, 'truncated'],
    [0, 'truncated'],
    [0, 'truncated'],
    [0, 'truncated'],
  ]);
});

test('a text that shares nothing with the truth and refuses is refused', async () => {
  const scored = await score({ text: 'I cannot provide that.' }, { scorer: 'f1', groundTruth: 'Paris' });
  expect([scored.quality, scored.status]).toEqual([0, 'refused']);
});

test('a row that cannot be scored is missing for every reply, the empty ones too', async () => {
  for (const text of ['', '42']) {
    expect((await score({ text }, { scorer: 'code' })).status).toBe('unscored');
    const { quality, status, rule } = await score({ text }, { groundTruth: null });
    expect([quality, status, rule]).toEqual([null, 'unscored', 'no ground truth']);
  }
});

test('what is kept of a long answer is cut', async () => {
  const long = 'dog '.repeat(100);
  const { quality, extracted } = await score({ text: long }, { scorer: 'exact', groundTruth: long });
  expect([quality, extracted]).toEqual([1, long.slice(0, 200)]);
});

test('a truth that cannot be read names the row', async () => {
  await expect(score({ text: '42' }, { groundTruth: 'no number' })).rejects.toThrow(
    'queries.jsonl:17: ground_truth: expected exactly one number, got 0 in "no number".',
  );
});

test('a failed call counts 0 only where it would fail again tomorrow', () => {
  const statuses: FailureStatus[] = [
    'filtered',
    'too_long',
    'rate_limited',
    'timeout',
    'server_error',
    'network',
    'auth',
    'bad_request',
    'canceled',
  ];
  expect(statuses.map((status) => failureCell(new ProviderFailure(status, 'no', 1)))).toEqual([
    { quality: 0, status: 'filtered' },
    { quality: 0, status: 'too_long' },
    { quality: null, status: 'rate_limited' },
    { quality: null, status: 'timeout' },
    { quality: null, status: 'server_error' },
    { quality: null, status: 'network' },
    { quality: null, status: 'auth' },
    { quality: null, status: 'bad_request' },
    { quality: null, status: 'canceled' },
  ]);
});
