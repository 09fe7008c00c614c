// The whole benchmark against a server on the loopback: what is asked, resumed, refused, written and summed up.
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { configSchema } from '../../src/config/schema.js';
import { readOutcomes } from '../../src/data/read-outcomes.js';
import { type BenchmarkRun, benchmark, dryRunBenchmark } from '../../src/pipelines/benchmark.js';
import type { PipelineContext } from '../../src/pipelines/context.js';
import { loopbackServer, type Scripted } from '../http/loopback-server.js';
import { temporaryFolder } from '../temporary-folder.js';

const server = await loopbackServer();
const folder = temporaryFolder();

const QUERIES = [
  { id: 'q1', query: '2 + 2?', metric: 'numeric', ground_truth: '4', task_name: 'sums' },
  { id: 'q2', query: '3 + 3?', metric: 'numeric', ground_truth: '6', task_name: 'sums' },
  { id: 'q3', query: 'Capital of France?', metric: 'exact', ground_truth: 'Paris', task_name: 'facts', own: [1] },
];

type Section = Record<string, unknown>;

/** A project in a folder of its own: queries, two models at the loopback with prices for one. */
function project(changes: { benchmark?: Section; models?: Section; queries?: object[]; endpoint?: Section } = {}) {
  const path = mkdtempSync(join(folder.path, 'project-'));
  const queries = join(path, 'queries.jsonl');
  writeFileSync(queries, (changes.queries ?? QUERIES).map((row) => `${JSON.stringify(row)}\n`).join(''));
  const output = join(path, 'outcomes.jsonl');
  const config = configSchema.parse({
    vllmEndpoints: [{ name: 'local', type: 'openai-compatible', baseUrl: `${server.origin}/v1`, ...changes.endpoint }],
    modelConfig: changes.models ?? { small: { pricing: { promptPer_1m: 1, completionPer_1m: 2 } }, large: {} },
    benchmark: { dataFile: queries, output, ...changes.benchmark },
  });
  return { path, config, output, read: (name: string) => readFileSync(join(path, name), 'utf8') };
}

/** A context that remembers what it was told. */
function listening(signal?: AbortSignal) {
  const said: string[] = [];
  const progress: string[] = [];
  const context: PipelineContext = {
    ...(signal && { signal }),
    onNotice: (sentence) => said.push(sentence),
    onWarning: (sentence) => said.push(sentence),
    onProgress: ({ stage, done, total, detail }) => progress.push(`${stage} ${done}/${total} ${detail ?? ''}`.trim()),
  };
  return { said, progress, context };
}

const noWaits: BenchmarkRun = { wait: async () => {} };
const run = (config: ReturnType<typeof project>['config'], more: BenchmarkRun = {}) =>
  benchmark(config, listening().context, { ...noWaits, ...more });

/** Right on sums and on Paris for `large`; `small` says 4 to everything. */
const answers: Scripted = ({ body }) => {
  const { model, messages } = JSON.parse(body);
  const text: string = messages.at(-1).content;
  const right = text.includes('2 + 2') ? '#### 4' : text.includes('3 + 3') ? '#### 6' : 'Paris';
  return completion(model === 'large' ? right : '4');
};

function completion(content: string) {
  const message = { role: 'assistant', content };
  const usage = { prompt_tokens: 100, completion_tokens: 10 };
  return { body: JSON.stringify({ choices: [{ message, finish_reason: 'stop' }], usage }) };
}

const cells = async (output: string) =>
  Object.fromEntries((await readOutcomes(output)).rows.map(({ query, outcomes }) => [query.id, outcomes]));

describe('a run', () => {
  test('writes rows in the order of the queries, with what it took, and sums it up', async () => {
    server.script(answers);
    const { config, output, read } = project();
    const { progress, context } = listening();
    const result = await benchmark(config, context, noWaits);

    const rows = read('outcomes.jsonl')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const latency = expect.any(Number);
    const priced = { latency, inputTokens: 100, outputTokens: 10, cost: (100 * 1 + 10 * 2) / 1e6 };
    const unpriced = { latency, inputTokens: 100, outputTokens: 10, cost: null };
    const ok = { status: 'ok' };
    expect(rows).toEqual([
      {
        ...QUERIES[0],
        outcomes: {
          small: { quality: 1, ...ok, ...priced, extracted: '4' },
          large: { quality: 1, ...ok, ...unpriced, extracted: '4' },
        },
      },
      {
        ...QUERIES[1],
        outcomes: {
          small: { quality: 0, ...ok, ...priced, extracted: '4' },
          large: { quality: 1, ...ok, ...unpriced, extracted: '6' },
        },
      },
      {
        ...QUERIES[2],
        outcomes: {
          small: { quality: 0, ...ok, ...priced },
          large: { quality: 1, ...ok, ...unpriced, extracted: 'paris' },
        },
      },
    ]);
    expect(JSON.parse(read('outcomes.meta.json'))).toMatchObject({
      format: 'vsr.outcomes/1',
      models: ['small', 'large'],
      seed: 42,
      example: false,
      prices: { small: { inputPrice: 1, outputPrice: 2 }, large: { inputPrice: null, outputPrice: null } },
    });
    expect(read('responses.jsonl').split('\n')[3]).toBe(
      '{"id":"q2","model":"large","response":"#### 6","finishReason":"stop"}',
    );
    expect(readdirSync(join(output, '..')).sort()).toEqual([
      'outcomes.jsonl',
      'outcomes.jsonl.journal',
      'outcomes.meta.json',
      'queries.jsonl',
      'responses.jsonl',
    ]);
    expect(result).toMatchObject({ output, queries: 3, calls: 6, present: 6, skipped: 0, gate: null });
    expect(result.cost).toBeCloseTo((3 * 120) / 1e6, 12);
    expect(
      result.models.map(({ model, quality, cost, missing, unparsed }) => [
        model,
        quality?.mean,
        cost,
        missing,
        unparsed,
      ]),
    ).toEqual([
      ['small', 1 / 3, expect.closeTo(0.00036, 12), 0, 0],
      ['large', 1, null, 0, 0],
    ]);
    expect(progress[0]).toBe('benchmark 0/6');
    expect(progress.at(-1)).toBe('benchmark 6/6 $0.0004');
  });
  test('with the same command makes no call again and gives the same bytes', async () => {
    server.script(answers);
    const { config, read } = project();
    await run(config);
    const before = ['outcomes.jsonl', 'outcomes.meta.json', 'responses.jsonl', 'outcomes.jsonl.journal'].map(read);
    server.script(answers);
    const { said, context } = listening();
    const result = await benchmark(config, context, noWaits);
    expect([server.asked.length, result.skipped]).toEqual([0, 6]);
    expect(said).toEqual([
      expect.stringMatching(/^6 of 6 calls were made before .* and are skipped; --fresh starts over\.$/),
    ]);
    expect(['outcomes.jsonl', 'outcomes.meta.json', 'responses.jsonl', 'outcomes.jsonl.journal'].map(read)).toEqual(
      before,
    );
  });
  test('asks only what is new: another model, another limit, another setting', async () => {
    const { config } = project();
    const asked = async (changes: Section) => {
      server.script(answers);
      await run({ ...config, benchmark: { ...config.benchmark, ...changes } });
      return server.asked.length;
    };
    expect(await asked({ models: ['small'] })).toBe(3);
    expect(await asked({})).toBe(3);
    expect(await asked({ queryLimit: 2 })).toBe(0);
    expect(await asked({ temperature: 0.5 })).toBe(6);
    expect(await asked({ maxTokens: 5 })).toBe(6);
    expect(await asked({ fresh: true })).toBe(6);
  });
  test('of a limited sample asks every task in proportion, each query once', async () => {
    server.script(answers);
    const { config, output } = project({ benchmark: { queryLimit: 2 } });
    await run(config);
    const outcomes = await cells(output);
    expect(Object.keys(outcomes)).toHaveLength(2);
    expect(server.asked).toHaveLength(4);
  });
  test('asks in an order that the seed alone decides', async () => {
    const order = async (seed: number) => {
      server.script(answers);
      const { config } = project({
        queries: Array.from({ length: 12 }, (_, i) => ({ id: `q${i}`, query: `${i}?`, ground_truth: '4' })),
      });
      await run({ ...config, seed });
      return server.asked.map(({ body }) => JSON.parse(body).messages[0].content.split('?')[0]).join(' ');
    };
    const first = await order(1);
    expect(await order(1)).toBe(first);
    expect(await order(2)).not.toBe(first);
  });
});

describe('settings', () => {
  const sent = () => JSON.parse(server.asked[0]!.body);
  test('of a model win over the defaults, and a given flag over both', async () => {
    const models = {
      small: {
        maxTokens: 7,
        temperature: 0.3,
        systemPrompt: 'Be brief.',
        externalModelIds: { 'openai-compatible': 'small-1' },
      },
    };
    const own = project({ models });
    server.script(answers);
    await run(own.config);
    expect(sent()).toMatchObject({
      model: 'small-1',
      max_tokens: 7,
      temperature: 0.3,
      messages: [{ role: 'system', content: 'Be brief.' }, {}],
    });
    const given = project({ models, benchmark: { maxTokens: 9 } });
    server.script(answers);
    await run(given.config, { givenFlags: ['--max-tokens'] });
    expect(sent()).toMatchObject({ max_tokens: 9, temperature: 0.3 });
  });
  test('a connection that fails goes on at the next endpoint', async () => {
    server.script(answers);
    const { config } = project();
    const dead = {
      ...config.vllmEndpoints[0]!,
      name: 'dead',
      baseUrl: 'http://127.0.0.1:1/v1',
      weight: 1e9,
      maxRetries: 0,
    };
    const result = await run({ ...config, vllmEndpoints: [...config.vllmEndpoints, dead] });
    expect([result.present, server.asked.length]).toEqual([6, 6]);
  });
});

describe('calls that fail', () => {
  const failing = (status: number): Scripted => ({ status, body: '{"error":{"message":"no"}}' });
  test('are missing cells, never zeros, and a gate', async () => {
    server.script(failing(500));
    const { config, output } = project({ models: { small: {} }, endpoint: { maxRetries: 1 } });
    const result = await run(config);
    expect((await cells(output)).q1).toEqual({
      small: { quality: null, status: 'server_error', attempts: 2, error: 'HTTP 500: no' },
    });
    expect(result.models[0]).toMatchObject({ present: 0, quality: null, missing: 1, failures: { server_error: 3 } });
    expect(result.gate).toBe('More calls failed than --max-missing allows (5 %): small 100.0 %.');
  });
  test('are asked again only if that is wished', async () => {
    server.script(failing(500));
    const { config } = project({ models: { small: {} }, endpoint: { maxRetries: 0 } });
    await run(config);
    server.script(answers);
    const { said, context } = listening();
    await benchmark(config, context, noWaits);
    expect(server.asked).toHaveLength(0);
    expect(said[1]).toBe('3 of these failed; --retry-failed asks them again.');
    const result = await run({ ...config, benchmark: { ...config.benchmark, retryFailed: true } });
    expect([server.asked.length, result.present]).toEqual([3, 3]);
  });
  test('with a refused key three times in a row end that model, not the others; the rest is left for the next run', async () => {
    const queries = Array.from({ length: 8 }, (_, i) => ({ id: `q${i}`, query: `${i}?`, ground_truth: '4' }));
    const perModel: Scripted = (asked) =>
      JSON.parse(asked.body).model === 'large' ? { status: 401, body: '{"error":{"message":"no"}}' } : completion('4');
    server.script(perModel);
    const { config, output } = project({ queries });
    const result = await run(config);
    expect(server.asked.filter(({ body }) => JSON.parse(body).model === 'large')).toHaveLength(3);
    expect(result.models[1]!.failures).toEqual({ auth: 3, skipped: 5 });
    expect(result.models[0]!.present).toBe(8);
    expect(Object.values(await cells(output)).filter(({ large }) => large!.status === 'skipped')).toHaveLength(5);
    server.script(answers);
    await run(config);
    expect(server.asked).toHaveLength(5);
  });
  test('rows that nothing can score are asked, missing, and no failure', async () => {
    server.script(answers);
    const { config, output } = project({ models: { small: {} }, queries: [{ id: 'q', query: 'Sing.' }, QUERIES[0]!] });
    const result = await run(config);
    expect((await cells(output)).q!.small).toMatchObject({ quality: null, status: 'unscored' });
    expect([result.models[0]!.missing, result.models[0]!.unscored, result.gate]).toEqual([0.5, 0.5, null]);
  });
});

describe('Ctrl-C', () => {
  test('saves what is finished, says so, and the next run goes on to the same bytes', async () => {
    const queries = Array.from({ length: 10 }, (_, i) => ({ id: `q${i}`, query: `${i}?`, ground_truth: '4' }));
    const whole = project({ queries, models: { small: {} } });
    const steady: Scripted = () => completion('4');
    server.script(steady);
    await run(whole.config);

    const cut = project({ queries, models: { small: {} } });
    const controller = new AbortController();
    server.script(steady, steady, steady, () => {
      controller.abort();
      return 'silence';
    });
    await expect(benchmark(cut.config, listening(controller.signal).context, noWaits)).rejects.toMatchObject({
      code: 'VSR_ABORTED',
      exitCode: 130,
      message: `Interrupted after 3 of 10 calls; all of them are saved beside ${cut.output}.`,
    });
    expect(Object.values(await cells(cut.output)).map(({ small }) => small!.quality)).toEqual([1, 1, 1]);
    expect(existsSync(`${cut.output}.journal.lock`)).toBe(false);
    server.script(steady);
    const result = await run(cut.config);
    expect([result.skipped, server.asked.length]).toEqual([3, 7]);
    const withoutLatency = (text: string) => text.replace(/"latency":[\d.]+/g, '"latency":0');
    expect(withoutLatency(cut.read('outcomes.jsonl'))).toBe(withoutLatency(whole.read('outcomes.jsonl')));
    expect(cut.read('responses.jsonl')).toBe(whole.read('responses.jsonl'));
    expect(cut.read('outcomes.meta.json')).toBe(whole.read('outcomes.meta.json'));
  });
});

describe('a dry run', () => {
  test('counts calls, tokens and dollars, sends nothing and writes nothing', async () => {
    server.script(answers);
    const { config, path } = project({
      models: { small: { pricing: { promptPer_1m: 1, completionPer_1m: 2 }, maxTokens: 500 } },
    });
    const dry = await dryRunBenchmark(config, listening().context);
    const prompts = [
      '2 + 2?\n\nEnd with the final number on a line of its own, like #### 42.',
      '3 + 3?\n\nEnd with the final number on a line of its own, like #### 42.',
      'Capital of France?\n\nAnswer in a few words.',
    ];
    const inputTokens = prompts.reduce((sum, prompt) => sum + Math.ceil(prompt.length / 4), 0);
    // Nothing tells how fast it writes: half a second and 50 tokens a second.
    expect(dry).toMatchObject({
      calls: 3,
      skipped: 0,
      seconds: expect.closeTo(3 * (0.5 + 256 / 50), 9),
      worstSeconds: expect.closeTo(3 * (0.5 + 500 / 50), 9),
      secondsAssumed: true,
      unpriced: [],
      judge: null,
    });
    expect(dry.models).toEqual([
      {
        model: 'small',
        calls: 3,
        inputTokens,
        expectedOutputTokens: 3 * 256,
        worstOutputTokens: 3 * 500,
        expectedCost: expect.closeTo((inputTokens + 2 * 768) / 1e6, 12),
        worstCost: expect.closeTo((inputTokens + 2 * 1500) / 1e6, 12),
        paid: true,
      },
    ]);
    expect([server.asked.length, readdirSync(path)]).toEqual([0, ['queries.jsonl']]);
  });
  test('takes the length and the time of answers from earlier calls, and counts only what is left', async () => {
    server.script(answers);
    const { config } = project({ benchmark: { queryLimit: 2 } });
    await run(config);
    const dry = await dryRunBenchmark(
      { ...config, benchmark: { ...config.benchmark, queryLimit: 0 } },
      listening().context,
    );
    expect(dry).toMatchObject({
      calls: 2,
      skipped: 4,
      expectedCost: null,
      worstCost: null,
      unpriced: ['large'],
      seconds: expect.any(Number),
      secondsAssumed: false,
    });
    expect(dry.models.map(({ expectedOutputTokens }) => expectedOutputTokens)).toEqual([10, 10]);
  });
});

describe('bad input is refused before a call', () => {
  const refusal = async (changes: Parameters<typeof project>[0], expected: object) => {
    server.script(answers);
    const { config, path } = project(changes);
    await expect(run(config)).rejects.toMatchObject(expected);
    expect(server.asked).toHaveLength(0);
    expect(readdirSync(path)).toEqual(['queries.jsonl']);
  };
  test('an unknown model, with the nearest', () =>
    refusal({ benchmark: { models: ['smal'] } }, { code: 'VSR_MODEL_UNKNOWN', hint: 'Did you mean small?' }));
  test('an unknown metric, with the row', () =>
    refusal(
      { queries: [{ ...QUERIES[0], metric: 'numerik' }] },
      { code: 'VSR_SCORER_UNKNOWN', message: expect.stringMatching(/queries\.jsonl:1: metric must name a scorer/) },
    ));
  test('a truth that its scorer cannot read, with the row', () =>
    refusal(
      { queries: [QUERIES[1]!, { ...QUERIES[0], ground_truth: 'four' }] },
      {
        code: 'VSR_DATA',
        message: expect.stringMatching(/queries\.jsonl:2: ground_truth: expected exactly one number/),
      },
    ));
  test('no model at all', () => refusal({ models: {} }, { code: 'VSR_CONFIG' }));
  test('an endpoint without an address', () =>
    refusal(
      { endpoint: { baseUrl: undefined } },
      { code: 'VSR_CONFIG', message: 'Endpoint local has neither base_url nor address.' },
    ));
  test('an output in a folder that is not there', () =>
    refusal(
      { benchmark: { output: '/nowhere/outcomes.jsonl' } },
      {
        code: 'VSR_FILE',
        message: '/nowhere/outcomes.jsonl cannot be written: its folder does not exist.',
      },
    ));
  test('an output that is a directory', () =>
    refusal(
      { benchmark: { output: folder.path } },
      { code: 'VSR_FILE', message: `${folder.path} cannot be written: it is a directory.` },
    ));
  test('an output over the queries', async () => {
    const { config, path } = project();
    const output = join(path, 'queries.jsonl');
    await expect(run({ ...config, benchmark: { ...config.benchmark, output } })).rejects.toMatchObject({
      code: 'VSR_USAGE',
      message: `--output ${output} would overwrite the queries in ${output}.`,
    });
  });
  test('a key that is not set', async () => {
    server.script(answers);
    const { config } = project();
    const missingKeys = [{ path: ['vllmEndpoints', 0, 'apiKey'], variable: 'TEAM_KEY' }];
    await expect(run(config, { missingKeys })).rejects.toMatchObject({ code: 'VSR_API_KEY_MISSING' });
    expect(server.asked).toHaveLength(0);
  });
  test('outcomes that no run of this kind wrote are not replaced unasked', async () => {
    server.script(answers);
    const { config, output, read } = project();
    writeFileSync(output, 'mine\n');
    await expect(run(config)).rejects.toMatchObject({
      code: 'VSR_FILE',
      hint: 'Choose another --output, or replace it with --fresh.',
    });
    expect([read('outcomes.jsonl'), server.asked.length]).toEqual(['mine\n', 0]);
    await run({ ...config, benchmark: { ...config.benchmark, fresh: true } });
    expect(read('outcomes.jsonl')).toContain('"q1"');
  });
});
