// One row of outcomes.jsonl, long and short form, and a sentence for every value that is no outcome.
import { describe, expect, test } from 'vitest';
import { outcomeFromRow, outcomeRowToJson } from '../../src/data/outcome-row.js';

const WHERE = 'outcomes.jsonl:17';
const cell = {
  quality: 1,
  status: 'ok',
  latency: 812,
  ttft: null,
  inputTokens: 54,
  outputTokens: 9,
  cost: 1e-5,
  attempts: 1,
  extracted: 'B',
  flags: ['recorded'],
  repeats: [1, 1],
};
const missing = { quality: null, status: 'rate_limited', attempts: 5, error: '429' };

describe('outcomeFromRow', () => {
  test('reads every key of a cell, and a missing cell', () => {
    const { query, outcomes } = outcomeFromRow({ query: 'x', outcomes: { a: cell, b: missing } }, WHERE);
    expect(query.query).toBe('x');
    expect(query.extra).toEqual({});
    expect(outcomes).toEqual({ a: cell, b: missing });
  });

  test('reads the short form; null is an absent cell', () => {
    expect(outcomeFromRow({ query: 'x', scores: { a: 1, b: 0.5, c: null } }, WHERE).outcomes).toEqual({
      a: { quality: 1, status: 'ok' },
      b: { quality: 0.5, status: 'ok' },
    });
  });

  test('fills the status in from the quality', () => {
    const { outcomes } = outcomeFromRow({ query: 'x', outcomes: { a: { quality: 0 }, b: { quality: null } } }, WHERE);
    expect(outcomes).toEqual({ a: { quality: 0, status: 'ok' }, b: { quality: null, status: 'unscored' } });
  });

  test('divides qualities by the scale', () => {
    const row = { query: 'x', outcomes: { a: { quality: 7.5, repeats: [10, 5] } } };
    expect(outcomeFromRow(row, WHERE, { scale: 10 }).outcomes.a).toEqual({
      quality: 0.75,
      status: 'ok',
      repeats: [1, 0.5],
    });
    expect(outcomeFromRow({ query: 'x', scores: { a: 4 } }, WHERE, { scale: 5 }).outcomes.a!.quality).toBe(0.8);
  });

  test('keeps a model called __proto__ a model', () => {
    const row = outcomeFromRow(JSON.parse('{"query":"x","scores":{"__proto__":1}}'), WHERE);
    expect(Object.entries(row.outcomes)).toEqual([['__proto__', { quality: 1, status: 'ok' }]]);
  });

  test('comes back the same through outcomeRowToJson', () => {
    const row = outcomeFromRow({ query: 'x', task_name: 't', note: 7, outcomes: { a: cell, b: missing } }, WHERE);
    expect(outcomeFromRow(JSON.parse(JSON.stringify(outcomeRowToJson(row))), WHERE)).toEqual(row);
  });

  const range = 'in [0, 1]';
  test.each<[object, string]>([
    [{ scores: { a: 3 } }, `scores.a must be ${range}, got 3.`],
    [{ scores: { a: -0.1 } }, `scores.a must be ${range}, got -0.1.`],
    [{ scores: { a: Number.NaN } }, `scores.a must be ${range}, got NaN.`],
    [{ scores: { a: Number.POSITIVE_INFINITY } }, `scores.a must be ${range}, got Infinity.`],
    [{ scores: { a: '1' } }, `scores.a must be a number ${range} or null, got "1".`],
    [{ scores: [1] }, 'scores must be an object with a number per model, got [1].'],
    [{ outcomes: 1 }, 'outcomes must be an object with a cell per model, got 1.'],
    [{ outcomes: { a: 1 } }, 'outcomes.a must be an object with quality, got 1.'],
    [{ outcomes: { a: {} } }, 'outcomes.a.quality must be a number in [0, 1] or null, got nothing.'],
    [{ outcomes: { a: { quality: 1.01 } } }, `outcomes.a.quality must be ${range}, got 1.01.`],
    [
      { outcomes: { a: { quality: 1, latency: -1 } } },
      'outcomes.a: latency must be a finite number that is not negative, got -1.',
    ],
    [
      { outcomes: { a: { quality: 1, cost: Number.POSITIVE_INFINITY } } },
      'outcomes.a: cost must be a finite number that is not negative, got Infinity.',
    ],
    [
      { outcomes: { a: { quality: 1, inputTokens: '5' } } },
      'outcomes.a: inputTokens must be a finite number that is not negative, got "5".',
    ],
    [
      { outcomes: { a: { quality: 0.5, status: 'timeout' } } },
      'outcomes.a.quality must be null, because status timeout is a missing cell, got 0.5.',
    ],
    [{ outcomes: { a: { quality: 1, repeats: [1, 2] } } }, `outcomes.a.repeats[1] must be ${range}, got 2.`],
    [{ outcomes: { a: { quality: 1, flags: 'x' } } }, 'outcomes.a: flags must be a list of texts, got "x".'],
  ])('refuses %j', (bad, sentence) => {
    expect(() => outcomeFromRow({ query: 'x', ...bad }, WHERE)).toThrow(
      expect.objectContaining({ code: 'VSR_DATA', message: `outcomes.jsonl:17: ${sentence}` }),
    );
  });

  test('says what to do about a quality out of range and about a misspelled status', () => {
    expect(() => outcomeFromRow({ query: 'x', scores: { a: 3 } }, WHERE)).toThrow(
      expect.objectContaining({ hint: 'Divide by the maximum, or set scoring.scale.' }),
    );
    expect(() => outcomeFromRow({ query: 'x', outcomes: { a: { quality: null, status: 'time_out' } } }, WHERE)).toThrow(
      expect.objectContaining({ hint: 'Did you mean timeout?' }),
    );
  });

  test('asks for outcomes where a row has none', () => {
    expect(() => outcomeFromRow({ query: 'x' }, WHERE)).toThrow(
      'outcomes.jsonl:17: expected the key outcomes or scores, got neither.',
    );
  });
});
