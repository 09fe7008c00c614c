// Resuming a large run: from a journal of a million lines to the first call that is still to be made: queries read, journal
// read, plan made. Limits: 10 s, 1 GB.
import { spawnSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { withinLimit } from './measure.js';

const QUERIES = 100_000;
const MODELS = 10;
const LIMIT_MS = 10_000;
const LIMIT_MB = 1000;

export default async function measure({ dist }) {
  const folder = mkdtempSync(join(tmpdir(), 'vsr-bench-'));
  try {
    await writeQueries(join(folder, 'queries.jsonl'));
    await writeJournal(dist, folder);
    // A process of its own: its peak is the peak of the resume alone.
    const child = spawnSync(process.execPath, ['--input-type=module', '--eval', RESUME, dist, folder], {
      encoding: 'utf8',
    });
    if (child.status !== 0) throw new Error(child.stderr);
    const { ms, cpuSeconds, megabytes, skipped } = JSON.parse(child.stdout);
    if (skipped !== QUERIES * MODELS - 1) throw new Error(`${skipped} calls were known`);
    return [
      withinLimit({
        what: `resume ${(QUERIES * MODELS).toLocaleString('en-US')} journal lines, to the first call`,
        ms,
        limitMs: LIMIT_MS,
        limit: `limit ${LIMIT_MS / 1000} s and ${LIMIT_MB} MB`,
        also: megabytes <= LIMIT_MB,
        note: `${cpuSeconds.toFixed(1)} s of CPU, peak ${megabytes.toFixed(0)} MB`,
      }),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const CONFIG = `
const from = (path) => import(dist + '/' + path);
const { configSchema } = await from('config/schema.js');
const modelConfig = Object.fromEntries(Array.from({ length: ${MODELS} }, (_, m) => ['model-' + m, {}]));
const config = configSchema.parse({
  vllmEndpoints: [{ name: 'e', type: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1' }],
  modelConfig,
  benchmark: { dataFile: folder + '/queries.jsonl', output: folder + '/outcomes.jsonl' },
});
`;

/** The first call ends it: what follows is no resuming. */
const RESUME = `
const [, dist, folder] = process.argv;
${CONFIG}
const { benchmark } = await from('pipelines/benchmark.js');
let skipped = 0;
const start = performance.now();
const fetch = () => {
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage();
  const cpuSeconds = (user + system) / 1e6;
  console.log(JSON.stringify({ ms, cpuSeconds, megabytes: process.resourceUsage().maxRSS / 1024, skipped }));
  process.exit();
};
const onNotice = (sentence) => void (skipped = Number(/^(\\d+) of/.exec(sentence)?.[1] ?? skipped));
await benchmark(config, { onNotice }, { fetch });
`;

async function writeQueries(path) {
  await writeLines(path, function* () {
    for (let i = 0; i < QUERIES; i++) {
      const query = `A train leaves at ${i % 24} o'clock and another one ${i} minutes later. When do they meet? Explain each step.`;
      yield { id: `query-${i}`, query, task_name: `task-${i % 20}`, metric: 'numeric', ground_truth: String(i) };
    }
  });
}

/** Answers of about 300 characters, as a real run has them; the last one is missing. */
async function writeJournal(dist, folder) {
  const AsyncFunction = (async () => {}).constructor;
  const planned = new AsyncFunction(
    'dist',
    'folder',
    `${CONFIG}
    const { prepare, planFor } = await from('pipelines/benchmark/prepare.js');
    return planFor(config, await prepare(config, {}, {}, false), { entries: new Map(), length: 0 });`,
  );
  const { calls } = await planned(dist, folder);
  const text = 'The answer follows from what was asked, step by step. '.repeat(5);
  await writeLines(join(folder, 'outcomes.jsonl.journal'), function* () {
    for (const [i, { key, question, model }] of calls.slice(0, -1).entries()) {
      const cell = {
        quality: i % 2,
        status: 'ok',
        latency: 812.5 + (i % 977) / 10,
        inputTokens: 54,
        outputTokens: 90,
        cost: 1e-5 * (i % 100),
        extracted: String(i),
      };
      const response = { text: `${text}${i}`, finishReason: 'stop' };
      yield { key, id: question.query.id, model: model.alias, cell, response };
    }
  });
}

async function writeLines(path, rows) {
  const out = createWriteStream(path, { highWaterMark: 1 << 20 });
  for (const row of rows()) {
    if (!out.write(`${JSON.stringify(row)}\n`)) await new Promise((resolve) => out.once('drain', resolve));
  }
  out.end();
  await finished(out);
}
