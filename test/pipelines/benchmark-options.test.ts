// What money, judges, code and scorers do to a run, against a server on the loopback that counts what it is asked.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { configSchema, type VsrConfig } from '../../src/config/schema.js';
import { readOutcomes } from '../../src/data/read-outcomes.js';
import { takeLock } from '../../src/pipelines/benchmark/lock.js';
import { benchmarkStatus } from '../../src/pipelines/benchmark/status.js';
import { type BenchmarkRun, benchmark, dryRunBenchmark } from '../../src/pipelines/benchmark.js';
import { findSandbox } from '../../src/scoring/code/sandbox.js';
import { loopbackServer, type Scripted } from '../http/loopback-server.js';
import { temporaryFolder } from '../temporary-folder.js';
import { listening } from './toy-project.js';

const server = await loopbackServer();
const folder = temporaryFolder();
const PRICED = { pricing: { promptPer_1m: 0, completionPer_1m: 1000 }, maxTokens: 10 };

type Section = Record<string, unknown>;

function project(sections: { queries: object[]; models: Section; benchmark?: Section; scoring?: Section }) {
  const path = mkdtempSync(join(folder.path, 'project-'));
  const dataFile = join(path, 'queries.jsonl');
  writeFileSync(dataFile, sections.queries.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const config = configSchema.parse({
    vllmEndpoints: [{ name: 'local', type: 'openai-compatible', baseUrl: `${server.origin}/v1` }],
    modelConfig: sections.models,
    benchmark: { dataFile, output: join(path, 'outcomes.jsonl'), ...sections.benchmark },
    scoring: sections.scoring,
  });
  const read = (name: string) => readFileSync(join(path, name), 'utf8');
  return { config, dataFile, output: config.benchmark.output, read };
}
const withBenchmark = (config: VsrConfig, changes: Partial<VsrConfig['benchmark']>): VsrConfig => ({
  ...config,
  benchmark: { ...config.benchmark, ...changes },
});
const noWaits: BenchmarkRun = { wait: async () => {} };
const run = (config: VsrConfig, context = listening()) => benchmark(config, context, noWaits);
const cells = async (output: string) =>
  Object.fromEntries((await readOutcomes(output)).rows.map(({ query, outcomes }) => [query.id, outcomes]));

/** Each reply takes two tokens of a price of a tenth of a cent. */
const says =
  (answer: (prompt: string, model: string) => string): Scripted =>
  ({ body }) => {
    const { model, messages } = JSON.parse(body);
    const message = { role: 'assistant', content: answer(messages.at(-1).content, model) };
    const usage = { prompt_tokens: 1, completion_tokens: 2 };
    return { body: JSON.stringify({ choices: [{ message, finish_reason: 'stop' }], usage }) };
  };
const sums = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    id: `q${i}`,
    query: `${i} + 0?`,
    metric: 'numeric',
    ground_truth: String(i),
  }));
const right = says((prompt) => `#### ${/^\d+/.exec(prompt)![0]}`);

describe('a budget', () => {
  // At worst ten tokens, a cent; really two, a fifth of a cent.
  test('stops before it could be passed, counts what was spent, exits by the gate, and the next run goes on', async () => {
    server.script(right);
    const { config, output } = project({ queries: sums(20), models: { a: PRICED }, benchmark: { budget: 0.02 } });
    const first = await run(config);
    // After n calls 0.002·n is spent, and the next may cost 0.01: 0.002·n + 0.01 ≤ 0.02 for n ≤ 5, so six calls.
    expect([server.asked.length, first.spent, first.gate]).toEqual([
      6,
      expect.closeTo(0.012, 12),
      'The budget of $0.02 was reached: 14 calls were not made. The same command again goes on from there.',
    ]);
    expect(Object.values(await cells(output))).toHaveLength(6);
    const second = await run(config);
    expect([server.asked.length, second.skipped]).toEqual([12, 6]);
    const last = await run(withBenchmark(config, { budget: 100 }));
    expect([server.asked.length, last.present, last.gate, last.cost]).toEqual([20, 20, null, expect.closeTo(0.04, 12)]);
  });
  test('holds with many calls in flight', async () => {
    server.script(right);
    const { config } = project({
      queries: sums(40),
      models: { a: PRICED },
      benchmark: { budget: 0.03, concurrency: 16 },
    });
    const { spent } = await run(config);
    // Up to the last cent, which the next call might have taken whole.
    expect([spent <= 0.03, spent > 0.03 - 0.01]).toEqual([true, true]);
  });
  test('below the cheapest call, or without a price, is refused before any call', async () => {
    server.script(right);
    const small = project({ queries: sums(1), models: { a: PRICED }, benchmark: { budget: 0.009 } });
    await expect(run(small.config)).rejects.toMatchObject({
      code: 'VSR_USAGE',
      message: '--budget $0.009 is below the cheapest call, which may cost up to $0.01.',
    });
    const unpriced = project({ queries: sums(1), models: { a: {} }, benchmark: { budget: 5 } });
    await expect(run(unpriced.config)).rejects.toMatchObject({
      code: 'VSR_CONFIG',
      message: '--budget cannot be kept: the price of a is not known.',
    });
    expect(server.asked).toHaveLength(0);
  });
});

describe('a budget without a price', () => {
  const reporting = (cost: number, content = '#### 0'): Scripted => {
    const usage = { prompt_tokens: 5, completion_tokens: 5, cost };
    return { body: JSON.stringify({ choices: [{ message: { content }, finish_reason: 'stop' }], usage }) };
  };
  const openRouter = (budget: number) => {
    const { config } = project({ queries: sums(20), models: { a: { maxTokens: 10 } }, benchmark: { budget } });
    const vllmEndpoints = [{ ...config.vllmEndpoints[0]!, type: 'openrouter' as const, concurrency: 8 }];
    return { ...config, vllmEndpoints };
  };
  test('is kept by what OpenRouter reports, and that is said', async () => {
    server.script(reporting(1));
    const context = listening();
    const { spent, gate } = await run(openRouter(3), context);
    // 0.1 dollars a token; the second call may take far more tokens than the two dollars that are left would pay.
    expect([server.asked.length, spent, gate]).toEqual([
      1,
      1,
      'The budget of $3 was reached: 19 calls were not made. The same command again goes on from there.',
    ]);
    expect(context.warnings).toEqual([
      '--budget: the price of a is not known, only what OpenRouter reports after each call: the first call of each is made alone, the others are reckoned at the dearest token so far.',
    ]);
  });
  test('counts empty answers that were asked again', async () => {
    server.script(reporting(0.001, ''), reporting(0.001));
    const { spent } = await run(openRouter(100));
    expect([server.asked.length, spent]).toEqual([21, expect.closeTo(0.021, 12)]);
  });
});

describe('--repeat', () => {
  test('asks again, gives each cell its repeats and their mean, and asks only what is new', async () => {
    let asked = 0;
    server.script(says(() => (asked++ % 2 === 0 ? '#### 0' : '#### 9')));
    const { config, output, read } = project({ queries: sums(1), models: { a: {} } });
    await run(config);
    const { calls, present, models } = await run(withBenchmark(config, { repeat: 3 }));
    expect([server.asked.length, calls, present, models[0]!.quality!.n]).toEqual([3, 3, 3, 1]);
    expect((await cells(output)).q0!.a).toMatchObject({ quality: 0.666666666667, repeats: [1, 0, 1] });
    expect(
      read('responses.jsonl')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).repeat),
    ).toEqual([undefined, 1, 2]);
    expect(server.asked.map(({ body }) => JSON.parse(body).seed)).toEqual([42, 43, 44]);
  });
});

test('--until-ci asks a model no more once it is known, and that is no failure', async () => {
  server.script(right);
  const { config, output } = project({ queries: sums(200), models: { a: {} }, benchmark: { untilCi: 0.02 } });
  const { models, gate } = await run(config);
  expect([server.asked.length, models[0]!.spared, models[0]!.missing, gate]).toEqual([93, 107, 0, null]);
  expect(Object.keys(await cells(output))).toHaveLength(93);
});

describe('a prompt longer than the window', () => {
  test('is not sent, counts 0, and another model is asked', async () => {
    server.script(right);
    const queries = [{ id: 'long', query: `1 ${'x'.repeat(400)}`, metric: 'numeric', ground_truth: '1' }];
    const { config, output } = project({ queries, models: { small: { contextWindowSize: 50 }, large: {} } });
    await run(config);
    expect(server.asked.map(({ body }) => JSON.parse(body).model)).toEqual(['large']);
    expect((await cells(output)).long!.small).toMatchObject({ quality: 0, status: 'too_long' });
  });
});

describe('--no-responses and --rescore', () => {
  test('a changed scorer scores what is stored, without a call', async () => {
    server.script(says(() => 'It is 0, surely'));
    const queries = [{ id: 'q', query: 'How much?', task_name: 'sums', metric: 'exact', ground_truth: '0' }];
    const { config, output } = project({ queries, models: { a: {} } });
    await run(config);
    expect((await cells(output)).q!.a!.quality).toBe(0);
    const other = withBenchmark(config, { rescore: true, scorer: { sums: 'numeric' } });
    const { rescored, present } = await run(other);
    expect([server.asked.length, rescored, present]).toEqual([1, 1, 1]);
    expect((await cells(output)).q!.a).toMatchObject({ quality: 1, extracted: '0', inputTokens: 1 });
    expect((await run(other)).rescored).toBe(0);
  });
  test('answers that are not stored stand in no file, and keep their score', async () => {
    server.script(says(() => 'a secret text #### 0'));
    const { config, read } = project({ queries: sums(1), models: { a: {} }, benchmark: { noResponses: true } });
    await run(config);
    expect(() => read('responses.jsonl')).toThrow();
    expect(read('outcomes.jsonl.journal')).not.toContain('secret');
    expect((await run(withBenchmark(config, { rescore: true }))).present).toBe(1);
  });
  test('contradictions are refused', async () => {
    const { config } = project({ queries: sums(1), models: { a: {} } });
    for (const other of ['fresh', 'retryFailed'] as const) {
      await expect(run(withBenchmark(config, { rescore: true, [other]: true }))).rejects.toMatchObject({
        code: 'VSR_USAGE',
      });
    }
  });
});

describe('a judge', () => {
  const queries = [{ id: 'poem', query: 'Write a line.' }, ...sums(1)];
  const models = { a: {}, mark: { pricing: { promptPer_1m: 0, completionPer_1m: 1000 } } };
  const judged = (scoring: Section = {}, benchmark: Section = {}) =>
    project({
      queries,
      models,
      benchmark: { models: ['a'], ...benchmark },
      scoring: { judge: { model: 'mark', ...scoring } },
    });
  const replies = (verdict: string) =>
    says((prompt, model) => (model === 'mark' ? verdict : prompt.startsWith('0') ? '#### 0' : 'Roses are red.'));

  test('marks rows without a truth; its calls, cost and prompt are told', async () => {
    server.script(replies('{"reason": "fine", "score": 7}'));
    const { config, output, read } = judged();
    const { judge, models: summary, spent } = await run(config);
    expect((await cells(output)).poem!.a).toMatchObject({ quality: 0.7, status: 'ok' });
    expect([server.asked.length, summary[0]!.present]).toEqual([3, 2]);
    expect(judge).toEqual({
      model: 'mark',
      calls: 1,
      inputTokens: 1,
      outputTokens: 2,
      cost: expect.closeTo(0.002, 12),
    });
    expect(spent).toBeCloseTo(0.002, 12);
    const request = server.asked.map(({ body }) => JSON.parse(body)).find(({ model }) => model === 'mark');
    expect(request).toMatchObject({ temperature: 0, max_tokens: 512 });
    expect(request.messages[0].content).toContain('Roses are red.');
    expect(JSON.parse(read('outcomes.meta.json')).scoring.judge).toMatchObject({ model: 'mark', style: 'score' });
    await run(config);
    expect(server.asked).toHaveLength(3);
  });
  test('that cannot be read twice leaves the cell missing; --retry-failed asks the judge again, not the model', async () => {
    server.script(replies('Hm.'));
    const { config, output } = judged();
    await run(config);
    expect((await cells(output)).poem!.a).toMatchObject({
      quality: null,
      status: 'unscored',
      error: 'judge mark: unreadable twice',
    });
    expect(server.asked).toHaveLength(4);
    await run(config);
    expect(server.asked).toHaveLength(4);
    server.script(replies('{"score": 10}'));
    await run(withBenchmark(config, { retryFailed: true }));
    expect(server.asked.map(({ body }) => JSON.parse(body).model)).toEqual(['mark']);
    expect((await cells(output)).poem!.a).toMatchObject({ quality: 1, status: 'ok' });
  });
  test('that comes later scores what is there already', async () => {
    server.script(replies('yes'));
    const { config, output } = judged({ style: 'binary' });
    await run({ ...config, scoring: { ...config.scoring, judge: { ...config.scoring.judge, model: undefined } } });
    expect([server.asked.length, (await cells(output)).poem!.a!.quality]).toEqual([2, null]);
    await run(config);
    expect([server.asked.length, (await cells(output)).poem!.a!.quality]).toEqual([3, 1]);
  });
  test('that is also asked is refused unless that is wished', async () => {
    server.script(replies('yes'));
    const both = judged({}, { models: ['a', 'mark'] });
    await expect(run(both.config)).rejects.toMatchObject({
      code: 'VSR_CONFIG',
      message: 'mark is both the judge and one of the models to be judged.',
    });
    const wished = judged({ allowSelf: true }, { models: ['a', 'mark'] });
    expect((await run(wished.config)).present).toBeGreaterThan(0);
  });
  test('is part of the dry run', async () => {
    const dry = await dryRunBenchmark(judged().config, listening());
    expect(dry.judge).toMatchObject({
      model: 'mark',
      calls: 1,
      worstOutputTokens: 512,
      worstCost: expect.closeTo(0.512, 9),
    });
  });
  test('that nobody knows is refused with the nearest name', async () => {
    await expect(run(judged({ model: 'marc' }).config)).rejects.toMatchObject({
      code: 'VSR_MODEL_UNKNOWN',
      message: '--judge-model: there is no model "marc"; known are a, mark.',
      hint: 'Did you mean mark?',
    });
  });
});

describe('rows that nothing can score', () => {
  const refused = async (row: object, hint: string) => {
    server.script(right);
    const { config, dataFile } = project({ queries: [row], models: { a: {} } });
    await expect(run(config)).rejects.toMatchObject({
      code: 'VSR_DATA',
      message: `${dataFile}: none of the 1 queries can be scored, so every answer would be paid for in vain.`,
      hint,
    });
    expect(server.asked).toHaveLength(0);
  };
  test('alone are refused: no truth and no judge', () =>
    refused({ query: 'Sing.' }, 'Rows without a truth need ground_truth, or a judge (--judge-model).'));
  test('alone are refused: code that may not run', () =>
    refused(
      { query: 'Write f.', metric: 'code_eval', ground_truth: "['assert f(1) == 1']" },
      '--allow-code-execution runs the tests of code rows.',
    ));
});

test.skipIf(findSandbox() === null)(
  '--allow-code-execution runs the tests, also of answers that came before (needs python3)',
  async () => {
    server.script(
      says((prompt) => (prompt.startsWith('Write') ? '```python\ndef f(x):\n    return x\n```' : '#### 0')),
    );
    const code = { id: 'code', query: 'Write it.', metric: 'code_eval', ground_truth: "['assert f(1) == 1']" };
    const { config, output } = project({ queries: [code, ...sums(1)], models: { a: {} } });
    await run(config);
    expect((await cells(output)).code!.a).toMatchObject({ quality: null, status: 'unscored' });
    await run(withBenchmark(config, { allowCodeExecution: true }));
    expect((await cells(output)).code!.a).toMatchObject({ quality: 1, status: 'ok' });
    expect(server.asked).toHaveLength(2);
  },
);

describe('--scorer', () => {
  test('names a task that is not there: refused with the nearest', async () => {
    const queries = [{ query: '1?', task_name: 'sums', ground_truth: '1' }];
    const { config, dataFile } = project({ queries, models: { a: {} }, benchmark: { scorer: { sum: 'numeric' } } });
    await expect(run(config)).rejects.toMatchObject({
      code: 'VSR_USAGE',
      message: `--scorer sum: ${dataFile} holds no task of that name; its tasks are sums.`,
      hint: 'Did you mean sums?',
    });
  });
});

describe('vsr benchmark status', () => {
  test('tells what is done, failed and open, from the disk alone', async () => {
    server.script(right);
    const { config, output } = project({ queries: sums(4), models: { a: PRICED, b: {} } });
    await run(withBenchmark(config, { models: ['a'], queryLimit: 3 }));
    const status = await benchmarkStatus(config, listening());
    expect(status).toMatchObject({
      output,
      queries: 4,
      calls: 8,
      done: 3,
      others: 0,
      running: null,
      cost: expect.closeTo(0.006, 12),
    });
    expect(
      status.models.map(({ model, done, open, present, failures }) => [model, done, open, present, failures]),
    ).toEqual([
      ['a', 3, 1, 3, {}],
      ['b', 0, 4, 0, {}],
    ]);
    const other = await benchmarkStatus(withBenchmark(config, { temperature: 1 }), listening());
    expect([other.done, other.others]).toEqual([0, 3]);
  });
  test('names the process that works on it, and a second run is refused with a clear message', async () => {
    server.script(right);
    const { config, output } = project({ queries: sums(1), models: { a: {} } });
    const lock = takeLock(`${output}.journal.lock`, output);
    expect((await benchmarkStatus(config, listening())).running?.pid).toBe(process.pid);
    await expect(run(config)).rejects.toMatchObject({
      code: 'VSR_FILE',
      message: expect.stringContaining(`process ${process.pid}`),
    });
    lock.release();
    expect(server.asked).toHaveLength(0);
  });
});

test('a picture beside the query file is sent as it is, and another picture is another call', async () => {
  server.script(says(() => '#### 1'));
  const queries = [{ id: 'seen', query: 'How many?', metric: 'numeric', ground_truth: '1', images: ['cat.png'] }];
  const { config, dataFile } = project({ queries, models: { a: {} } });
  const picture = join(dataFile, '../cat.png');
  await expect(run(config)).rejects.toMatchObject({
    code: 'VSR_DATA',
    message: expect.stringContaining('queries.jsonl:1: the image'),
  });
  writeFileSync(picture, 'one');
  await run(config);
  await run(config);
  expect(server.asked).toHaveLength(1);
  expect(JSON.parse(server.asked[0]!.body).messages.at(-1).content[1].image_url.url).toBe(
    `data:image/png;base64,${Buffer.from('one').toString('base64')}`,
  );
  writeFileSync(picture, 'two');
  await run(config);
  expect(server.asked).toHaveLength(2);
});
