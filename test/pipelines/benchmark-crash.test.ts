// A benchmark killed at any moment loses nothing and asks nothing twice: kill -9 again and again (20 times; VSR_KILLS says
// otherwise), played back and against a server that counts, then the same files as an unbroken run; a full disk.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { configSchema } from '../../src/config/schema.js';
import { seededRandom } from '../../src/math/random.js';
import { compileSource } from '../compiled-source.js';
import { temporaryFolder } from '../temporary-folder.js';

const MODELS = ['a', 'b', 'c'];
const QUERIES = 150;
/** Half of them played back, half over the network. */
const KILLS = Math.max(2, Math.round(Number(process.env.VSR_KILLS ?? 20) / 2));
const RESULTS = ['outcomes.jsonl', 'outcomes.meta.json', 'responses.jsonl'];

const folder = temporaryFolder();
const benchmarkModule = join(compileSource(mkdtempSync(join(folder.path, 'package-'))), 'pipelines/benchmark.js');
const queries = folder.write('queries.jsonl', recordedRows());
const questions = folder.write(
  'questions.jsonl',
  Array.from(
    { length: QUERIES },
    (_, i) => `${JSON.stringify({ id: `q${i}`, query: `Question ${i}?`, ground_truth: String(i) })}\n`,
  ).join(''),
);
const server = await countingServer();
// Two calls at a time, so that there is a moment between any two writes to be killed in; a dot for each call.
const child = folder.write(
  'child.mjs',
  `import { benchmark } from ${JSON.stringify(benchmarkModule)};
  const context = { onProgress: () => process.stdout.write('.') };
  await benchmark(JSON.parse(process.argv[2]), context).then(
    () => console.log('done'),
    (error) => console.log(error.code, error.exitCode, error.message),
  );`,
);

const unbroken = newProject();
const whole = runToItsEnd(unbroken);
const unbrokenAsked = newProject(true);
await ranToItsEnd(unbrokenAsked);
const journalSize = statSync(unbroken.journal).size;

test('the unbroken run finishes every call', () => {
  expect(whole).toBe('done\n');
  expect(keysOf(unbroken.journal)).toHaveLength(QUERIES * MODELS.length);
});

/** One test of at most five kills, so that none takes long; the seed decides at which journal sizes. */
const ROUNDS = Array.from({ length: Math.ceil(KILLS / 5) }, (_, i) => [i + 1, Math.min(5, KILLS - 5 * i)] as const);

describe.each(ROUNDS)('played back (seed %d), killed %d times', (seed, wanted) => {
  test('it ends with the same files, and no call stands in the journal twice', async () => {
    const random = seededRandom(seed);
    let kills = 0;
    let project = newProject();
    while (kills < wanted) {
      // Spread over the calls; the last ones fall into the writing of the results.
      const calls = Math.min(1, (kills + random.uniform()) / Math.max(1, wanted - 1)) * QUERIES * MODELS.length;
      if (await killedAfter(calls, project)) kills++;
      else {
        // Faster than the kill: finished whole, so the rest of the kills go to another run.
        expectSameFiles(project);
        project = newProject();
      }
    }
    expect(runToItsEnd(project)).toBe('done\n');
    expectSameFiles(project);
  });
});

describe.each(ROUNDS)('over the network (seed %d), killed %d times', (seed, wanted) => {
  test('no answer that was kept is asked for again, and the outcomes are those of an unbroken run', async () => {
    const random = seededRandom(seed);
    const project = newProject(true);
    let kept = new Set<string>();
    let again = 0;
    server.onAsked = (name) => {
      if (kept.has(name)) again++;
    };
    for (let kills = 0; kills < wanted; ) {
      const calls = ((kills + random.uniform()) / wanted) * QUERIES * MODELS.length;
      if (await killedAfter(calls, project)) kills++;
      kept = new Set(entriesOf(project.journal).map(({ id, model }) => `${model} ${id}`));
    }
    await ranToItsEnd(project);
    server.onAsked = () => {};
    expect(again).toBe(0);
    const outcomes = ({ output }: Project) => readFileSync(output, 'utf8').replace(/"latency":[\d.]+/g, '"latency":0');
    expect(outcomes(project)).toBe(outcomes(unbrokenAsked));
    const keys = keysOf(project.journal);
    expect([new Set(keys).size, keys.length]).toEqual([QUERIES * MODELS.length, QUERIES * MODELS.length]);
  });
});

test('a disk that fills up ends it with one sentence, no outcomes, and every finished call kept', () => {
  const project = newProject();
  // A limit on the size of files, in blocks of 512 bytes, fills up like a disk does.
  const limited = `ulimit -f ${Math.floor(journalSize / 2 / 512)}; exec "$0" "$@"`;
  expect(runToItsEnd(project, ['sh', '-c', limited])).toBe(
    `VSR_FILE 2 ${project.journal} cannot be written: the file would be larger than the system allows.\n`,
  );
  expect(readdirSync(project.path)).toEqual(['outcomes.jsonl.journal']);
  expect(runToItsEnd(project)).toBe('done\n');
  expectSameFiles(project);
});

type Project = ReturnType<typeof newProject>;

function newProject(overNetwork = false) {
  const path = mkdtempSync(join(folder.path, 'run-'));
  const output = join(path, 'outcomes.jsonl');
  return { path, output, journal: `${output}.journal`, overNetwork };
}

/** Answers each question with its own words, and tells who was asked what. */
async function countingServer() {
  const counting = { origin: '', onAsked: (_: string): void => {} };
  const http = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const { model, messages } = JSON.parse(Buffer.concat(chunks).toString());
      const content: string = messages.at(-1).content;
      counting.onAsked(`${model} q${/Question (\d+)/.exec(content)![1]}`);
      const message = { role: 'assistant', content: `#### ${content.length}` };
      const usage = { prompt_tokens: 1, completion_tokens: 2 };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ choices: [{ message, finish_reason: 'stop' }], usage }));
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  counting.origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  afterAll(() => {
    http.close();
    http.closeAllConnections();
  });
  return counting;
}

function expectSameFiles({ path, journal }: Project): void {
  for (const name of RESULTS)
    expect(readFileSync(join(path, name), 'utf8')).toBe(readFileSync(join(unbroken.path, name), 'utf8'));
  const keys = keysOf(journal);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys.sort()).toEqual(keysOf(unbroken.journal).sort());
  expect(readdirSync(path).sort()).toEqual(readdirSync(unbroken.path).sort());
}

function keysOf(journal: string): string[] {
  return entriesOf(journal).map(({ key }) => key);
}

/** Whole lines; a kill may have torn the last one. */
function entriesOf(journal: string): { key: string; id: string; model: string }[] {
  if (!existsSync(journal)) return [];
  const lines = readFileSync(journal, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line));
}

function configFor({ output, overNetwork }: Project): string {
  const benchmark = { dataFile: overNetwork ? questions : queries, output, concurrency: 2 };
  if (!overNetwork) return JSON.stringify(configSchema.parse({ benchmark }));
  const vllmEndpoints = [{ name: 'local', type: 'openai-compatible', baseUrl: `${server.origin}/v1` }];
  const modelConfig = Object.fromEntries(MODELS.map((alias) => [alias, {}]));
  return JSON.stringify(configSchema.parse({ vllmEndpoints, modelConfig, benchmark }));
}

/** While this process serves. */
async function ranToItsEnd(project: Project): Promise<void> {
  expect(await killedAfter(Number.POSITIVE_INFINITY, project)).toBe(false);
}

/** What it says in the end. */
function runToItsEnd(project: Project, [shell, ...before]: string[] = []): string {
  const command = [process.execPath, child, configFor(project)];
  const [program, ...given] = shell ? [shell, ...before, ...command] : command;
  const { stdout, stderr } = spawnSync(program!, given, { encoding: 'utf8' });
  return (stdout + stderr).replace(/^\.+/, '');
}

/** Starts the benchmark and kills it when so many calls are done, earlier runs included; false if it ended before. */
async function killedAfter(calls: number, project: Project): Promise<boolean> {
  const done = existsSync(project.journal) ? readFileSync(project.journal, 'utf8').split('\n').length - 1 : 0;
  const running = spawn(process.execPath, [child, configFor(project)], { stdio: ['ignore', 'pipe', 'ignore'] });
  let dots = 0;
  // The first dot comes before the first call.
  running.stdout.on('data', (chunk: Buffer) => {
    dots += chunk.length;
    if (done + dots - 1 >= calls) running.kill('SIGKILL');
  });
  return new Promise((resolve) => running.once('exit', (_, signal) => resolve(signal === 'SIGKILL')));
}

/** Questions with recorded outcomes of every kind that the player can play: letters, numbers, words. */
function recordedRows(): string {
  const random = seededRandom(7);
  const rows = Array.from({ length: QUERIES }, (_, i) => {
    const scores = Object.fromEntries(MODELS.map((model) => [model, random.int(2)]));
    const kinds = [
      { metric: 'em_mc', ground_truth: 'B', choices: ['one', 'two', 'three'] },
      { metric: 'GSM8K', ground_truth: `#### ${i}` },
      { metric: 'f1_score', ground_truth: `word${i} and more` },
    ];
    return { query: `Question ${i}?`, task_name: `task ${i % 3}`, ...kinds[i % 3], scores };
  });
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}
