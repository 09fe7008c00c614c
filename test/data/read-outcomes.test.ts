// Outcome files: the order of the models, the meta file beside them, what is counted and what is refused.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { metaPathOf, readOutcomes } from '../../src/data/read-outcomes.js';
import { temporaryFolder } from '../temporary-folder.js';

const folder = temporaryFolder();
const jsonl = (...rows: unknown[]) => rows.map((row) => JSON.stringify(row)).join('\n');
const rows = jsonl(
  { query: 'a', scores: { b: 1 } },
  { query: 'a', scores: { z: 0 } },
  { query: 'c', scores: { a: 0, b: 1 } },
);

describe('readOutcomes', () => {
  test('lists models in order of first appearance and keeps the first of equal ids', async () => {
    const { rows: read, ...rest } = await readOutcomes(folder.write('outcomes.jsonl', rows));
    expect(read.map(({ query, outcomes }) => [query.query, outcomes])).toEqual([
      ['a', { b: { quality: 1, status: 'ok' } }],
      ['c', { a: { quality: 0, status: 'ok' }, b: { quality: 1, status: 'ok' } }],
    ]);
    expect(rest).toEqual({ models: ['b', 'a'], duplicateIds: 1, sameText: 0, unknownCategories: 0 });
  });

  test('takes the order from the meta file, and keeps a model that has no cell', async () => {
    const path = folder.write('with-meta.jsonl', rows);
    folder.write('with-meta.meta.json', JSON.stringify({ format: 'vsr.outcomes/1', models: ['silent', 'a'] }));
    expect((await readOutcomes(path)).models).toEqual(['silent', 'a', 'b']);
  });

  test.each([
    ['{}', ': format must be "vsr.outcomes/1", got nothing.'],
    ['{"format":"vsr.outcomes/2"}', ': format must be "vsr.outcomes/1", got "vsr.outcomes/2".'],
    ['{"format":"vsr.outcomes/1","models":"a"}', ': models must be a list of texts, got "a".'],
    ['[]', ': the file must be a JSON object, got [].'],
    ['', ' is empty: expected JSON.'],
  ])('refuses the meta file %s', async (contents, sentence) => {
    const path = folder.write('broken-meta.jsonl', rows);
    const meta = folder.write('broken-meta.meta.json', contents);
    await expect(readOutcomes(path)).rejects.toMatchObject({ code: 'VSR_DATA', message: `${meta}${sentence}` });
  });

  test('refuses a file in which no model has an outcome', async () => {
    const path = folder.write('no-models.jsonl', jsonl({ query: 'a', scores: {} }));
    await expect(readOutcomes(path)).rejects.toMatchObject({
      code: 'VSR_DATA',
      message: `${path}: expected outcomes of at least one model, got none in 1 rows.`,
    });
  });

  test('names file and line of a bad row', async () => {
    const path = folder.write('bad.jsonl', jsonl({ query: 'a', scores: { a: 1 } }, { query: 'b', scores: { a: 2 } }));
    await expect(readOutcomes(path)).rejects.toThrow(`${path}:2: scores.a must be in [0, 1], got 2.`);
  });

  test('refuses a directory', async () => {
    const path = join(folder.path, 'directory.jsonl');
    mkdirSync(path);
    await expect(readOutcomes(path)).rejects.toMatchObject({ code: 'VSR_FILE' });
  });
});

test('the meta file lies beside the outcomes', () => {
  expect(metaPathOf('runs/outcomes.jsonl')).toBe('runs/outcomes.meta.json');
  expect(metaPathOf('runs/x')).toBe('runs/x.meta.json');
});
