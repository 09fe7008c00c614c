// What vsr adds to a call: CPU milliseconds of this process per call against a server that answers at once, beside a bare fetch.
// Target: below 2 ms of CPU per call with journal and scores, and 1,000 calls a second at concurrency 128.
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CALLS = 10_000;
const CONCURRENCY = 128;
const TARGET_CPU_MS = 2;
const TARGET_CALLS_PER_SECOND = 1000;

export default async function measure({ dist }) {
  const server = fork(join(import.meta.dirname, 'loopback-llm.js'));
  const { port } = await new Promise((resolve) => server.once('message', resolve));
  const url = `http://127.0.0.1:${port}/v1`;
  const folder = mkdtempSync(join(tmpdir(), 'vsr-bench-'));
  try {
    const provider = await providerAt(dist, url);
    const bare = () => fetchBare(url);
    const call = (stream) => (i) => provider.complete({ ...requestOf(i), stream });
    await timed(1000, bare);
    await timed(1000, call(false));
    const peer = await timed(CALLS, bare);
    const rows = [];
    for (const stream of [false, true]) {
      rows.push(row(`one call, ${stream ? 'streamed' : 'whole'}`, await timed(CALLS, call(stream)), peer));
    }
    for (const stream of [false, true]) {
      const what = `one call of vsr benchmark, ${stream ? 'streamed' : 'whole'}`;
      const found = await wholeRun(dist, url, join(folder, String(stream)), stream);
      rows.push(row(what, found, peer, TARGET_CPU_MS));
    }
    return rows;
  } finally {
    server.disconnect();
    rmSync(folder, { recursive: true });
  }
}

function row(what, { cpuMs, perSecond }, peer, target) {
  const note = `CPU; ${Math.round(perSecond)} calls a second`;
  const reached = target === undefined ? null : cpuMs < target && perSecond >= TARGET_CALLS_PER_SECOND;
  const said =
    reached === null
      ? note
      : `${note}; ${reached ? 'reaches' : 'misses'} < ${target} ms and ≥ ${TARGET_CALLS_PER_SECOND}`;
  return {
    what,
    oursMs: cpuMs,
    peer: 'bare fetch',
    peerMs: peer.cpuMs,
    ratio: cpuMs / peer.cpuMs,
    target: null,
    reached: null,
    note: said,
  };
}

async function timed(count, call) {
  let next = 0;
  const worker = async () => {
    while (next < count) await call(next++);
  };
  return measured(count, () => Promise.all(Array.from({ length: CONCURRENCY }, worker)));
}

async function measured(count, work) {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { cpuMs: (user + system) / 1000 / count, perSecond: (1000 * count) / (performance.now() - start) };
}

async function providerAt(dist, baseUrl) {
  const { openProvider } = await import(join(dist, 'providers/registry.js'));
  const endpoint = { name: 'e', type: 'openai-compatible', baseUrl, concurrency: CONCURRENCY };
  return openProvider(endpoint, { m: {} }, { environment: {}, uniform: () => 0.5 });
}

function requestOf(i) {
  return {
    queryId: `q${i}`,
    alias: 'm',
    model: 'm',
    prompt: `Question ${i}?`,
    images: [],
    maxTokens: 64,
    temperature: 0,
  };
}

async function fetchBare(url) {
  const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Question?' }] });
  const response = await fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  await response.json();
}

/** The pipeline itself: queries read, calls made, answers scored, everything journaled and written. */
async function wholeRun(dist, url, folder, stream) {
  const { mkdirSync } = await import('node:fs');
  mkdirSync(folder);
  const queries = join(folder, 'queries.jsonl');
  const choices = { labels: ['A', 'B'], text: ['yes', 'no'] };
  const rows = Array.from({ length: CALLS }, (_, i) => ({
    query: `Question ${i}?`,
    ground_truth: 'A',
    choices,
    metric: 'em_mc',
  }));
  writeFileSync(queries, rows.map((query) => `${JSON.stringify(query)}\n`).join(''));
  const { loadConfig } = await import(join(dist, 'config/load.js'));
  const { benchmark } = await import(join(dist, 'pipelines/benchmark.js'));
  const { config } = await loadConfig({
    cwd: folder,
    environment: {},
    sets: [
      `vllm_endpoints=[{name: e, type: openai-compatible, base_url: "${url}", concurrency: ${CONCURRENCY}}]`,
      'model_config={m: {pricing: {prompt_per_1m: 1, completion_per_1m: 1}}}',
      `benchmark.data_file=${queries}`,
      `benchmark.output=${join(folder, 'outcomes.jsonl')}`,
      `benchmark.stream=${stream}`,
    ],
  });
  return measured(CALLS, () => benchmark(config, {}));
}
