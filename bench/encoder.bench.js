// Texts to vectors: 1,000 queries of the example through MiniLM (8 bits, batches by length, two threads) beside
// sentence-transformers (torch, float32, two threads), and the static encoder alone.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compare, median, samples, withinLimit } from './measure.js';

const QUERIES = 1000;
const THREADS = 2;
/** Characters of a short query. */
const SHORT = 60;
const ROUNDS = 3;
/** Queries a second of the static encoder, and milliseconds of its first query. */
const [LEAST_RATE, FIRST_MS] = [20_000, 30];

export default async function measure({ root, dist, python, notice }) {
  const { openEncoder } = await import(`${dist}/embeddings/registry.js`);
  const texts = exampleQueries(root);
  return [
    ...(await miniLm({ folder: join(root, '../shared/models/minilm'), openEncoder, texts, python, notice })),
    await throughput(openEncoder, texts),
    firstQuery(dist),
  ];
}

async function miniLm({ folder, openEncoder, texts, python, notice }) {
  if (!existsSync(folder)) {
    notice('MiniLM is skipped: the shared folder with its model is not there.');
    return [];
  }
  const encoder = await openEncoder({ path: folder, threads: THREADS });
  const peer = await peerOrNotice(python, texts, notice);
  await encoder.embed(texts.slice(0, 32));
  return [
    await compare({
      what: `MiniLM int8, ${texts.length} queries, ${THREADS} threads`,
      ours: () => samples(() => encoder.embed(texts), { count: 1 }),
      peer: peer && (() => python.call('encoder', 'times', { texts, count: 1 })),
      peerName: 'sentence-transformers, fp32',
      target: 0.6,
      rounds: ROUNDS,
    }),
  ];
}

/** The peer's weights come as a Python package; true = it is open. */
async function peerOrNotice(python, texts, notice) {
  if (!python.call) return false;
  const opened = await python.call('encoder', 'open', { threads: THREADS, warmup: texts.slice(0, 32) });
  if (opened.missing) notice(`sentence-transformers is skipped: ${opened.missing}`);
  return !opened.missing;
}

/** One thread, texts cut to a short query's length. */
async function throughput(openEncoder, texts) {
  const encoder = await openEncoder({ model: 'static' });
  const short = texts.map((text) => text.slice(0, SHORT));
  const times = await samples(() => encoder.embed(short), { count: 7, warmup: 2 });
  const rate = Math.round((1000 * short.length) / median(times));
  return withinLimit({
    what: `static, ${short.length} short queries`,
    ms: median(times),
    limitMs: (1000 * short.length) / LEAST_RATE,
    limit: `limit ${LEAST_RATE} queries/s`,
    note: `${rate} queries/s`,
  });
}

/** Opening and one query, the tokenizer's library included, in a process that has loaded vsr's own modules and done nothing else. */
function firstQuery(dist) {
  const script = `
    const start = performance.now();
    const { openEncoder } = await import(${JSON.stringify(`${dist}/embeddings/registry.js`)});
    await import(${JSON.stringify(`${dist}/embeddings/static/static-encoder.js`)});
    const loaded = performance.now();
    const encoder = await openEncoder({ model: 'static' });
    await encoder.embed(['What is the derivative of x^3?']);
    process.stdout.write(JSON.stringify([performance.now() - loaded, loaded - start]));`;
  const run = () =>
    JSON.parse(spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }).stdout);
  const runs = Array.from({ length: 15 }, run);
  const loading = median(runs.map(([, ms]) => ms)).toFixed(0);
  return withinLimit({
    what: 'static, first query of a process',
    ms: median(runs.map(([ms]) => ms)),
    limitMs: FIRST_MS,
    note: `after ${loading} ms of loading vsr's modules`,
  });
}

/** Evenly over the example, so over all its tasks. */
function exampleQueries(root) {
  const lines = readFileSync(join(root, 'data/example/outcomes.jsonl'), 'utf8').trim().split('\n');
  const step = Math.floor(lines.length / QUERIES);
  return Array.from({ length: QUERIES }, (_, i) => JSON.parse(lines[i * step]).query);
}
