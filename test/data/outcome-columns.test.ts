// Columns of outcomes: what is read row by row stands in them as it stood in the file, however rows and models arrive.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bundledFile } from '../../src/data/bundled.js';
import { OutcomeColumns } from '../../src/data/outcome-columns.js';
import { outcomeFromRow } from '../../src/data/outcome-row.js';
import { readOutcomeColumns, readOutcomes } from '../../src/data/read-outcomes.js';
import { seededRandom } from '../../src/math/random.js';
import { temporaryFolder } from '../temporary-folder.js';

const folder = temporaryFolder();
const NUMBERS = ['quality', 'latency', 'cost', 'inputTokens', 'outputTokens'] as const;

/** 300 rows over up to 40 models that appear one after another, with holes. */
function ragged() {
  const random = seededRandom(3);
  return Array.from({ length: 300 }, (_, i) => {
    const models = Array.from({ length: 1 + Math.floor((40 * i) / 300) }, (_, m) => `m${m}`);
    const cells = random
      .shuffle(models)
      .filter(() => random.uniform() < 0.7)
      .map((model) => [
        model,
        {
          quality: random.uniform() < 0.2 ? null : random.uniform(),
          ...(random.uniform() < 0.5 && { latency: random.int(1000), cost: random.uniform() }),
          ...(random.uniform() < 0.5 && { inputTokens: random.int(99), outputTokens: random.int(99) }),
        },
      ]);
    return outcomeFromRow({ id: `q${i}`, query: `question ${i}`, outcomes: Object.fromEntries(cells) }, `row ${i}`);
  });
}

function filled(rows: ReturnType<typeof ragged>, expectedRows?: () => number): OutcomeColumns {
  const columns = new OutcomeColumns(['first'], expectedRows);
  for (const row of rows) columns.add(row);
  return columns;
}

describe('OutcomeColumns', () => {
  test.each([
    ['every row, in the order of the models', (n: number) => [...Array(n).keys()], undefined],
    ['some rows', (n: number) => [...Array(n).keys()].filter((i) => i % 3 > 0), undefined],
    ['few rows', (n: number) => [2, n - 1], undefined],
    ['other columns, one of them unknown', (n: number) => [...Array(n).keys()], ['m7', 'nobody', 'm0', 'm30']],
  ])('give back what was added: %s', (_, rowsOf, asked) => {
    const rows = ragged();
    for (const expectedRows of [undefined, () => 1000, () => rows.length]) {
      const columns = filled(rows, expectedRows);
      const taken = Int32Array.from(rowsOf(rows.length));
      const models = asked ?? columns.models;
      const table = columns.take(taken, models);
      expect(table.queries.map(({ id }) => id)).toEqual(Array.from(taken, (row) => `q${row}`));
      for (const name of NUMBERS) {
        const expected = Array.from(taken).flatMap((row) =>
          models.map((model) => rows[row]!.outcomes[model]?.[name] ?? Number.NaN),
        );
        expect(table[name]).toMatchObject({ rows: taken.length, cols: models.length });
        expect([...table[name].data]).toEqual(expected);
      }
    }
  });

  test('know which models have a score among some rows, and set scores of models that were never asked', () => {
    const columns = filled(ragged());
    expect(columns.models[0]).toBe('first');
    expect(columns.scored(Int32Array.of(0, 1))).not.toContain('m39');
    expect(columns.scored(Int32Array.from(columns.queries.keys()))).toContain('m39');
    columns.setQuality(1, 'late', 0.5);
    expect([columns.quality(1, 'late'), columns.quality(0, 'late'), columns.quality(0, 'never')]).toEqual([
      0.5,
      Number.NaN,
      Number.NaN,
    ]);
    expect(columns.scored(Int32Array.of(1))).toContain('late');
  });

  test('keep counts in 32 bits as long as none would be rounded', () => {
    const rows = [100, 16_777_216, 16_777_217, 0.1].map((inputTokens, i) =>
      outcomeFromRow({ query: `q${i}`, outcomes: { a: { quality: 1, inputTokens, outputTokens: 7 } } }, 'here'),
    );
    const tokens = (n: number) => {
      const { inputTokens, outputTokens } = filled(rows.slice(0, n)).take([...Array(n).keys()], ['a']);
      return [inputTokens.data, outputTokens.data];
    };
    expect(tokens(2)).toEqual([Float32Array.of(100, 16_777_216), Float32Array.of(7, 7)]);
    expect(tokens(4)).toEqual([Float64Array.of(100, 16_777_216, 16_777_217, 0.1), Float32Array.of(7, 7, 7, 7)]);
  });

  test('count repeated, changed and unreadable answers of the rows asked for', () => {
    const cell = (quality: number | null, more = {}) => ({ quality, ...more });
    const rows = [
      { a: cell(1, { repeats: [1, 1] }), b: cell(0.5, { repeats: [0, 1] }), c: cell(0, { flags: ['unparsed'] }) },
      { a: cell(null, { repeats: [0, 1], flags: ['unparsed'] }), b: cell(1, { repeats: [1] }) },
    ].map((outcomes, i) => outcomeFromRow({ query: `q${i}`, outcomes }, 'here'));
    const columns = filled(rows);
    expect(columns.audit([0])).toEqual({ scored: 3, repeated: 2, changed: 1, unparsed: 1 });
    expect(columns.audit([0, 1])).toEqual({ scored: 4, repeated: 2, changed: 1, unparsed: 1 });
    columns.setQuality(1, 'a', 1);
    expect(columns.audit([1])).toEqual({ scored: 2, repeated: 1, changed: 1, unparsed: 1 });
  });
});

describe('readOutcomeColumns', () => {
  test('holds of the bundled example what its rows hold, and the hash of the file', async () => {
    const path = bundledFile('example/outcomes.jsonl');
    const { rows, models, ...counts } = await readOutcomes(path);
    const { columns, sha256, ...counted } = await readOutcomeColumns(path);
    expect([counted, columns.models]).toEqual([counts, models]);
    expect(sha256).toBe(createHash('sha256').update(readFileSync(path)).digest('hex'));
    const forgotten = { groundTruth: null, metric: null, choices: null, extra: {} };
    expect(columns.queries).toEqual(rows.map(({ query }) => ({ ...query, ...forgotten })));
    expect(rows.map((row, i) => models.every((m) => columns.quality(i, m) === row.outcomes[m]!.quality))).not.toContain(
      false,
    );
  });

  test('refuses an id that stands twice with different truths or choices, and takes the first of equal rows', async () => {
    const line = (more: object) => JSON.stringify({ id: 'x', query: 'q?', scores: { a: 1 }, ...more });
    const read = (...lines: string[]) => readOutcomeColumns(folder.write('twice.jsonl', lines.join('\n')));
    const path = `${folder.path}/twice.jsonl`;
    for (const other of [{ ground_truth: 'B' }, { ground_truth: 'A', choices: ['1', '2'] }, { query: 'r?' }]) {
      await expect(read(line({ ground_truth: 'A' }), '', line(other))).rejects.toThrow(
        `${path}:3: id "x" stands at ${path}:1 too, with another query or truth.`,
      );
    }
    const { columns, duplicateIds } = await read(
      line({ ground_truth: 'A' }),
      line({ ground_truth: 'A', scores: { a: 0 } }),
    );
    expect([duplicateIds, columns.queries.length, columns.quality(0, 'a')]).toEqual([1, 1, 1]);
  });
});
