// Resuming a large run: a journal of a million lines is read, and the plan that skips them is made. Limits: 10 s, 1 GB.
import { spawnSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';

const QUERIES = 100_000;
const MODELS = 10;
const LIMIT_MS = 10_000;
const LIMIT_MB = 1000;

export default async function measure({ dist }) {
  const folder = mkdtempSync(join(tmpdir(), 'vsr-bench-'));
  try {
    const journal = join(folder, 'outcomes.jsonl.journal');
    await writeJournal(dist, journal);
    // A process of its own: its peak is the peak of the resume alone.
    const child = spawnSync(process.execPath, ['--input-type=module', '--eval', RESUME, dist, journal], {
      encoding: 'utf8',
    });
    if (child.status !== 0) throw new Error(child.stderr);
    const { ms, cpuSeconds, megabytes, open } = JSON.parse(child.stdout);
    if (open !== 0) throw new Error(`${open} calls would have been made again`);
    const ratio = ms / LIMIT_MS;
    return [
      {
        what: `resume ${(QUERIES * MODELS).toLocaleString('en-US')} journal lines`,
        oursMs: ms,
        peer: 'limit',
        peerMs: LIMIT_MS,
        ratio,
        target: 1,
        reached: ratio <= 1 && megabytes <= LIMIT_MB,
        note: `${cpuSeconds.toFixed(1)} s of CPU, peak ${megabytes.toFixed(0)} MB of ${LIMIT_MB}`,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const PLAN = `
const from = (path) => import(dist + '/' + path);
const { planCalls } = await from('pipelines/benchmark/plan.js');
const scorer = { name: 'f1', score: () => ({}) };
const endpoint = { name: 'e', type: 'openai-compatible', concurrency: 1, weight: 1 };
const questions = Array.from({ length: ${QUERIES} }, (_, i) => ({
  query: { id: 'query-' + i, query: 'What is ' + i + '?' }, scorer, prompt: 'What is ' + i + '?', promptHash: 'hash-' + i, images: [], where: '',
}));
const models = Array.from({ length: ${MODELS} }, (_, m) => ({
  alias: 'model-' + m, routes: [{ endpoint, model: 'model-' + m }], maxTokens: 1024, temperature: 0, price: null, extraBody: {},
}));
const plan = (stored) => planCalls(questions, models, stored, { seed: 42, retryFailed: false });
`;

const RESUME = `
const [, dist, journal] = process.argv;
${PLAN}
const { readJournal } = await from('pipelines/benchmark/journal.js');
const start = performance.now();
const { open } = plan((await readJournal(journal)).entries);
const ms = performance.now() - start;
const { user, system } = process.cpuUsage();
const cpuSeconds = (user + system) / 1e6;
console.log(JSON.stringify({ ms, cpuSeconds, megabytes: process.resourceUsage().maxRSS / 1024, open: open.length }));
`;

/** Answers of about 300 characters, as a real run has them. */
async function writeJournal(dist, path) {
  const AsyncFunction = (async () => {}).constructor;
  const { calls } = await new AsyncFunction('dist', `${PLAN} return plan(new Map());`)(dist);
  const out = createWriteStream(path, { highWaterMark: 1 << 20 });
  const text = 'The answer follows from what was asked, step by step. '.repeat(5);
  for (const [i, { key, question, model }] of calls.entries()) {
    const cell = {
      quality: i % 2,
      status: 'ok',
      latency: 812.5 + (i % 977) / 10,
      inputTokens: 54,
      outputTokens: 90,
      cost: 1e-5 * (i % 100),
      extracted: String(i),
    };
    const entry = {
      key,
      id: question.query.id,
      model: model.alias,
      cell,
      response: { text: `${text}${i}`, finishReason: 'stop' },
    };
    if (!out.write(`${JSON.stringify(entry)}\n`)) await new Promise((resolve) => out.once('drain', resolve));
  }
  out.end();
  await finished(out);
}
