// Proof that the recorded provider and the scorers agree: every cell of the bundled example is played back through both.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRecordedProvider, type RecordedOutcome } from '../../src/providers/recorded/recorded-provider.js';
import { resolveScorer } from '../../src/scoring/registry.js';
import { type ScoredCompletion, scoreCompletion } from '../../src/scoring/score-completion.js';

interface Row {
  query: string;
  metric: string;
  ground_truth: string;
  choices: RecordedOutcome['choices'];
  scores: Record<string, number>;
}

const rows = readFileSync(join(import.meta.dirname, '../../data/example/outcomes.jsonl'), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as Row);

interface Cell {
  row: Row;
  text: string;
  recorded: number;
  scored: ScoredCompletion;
}

const cells = await playAll();

/** Every row for every model: asked of the provider, the reply scored. */
async function playAll(): Promise<Cell[]> {
  const played: Cell[] = [];
  const provider = createRecordedProvider({
    lookup: (queryId, alias) => {
      const row = rows[Number(queryId)]!;
      const { query, metric, ground_truth: groundTruth, choices } = row;
      return { query, metric, groundTruth, choices, quality: row.scores[alias]! };
    },
  });
  const call = { model: 'any', images: [], maxTokens: 1024, temperature: 0 };
  for (const [i, row] of rows.entries()) {
    const { metric, ground_truth: groundTruth, choices } = row;
    const scorer = await resolveScorer({ metric, hasChoices: choices !== null, groundTruth }, `row ${i}`);
    for (const [alias, recorded] of Object.entries(row.scores)) {
      const completion = await provider.complete({ ...call, queryId: String(i), alias, prompt: row.query });
      const scored = scoreCompletion({ completion, scorer, groundTruth, choices, where: `row ${i}` });
      played.push({ row, text: completion.text, recorded, scored });
    }
  }
  return played;
}

test('there are 5,989 rows of nine models', () => {
  expect([rows.length, cells.length]).toEqual([5_608 + 381, 9 * (5_608 + 381)]);
});

test('every cell scores what was recorded', () => {
  const wrong = cells.filter(({ recorded, scored }) => !(Math.abs(scored.quality! - recorded) <= 1e-9));
  expect(
    wrong.map(({ row, text, recorded, scored }) => [row.metric, row.ground_truth, text, recorded, scored]),
  ).toEqual([]);
});

test('only code needs the recorded quality itself', () => {
  const carried = cells.filter(({ scored }) => scored.flags.includes('recorded'));
  const codeRows = rows.filter((row) => row.metric === 'code_eval').length;
  expect(carried.length).toBe(9 * codeRows);
  expect(new Set(carried.map(({ row }) => row.metric))).toEqual(new Set(['code_eval']));
});

test('every reply counts as an answer: none looks empty, refused or cut', () => {
  expect(new Set(cells.map(({ scored }) => scored.status))).toEqual(new Set(['ok']));
});

test('the texts differ from query to query and from model to model', () => {
  const played = cells.filter(({ row }) => row.metric === 'em_mc').map(({ text }) => text);
  expect(new Set(played).size).toBeGreaterThan(500);
});
