// What the gateway adds to a call, beside a plain reverse proxy in front of the same instant server; decisions a second, memory,
// and how soon a client that leaves ends the call behind it. Static encoder, routers trained on the whole example, no text twice.
import { fork, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { withinLimit } from './measure.js';
import { quantile, steadyLoad } from './steady-load.js';

const ROUTERS = ['mf', 'knn'];
const PER_SECOND = 200;
const ROUND_SECONDS = 5;
const ROUNDS = 3;
const WARM_SECONDS = 5;
const FLOOD_SECONDS = 5;
const LEAVES = 50;
const LIMITS = { p50: 2, p99: 10, decisions: 1000, memoryMb: 300, cancelMs: 100 };

export default async function measure({ root, notice }) {
  const folder = mkdtempSync(join(tmpdir(), 'vsr-bench-'));
  const vsr = join(root, 'bin/vsr.js');
  const model = fork(join(import.meta.dirname, 'loopback-llm.js'));
  const silent = await silentServer();
  const children = [model];
  try {
    const { port: modelPort } = await firstMessage(model);
    const proxy = fork(join(import.meta.dirname, 'plain-proxy.js'), [String(modelPort)]);
    children.push(proxy);
    const { port: proxyPort } = await firstMessage(proxy);
    const train = [vsr, 'train', '--folds', '0', '--engine', 'wasm', '--quiet', '--router', ROUTERS.join()];
    const { status, stderr } = spawnSync(process.execPath, train, { cwd: folder, encoding: 'utf8' });
    if (status !== 0) {
      notice(`The gateway is skipped: vsr train ends with ${status}: ${stderr.trim().split('\n')[0]}`);
      return [];
    }
    const aliases = JSON.parse(readFileSync(join(folder, 'artifacts/manifest.json'), 'utf8')).models;
    const texts = readFileSync(join(root, 'data/example/outcomes.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).query);
    const rows = [];
    for (const router of ROUTERS) {
      const open = (port) => openGateway({ vsr, folder, router, aliases, port });
      const gateway = await open(modelPort);
      children.push(gateway.child);
      rows.push(...(await addedLatency({ router, gateway, proxyPort, texts })));
      rows.push(await decisionsPerSecond({ router, gateway, texts }));
      rows.push(memoryOf({ router, gateway }));
      await gateway.end();
      if (router !== ROUTERS[0]) continue;
      const leaving = await open(silent.port);
      children.push(leaving.child);
      rows.push(await cancelDelay({ gateway: leaving, silent }));
      await leaving.end();
    }
    return rows;
  } finally {
    for (const child of children) child.kill();
    silent.close();
    rmSync(folder, { recursive: true });
  }
}

function chatBody(text) {
  return JSON.stringify({ model: 'vsr', messages: [{ role: 'user', content: text }] });
}

/** Gateway and proxy take turns, so that a busy spell hits both. */
async function addedLatency({ router, gateway, proxyPort, texts }) {
  const times = { gateway: [], proxy: [] };
  let next = 0;
  const round = async (name, port, seconds) => {
    const bodies = texts.slice(next, next + PER_SECOND * seconds).map(chatBody);
    next += bodies.length;
    const found = await steadyLoad({ port, path: '/v1/chat/completions', bodies, perSecond: PER_SECOND, seconds });
    return times[name].push(...found);
  };
  await round('gateway', gateway.port, WARM_SECONDS);
  await round('proxy', proxyPort, 1);
  times.gateway.length = 0;
  times.proxy.length = 0;
  let cpu = 0;
  for (let i = 0; i < ROUNDS; i++) {
    const before = cpuMs(gateway.child.pid);
    await round('gateway', gateway.port, ROUND_SECONDS);
    cpu += cpuMs(gateway.child.pid) - before;
    next -= PER_SECOND * ROUND_SECONDS;
    await round('proxy', proxyPort, ROUND_SECONDS);
  }
  const perRequest = `${(cpu / times.gateway.length).toFixed(2)} ms of processor time a request`;
  return [
    ['p50', 0.5],
    ['p99', 0.99],
  ].map(([name, share]) => {
    const [ours, plain] = [quantile(times.gateway, share), quantile(times.proxy, share)];
    const added = ours - plain;
    return {
      what: `gateway, ${router}, ${PER_SECOND} requests a second, ${name} of ${times.gateway.length}`,
      oursMs: ours,
      peer: 'plain proxy',
      peerMs: plain,
      ratio: ours / plain,
      target: null,
      reached: null,
      note: `adds ${added.toFixed(2)} ms, limit ${LIMITS[name]} ms: ${added < LIMITS[name] ? 'reached' : 'missed'}; ${perRequest}`,
    };
  });
}

/** All threads together; the kernel counts in hundredths of a second. */
function cpuMs(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

async function decisionsPerSecond({ router, gateway, texts }) {
  let next = 0;
  const flood = async (duration) => {
    const result = await autocannon({
      url: `http://127.0.0.1:${gateway.port}`,
      connections: 32,
      duration,
      requests: [
        {
          method: 'POST',
          path: '/v1/route',
          headers: { 'content-type': 'application/json' },
          setupRequest: (call) => ({ ...call, body: JSON.stringify({ query: texts[next++ % texts.length] }) }),
        },
      ],
    });
    if (result.non2xx + result.errors > 0)
      throw new Error(`${result.non2xx + result.errors} decisions were not answered.`);
    return result['2xx'] / result.duration;
  };
  await flood(1);
  const perSecond = await flood(FLOOD_SECONDS);
  return withinLimit({
    what: `gateway, ${router}, one decision of POST /v1/route, 32 connections`,
    ms: 1000 / perSecond,
    limitMs: 1000 / LIMITS.decisions,
    note: `${Math.round(perSecond)} decisions a second`,
  });
}

/** The most it ever held, after all that load. */
function memoryOf({ router, gateway }) {
  const found = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${gateway.child.pid}/status`, 'utf8'));
  return withinLimit({
    what: `gateway, ${router}, peak resident memory (MB in place of ms)`,
    ms: Number(found[1]) / 1000,
    limitMs: LIMITS.memoryMb,
    limit: `limit ${LIMITS.memoryMb} MB`,
  });
}

/** From the client's socket being closed to the model's server seeing its own close: half of them before the first byte, half in a stream. */
async function cancelDelay({ gateway, silent }) {
  const delays = [];
  for (let i = 0; i < LEAVES; i++) {
    const arrived = silent.next({ begins: i % 2 === 1 });
    const body = JSON.stringify({ ...JSON.parse(chatBody(`Question ${i}?`)), stream: true });
    const call = request({
      host: '127.0.0.1',
      port: gateway.port,
      path: '/v1/chat/completions',
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      agent: false,
    });
    call.on('error', () => {});
    const begun = new Promise((resolve) => call.on('response', (reply) => reply.once('data', resolve)));
    call.end(body);
    const { closed } = await arrived;
    if (i % 2 === 1) await begun;
    const left = performance.now();
    call.destroy();
    delays.push((await closed) - left);
  }
  return withinLimit({
    what: `gateway, a client leaves: the call behind it has ended, worst of ${LEAVES}`,
    ms: Math.max(...delays),
    limitMs: LIMITS.cancelMs,
    note: `median ${quantile(delays, 0.5).toFixed(2)} ms`,
  });
}

/** A model's server that never finishes, in this process, so that one clock sees both ends. */
async function silentServer() {
  let waiting;
  const server = createServer((asked, response) => {
    const { begins, resolve } = waiting;
    const closed = new Promise((done) => response.once('close', () => done(performance.now())));
    if (begins) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n');
    }
    asked.on('end', () => resolve(closed)).resume();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: server.address().port,
    /** Resolves when a call has come, to a promise of the time it ends. In a box: a promise of a promise would wait for both. */
    next: ({ begins }) =>
      new Promise((resolve) => {
        waiting = { begins, resolve: (closed) => resolve({ closed }) };
      }),
    close: () => server.closeAllConnections() ?? server.close(),
  };
}

async function openGateway({ vsr, folder, router, aliases, port }) {
  const settings = [
    `vllm_endpoints=[{name: model, type: openai-compatible, base_url: "http://127.0.0.1:${port}/v1"}]`,
    `model_config={${aliases.map((alias) => `"${alias}": {pricing: {prompt_per_1m: 1, completion_per_1m: 1}}`).join(', ')}}`,
  ];
  const flags = ['--json', '--port', '0', '--router', router, '--log', 'requests.jsonl'];
  const child = spawn(
    process.execPath,
    [vsr, 'serve', ...flags, ...settings.flatMap((setting) => ['--set', setting])],
    { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const url = await new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (piece) => {
      text += piece;
      const found = /"url":\s*"http:\/\/[^"]*:(\d+)"/.exec(text);
      if (found) resolve(found[1]);
    });
    child.once('exit', (code) => reject(new Error(`vsr serve ended with ${code} before it listened.`)));
  });
  const end = () => {
    child.kill('SIGTERM');
    return ended;
  };
  return { child, port: Number(url), end };
}

function firstMessage(child) {
  return new Promise((resolve) => child.once('message', resolve));
}
