// The benchmark without a network: outcomes that are there already are played back through the real scorers.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { configSchema } from '../../src/config/schema.js';
import { bundledFile } from '../../src/data/bundled.js';
import { readOutcomes } from '../../src/data/read-outcomes.js';
import { benchmark, dryRunBenchmark } from '../../src/pipelines/benchmark.js';
import { EXAMPLE_NOTICE } from '../../src/pipelines/sources.js';
import { temporaryFolder } from '../temporary-folder.js';

const folder = temporaryFolder();
const newPath = () => mkdtempSync(join(folder.path, 'project-'));
/** Whatever the network is asked, it must not be. */
const offline = {
  fetch: () => {
    throw new Error('the network was used');
  },
};

function rowsFile(rows: object[], name = 'rows.jsonl'): string {
  const path = join(newPath(), name);
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return path;
}

const ROWS = [
  { id: 'q1', query: 'Which?', metric: 'em_mc', choices: ['x', 'y'], ground_truth: 'A', scores: { a: 1, b: 0 } },
  { id: 'q2', query: 'How many?', metric: 'numeric', ground_truth: '7', scores: { a: 0, b: 1 } },
  { id: 'q3', query: 'Write it.', metric: 'code_eval', ground_truth: "['assert f(1)==1']", scores: { a: 0.5, b: 1 } },
];

describe('the bundled example', () => {
  test('plays nine models back, query by query with the quality they had, at catalogue prices and unknown latency', async () => {
    const said: string[] = [];
    const output = join(newPath(), 'outcomes.jsonl');
    const config = configSchema.parse({ benchmark: { queryLimit: 60, output } });
    const result = await benchmark(config, { onNotice: (sentence) => said.push(sentence) }, offline);
    const recorded = new Map(
      (await readOutcomes(bundledFile('example/outcomes.jsonl'))).rows.map((row) => [row.query.id, row]),
    );
    const { rows, models } = await readOutcomes(output);
    expect([rows.length, models.length, result.present, result.gate]).toEqual([60, 9, 540, null]);
    expect(said).toContain(EXAMPLE_NOTICE);
    for (const { query, outcomes } of rows) {
      const { query: _, outcomes: truth } = recorded.get(query.id)!;
      for (const model of models) {
        const cell = outcomes[model]!;
        expect(cell.quality).toBeCloseTo(truth[model]!.quality!, 9);
        expect([cell.status, cell.latency, cell.cost! > 0]).toEqual(['ok', undefined, true]);
      }
    }
  });
  test('is played the same whatever the concurrency', async () => {
    const read = async (concurrency: number) => {
      const output = join(newPath(), 'outcomes.jsonl');
      await benchmark(configSchema.parse({ benchmark: { queryLimit: 20, output, concurrency } }), {}, offline);
      return (await readOutcomes(output)).rows;
    };
    expect(await read(1)).toEqual(await read(7));
  });
  test('costs nothing to ask: the dry run says so', async () => {
    const config = configSchema.parse({ benchmark: { queryLimit: 10, output: join(newPath(), 'o.jsonl') } });
    const dry = await dryRunBenchmark(config, {});
    expect([dry.calls, dry.models.length, dry.models.some(({ paid }) => paid)]).toEqual([90, 9, false]);
  });
});

describe('a file of scores', () => {
  const play = async (config: object) => {
    const output = join(newPath(), 'answers.jsonl');
    const result = await benchmark(
      configSchema.parse({ ...config, benchmark: { output, ...(config as { benchmark?: object }).benchmark } }),
      {},
      offline,
    );
    const rows = (await readOutcomes(output)).rows;
    return {
      result,
      qualities: rows.map(({ outcomes }) => Object.values(outcomes).map(({ quality }) => quality)),
      rows,
    };
  };
  test('is played back as it is; what no text can earn carries its record and the flag', async () => {
    const { qualities, rows } = await play({ benchmark: { dataFile: rowsFile(ROWS) } });
    expect(qualities).toEqual([
      [1, 0],
      [0, 1],
      [0.5, 1],
    ]);
    expect(rows[2]!.outcomes.a!.flags).toContain('recorded');
  });
  test('may lack outcomes: these cells are missing, and the model is asked on', async () => {
    const sparse = ROWS.map(({ scores, ...row }, i) => ({ ...row, scores: i === 0 ? scores : { a: scores.a } }));
    const more = Array.from({ length: 6 }, (_, i) => ({ ...sparse[1], id: `more${i}`, query: `How many ${i}?` }));
    const last = { ...ROWS[1], id: 'last', query: 'How many at last?' };
    const { qualities, result } = await play({
      benchmark: { dataFile: rowsFile([...sparse, ...more, last]), concurrency: 1 },
    });
    expect(qualities.map(([, b]) => b)).toEqual([0, null, null, null, null, null, null, null, null, 1]);
    expect(result.gate).toBe('More calls failed than --max-missing allows (5 %): b 80.0 %.');
  });
  test('may stand apart from the queries, for models of an endpoint of type recorded', async () => {
    const queries = rowsFile(ROWS.map(({ scores: _, ...row }) => row));
    const { qualities } = await play({
      vllmEndpoints: [{ name: 'tape', type: 'recorded' }],
      modelConfig: { b: {} },
      data: { queries, outcomes: rowsFile(ROWS) },
    });
    expect(qualities).toEqual([[0], [1], [1]]);
  });
  test('is needed by an endpoint of type recorded', async () => {
    const queries = rowsFile(ROWS.map(({ scores: _, ...row }) => row));
    await expect(
      play({ vllmEndpoints: [{ name: 'tape', type: 'recorded' }], modelConfig: { b: {} }, data: { queries } }),
    ).rejects.toMatchObject({
      code: 'VSR_CONFIG',
      message: 'Endpoint tape plays recorded outcomes back, and there are none.',
    });
  });
});

test('queries alone and no model: there is nobody to ask', async () => {
  const queries = rowsFile(ROWS.map(({ scores: _, ...row }) => row));
  const config = configSchema.parse({ data: { queries }, benchmark: { output: join(newPath(), 'o.jsonl') } });
  await expect(benchmark(config, {}, offline)).rejects.toMatchObject({
    code: 'VSR_CONFIG',
    message: `No model is configured, and ${queries} holds no outcomes to play back.`,
  });
});
