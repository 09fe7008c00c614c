// A benchmark killed at any moment loses nothing and asks nothing twice: kill -9 again and again (10 times; VSR_KILLS=200 for
// the whole), played back and against a server that counts, then the same files as an unbroken run; a full disk.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { configSchema, type VsrConfig } from '../../src/config/schema.js';
import { seededRandom } from '../../src/math/random.js';
import { benchmark } from '../../src/pipelines/benchmark.js';
import { compileSource } from '../compiled-source.js';
import { temporaryFolder } from '../temporary-folder.js';

const MODELS = ['a', 'b', 'c'];
const QUERIES = 60;
/** Half of them played back, half over the network. */
const KILLS = Math.max(2, Math.round(Number(process.env.VSR_KILLS ?? 10) / 2));
const RESULTS = ['outcomes.jsonl', 'outcomes.meta.json', 'responses.jsonl'];

const folder = temporaryFolder();
/** What a benchmark needs; the other rooms would only take time to compile. */
const ROOMS = [
  'artifacts',
  'config',
  'data',
  'errors',
  'evaluation',
  'http',
  'math',
  'pipelines',
  'providers',
  'scoring',
];
const dist = compileSource(mkdtempSync(join(folder.path, 'package-')), ROOMS);
const benchmarkModule = join(dist, 'pipelines/benchmark.js');
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
await finished(unbroken);
const unbrokenAsked = newProject(true);
await finished(unbrokenAsked);
const journalSize = statSync(unbroken.journal).size;

test('the unbroken run finishes every call', () => {
  expect(keysOf(unbroken.journal)).toHaveLength(QUERIES * MODELS.length);
});

/** One test a kill, so that none takes long: somewhere in the nth part of the calls, the seed decides where. */
const random = seededRandom(1);
/** So many kills wear one run down; then the next one begins. */
const ROUND = Math.min(5, KILLS);
const MOMENTS = Array.from({ length: KILLS }, (_, kill) => (kill % ROUND) + random.uniform());
const callsAt = (moment: number) => (moment / ROUND) * QUERIES * MODELS.length;

describe('played back', () => {
  let project = newProject();
  test.each(MOMENTS)('killed at %d', async (moment) => {
    if (moment < 1) project = newProject();
    // Faster than the kill: finished whole, so the kill goes to another run.
    while (!(await killedAfter(callsAt(moment), project))) project = newProject();
    if (moment < ROUND - 1) return;
    await finished(project);
    expectSameFiles(project);
  });
});

describe('over the network', () => {
  let project = newProject(true);
  let again = 0;
  test.each(MOMENTS)('killed at %d, no answer that was kept is asked for again', async (moment) => {
    if (moment < 1) project = newProject(true);
    let kept = namesIn(project);
    server.onAsked = (name) => {
      if (kept.has(name)) again++;
    };
    const isLast = moment >= ROUND - 1;
    while (!(await killedAfter(callsAt(moment), project))) {
      project = newProject(true);
      kept = namesIn(project);
    }
    kept = namesIn(project);
    if (isLast) await finished(project);
    server.onAsked = () => {};
    expect(again).toBe(0);
    if (!isLast) return;
    const outcomes = ({ output }: Project) => readFileSync(output, 'utf8').replace(/"latency":[\d.]+/g, '"latency":0');
    expect(outcomes(project)).toBe(outcomes(unbrokenAsked));
    const keys = keysOf(project.journal);
    expect([new Set(keys).size, keys.length]).toEqual([QUERIES * MODELS.length, QUERIES * MODELS.length]);
  });
});

test('a disk that fills up ends it with one sentence, no outcomes, and every finished call kept', async () => {
  const project = newProject();
  // A limit on the size of files, in blocks of 512 bytes, fills up like a disk does.
  const limited = `ulimit -f ${Math.floor(journalSize / 2 / 512)}; exec "$0" "$@"`;
  expect(runToItsEnd(project, ['sh', '-c', limited])).toBe(
    `VSR_FILE 2 ${project.journal} cannot be written: the file would be larger than the system allows.\n`,
  );
  expect(readdirSync(project.path)).toEqual(['outcomes.jsonl.journal']);
  await finished(project);
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

/** Who was asked what, of the answers that are kept. */
function namesIn({ journal }: Project): Set<string> {
  return new Set(entriesOf(journal).map(({ id, model }) => `${model} ${id}`));
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

function configFor({ output, overNetwork }: Project): VsrConfig {
  const benchmark = { dataFile: overNetwork ? questions : queries, output, concurrency: 2 };
  if (!overNetwork) return configSchema.parse({ benchmark });
  const vllmEndpoints = [{ name: 'local', type: 'openai-compatible', baseUrl: `${server.origin}/v1` }];
  const modelConfig = Object.fromEntries(MODELS.map((alias) => [alias, {}]));
  return configSchema.parse({ vllmEndpoints, modelConfig, benchmark });
}

/** Runs the rest of it here. */
async function finished(project: Project): Promise<void> {
  await benchmark(configFor(project), {});
}

/** What it says in the end. */
function runToItsEnd(project: Project, [shell, ...before]: string[] = []): string {
  const command = [process.execPath, child, JSON.stringify(configFor(project))];
  const [program, ...given] = shell ? [shell, ...before, ...command] : command;
  const { stdout, stderr } = spawnSync(program!, given, { encoding: 'utf8' });
  return (stdout + stderr).replace(/^\.+/, '');
}

/** Starts the benchmark and kills it when so many calls are done, earlier runs included; false if it was faster. */
async function killedAfter(calls: number, project: Project): Promise<boolean> {
  const done = existsSync(project.journal) ? readFileSync(project.journal, 'utf8').split('\n').length - 1 : 0;
  const running = spawn(process.execPath, [child, JSON.stringify(configFor(project))], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
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
