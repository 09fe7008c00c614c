// Which scorer a row gets, and how a wrong name is refused.
import { describe, expect, test } from 'vitest';
import { VsrError } from '../../src/errors/vsr-error.js';
import { loadScorer, resolveScorer, SCORER_NAMES, type ScoredRow, scorerName } from '../../src/scoring/registry.js';

const row = (fields: Partial<ScoredRow>): ScoredRow => ({
  metric: null,
  hasChoices: false,
  groundTruth: 'a truth',
  ...fields,
});

describe('the scorer of a row', () => {
  test.each<[Partial<ScoredRow>, string]>([
    [{ metric: 'em_mc', hasChoices: true }, 'multiple-choice'],
    [{ metric: 'em_mc' }, 'multiple-choice'],
    [{ metric: 'f1', hasChoices: true }, 'multiple-choice'],
    [{ hasChoices: true }, 'multiple-choice'],
    [{ metric: 'GSM8K' }, 'numeric'],
    [{ metric: 'numeric' }, 'numeric'],
    [{ metric: 'MATH' }, 'math'],
    [{ metric: 'f1_score' }, 'f1'],
    [{ metric: 'f1' }, 'f1'],
    [{ metric: 'em' }, 'exact'],
    [{ metric: 'exact' }, 'exact'],
    [{ metric: 'cem' }, 'contains'],
    [{ metric: 'contains' }, 'contains'],
    [{ metric: 'cemf1' }, 'cemf1'],
    [{ metric: 'code_eval' }, 'code'],
    [{ metric: 'commongen_coverage' }, 'coverage'],
    [{ metric: 'llm_judge', groundTruth: null }, 'judge'],
    [{ metric: 'none', groundTruth: '42' }, 'numeric'],
    [{ groundTruth: ['-1,234.5', '50%'] }, 'numeric'],
    [{ groundTruth: '42 dogs' }, 'f1'],
    [{ groundTruth: null }, 'unscored'],
    [{ groundTruth: [] }, 'unscored'],
    [{ metric: 'f1', groundTruth: ' ' }, 'unscored'],
    [{ groundTruth: '1,2' }, 'f1'],
    [{ metric: 'em_mc', hasChoices: true, groundTruth: null }, 'unscored'],
    [{ metric: 'f1', override: 'cem' }, 'contains'],
    [{ metric: 'no such metric', hasChoices: true, override: 'exact' }, 'exact'],
  ])('%j: %s', (fields, name) => {
    expect(scorerName(row(fields), 'queries.jsonl:1')).toBe(name);
  });
});

test('an unknown metric is refused with the row and the nearest known name', async () => {
  const error: VsrError = await resolveScorer(row({ metric: 'f1_scor' }), 'queries.jsonl:17').catch((e) => e);
  expect(error).toBeInstanceOf(VsrError);
  expect([error.code, error.message, error.hint]).toEqual([
    'VSR_SCORER_UNKNOWN',
    'queries.jsonl:17: metric must name a scorer, got "f1_scor".',
    'Did you mean f1_score?',
  ]);
  expect(() => scorerName(row({ override: '__proto__' }), '--scorer mmlu')).toThrow(
    '--scorer mmlu: scorer must name a scorer, got "__proto__".',
  );
});

test('a scorer is loaded once', async () => {
  for (const name of SCORER_NAMES) expect(await loadScorer(name)).toBe(await loadScorer(name));
});

test('rows that nothing can score here say why', async () => {
  const input = {
    answer: 'x',
    groundTruth: '',
    choices: null,
    finishReason: 'stop',
    options: { numericTolerance: 1 },
  } as const;
  const rules = [];
  for (const name of ['code', 'judge', 'unscored'] as const) {
    const { quality, rule } = (await loadScorer(name)).score(input);
    rules.push([quality, rule]);
  }
  expect(rules).toEqual([
    [null, 'code execution is not available'],
    [null, 'no judge is available'],
    [null, 'no ground truth'],
  ]);
});
