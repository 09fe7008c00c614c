// A benchmark killed at any moment loses nothing: fifty times kill -9, and the same files as an unbroken run; a full disk.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { configSchema } from '../../src/config/schema.js';
import { seededRandom } from '../../src/math/random.js';
import { compileSource } from '../compiled-source.js';
import { temporaryFolder } from '../temporary-folder.js';

const MODELS = ['a', 'b', 'c'];
const QUERIES = 150;
const KILLS = 10;
const RESULTS = ['outcomes.jsonl', 'outcomes.meta.json', 'responses.jsonl'];

const folder = temporaryFolder();
const benchmarkModule = join(compileSource(mkdtempSync(join(folder.path, 'package-'))), 'pipelines/benchmark.js');
const queries = folder.write('queries.jsonl', recordedRows());
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
const journalSize = statSync(unbroken.journal).size;

test('the unbroken run finishes every call', () => {
  expect(whole).toBe('done\n');
  expect(keysOf(unbroken.journal)).toHaveLength(QUERIES * MODELS.length);
});

// Five tests of ten kills each, so that none takes long; the seed decides at which journal sizes.
describe.each([1, 2, 3, 4, 5])('killed ten times (seed %d)', (seed) => {
  test('it ends with the same files, and no call stands in the journal twice', async () => {
    const random = seededRandom(seed);
    let kills = 0;
    let project = newProject();
    while (kills < KILLS) {
      // Spread over the calls; the last ones fall into the writing of the results.
      const calls = Math.min(1, (kills + random.uniform()) / (KILLS - 1)) * QUERIES * MODELS.length;
      if (await killedAfter(calls, project)) kills++;
      else {
        // Faster than the kill: finished whole, so the rest of the kills go to another run.
        expectSameFiles(project);
        project = newProject();
      }
    }
    expect(runToItsEnd(project)).toBe('done\n');
    expectSameFiles(project);
    expect(kills).toBe(KILLS);
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

function newProject() {
  const path = mkdtempSync(join(folder.path, 'run-'));
  const output = join(path, 'outcomes.jsonl');
  return { path, output, journal: `${output}.journal` };
}

function expectSameFiles({ path, journal }: ReturnType<typeof newProject>): void {
  for (const name of RESULTS)
    expect(readFileSync(join(path, name), 'utf8')).toBe(readFileSync(join(unbroken.path, name), 'utf8'));
  const keys = keysOf(journal);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys.sort()).toEqual(keysOf(unbroken.journal).sort());
  expect(readdirSync(path).sort()).toEqual(readdirSync(unbroken.path).sort());
}

function keysOf(journal: string): string[] {
  const lines = readFileSync(journal, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line).key);
}

function configFor({ output }: ReturnType<typeof newProject>): string {
  return JSON.stringify(configSchema.parse({ benchmark: { dataFile: queries, output, concurrency: 2 } }));
}

/** What it says in the end. */
function runToItsEnd(project: ReturnType<typeof newProject>, [shell, ...before]: string[] = []): string {
  const command = [process.execPath, child, configFor(project)];
  const [program, ...given] = shell ? [shell, ...before, ...command] : command;
  const { stdout, stderr } = spawnSync(program!, given, { encoding: 'utf8' });
  return (stdout + stderr).replace(/^\.+/, '');
}

/** Starts the benchmark and kills it when so many calls are done, earlier runs included; false if it ended before. */
async function killedAfter(calls: number, project: ReturnType<typeof newProject>): Promise<boolean> {
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
