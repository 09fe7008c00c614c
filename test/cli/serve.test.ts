// vsr serve as a process: killed under load, reloaded under load, and with connections that only wait.
// VSR_IDLE_CONNECTIONS=10000 brings the last one to full size.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { train } from '../../src/pipelines/train.js';
import { openFileState } from '../../src/server/state/file-state.js';
import { configIn, jsonLines, toyOutcomes } from '../pipelines/toy-project.js';
import { temporaryFolder } from '../temporary-folder.js';
import { serveIn } from './serve-process.js';

const folder = temporaryFolder();
const IDLE = Number(process.env.VSR_IDLE_CONNECTIONS ?? 500);
const MATHS = 'derivative integral equation matrix prime';
const idOf = async (response: Response) => ((await response.json()) as { decision_id: string }).decision_id;

beforeAll(async () => {
  folder.write('outcomes.jsonl', jsonLines(toyOutcomes(120)));
  await train(await configIn(folder.path, { 'train.router': ['knn'], 'routers.knn': { k: 5 } }), {});
});

test('kill -9 under load: every acknowledged rating is there afterwards, and what was decided can still be rated', async () => {
  const first = await serveIn(folder.path, ['--state', 'killed']);
  const id = await idOf(await first.post('/v1/route', { query: MATHS, user: 'u1' }));
  let acknowledged = 0;
  const rating = async () => {
    for (;;) {
      const { ok } = await first.post('/v1/feedback', { decision_id: id, rating: 1 });
      if (!ok) throw new Error('a rating was refused');
      if (++acknowledged === 100) first.child.kill('SIGKILL');
    }
  };
  await Promise.allSettled(Array.from({ length: 8 }, rating)); // each ends when the connection does
  await first.end('SIGKILL');
  const kept = openFileState(join(folder.path, 'killed'));
  expect(acknowledged).toBeGreaterThanOrEqual(100);
  expect(kept.statistics().get('mathematician')!.count).toBeGreaterThanOrEqual(acknowledged);
  await kept.close();
  const second = await serveIn(folder.path, ['--state', 'killed']);
  expect((await second.post('/v1/feedback', { decision_id: id, rating: -1 })).status).toBe(200);
  await second.end();
});

test('artifacts are taken in again and again under load, and no request is dropped', async () => {
  const gateway = await serveIn(folder.path, ['--state', 'reloaded']);
  let going = true;
  const statuses = new Map<number, number>();
  const asking = Array.from({ length: 8 }, async (_, worker) => {
    for (let i = 0; going; i++) {
      const response = await gateway.post('/v1/route', { query: `${MATHS} ${worker} ${i}` });
      await response.text();
      const { status } = response;
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  });
  const taken = async () =>
    Number(
      /^vsr_reloads_total\{result="taken"\} (\d+)$/m.exec(await (await fetch(`${gateway.url}/metrics`)).text())?.[1] ??
        0,
    );
  for (let reloads = 1; reloads <= 5; reloads++) {
    gateway.child.kill('SIGHUP');
    while ((await taken()) < reloads);
  }
  going = false;
  await Promise.all(asking); // a dropped connection would be a failed fetch
  expect([...statuses.keys()]).toEqual([200]);
  expect(statuses.get(200)).toBeGreaterThan(8);
  await gateway.end();
});

test(`${IDLE} connections that say nothing keep nobody from being answered`, { timeout: 60_000 }, async () => {
  const gateway = await serveIn(folder.path, ['--state', 'idle']);
  const sockets: Socket[] = [];
  while (sockets.length < IDLE) {
    const some = Array.from({ length: Math.min(250, IDLE - sockets.length) }, () => connect(gateway.port, '127.0.0.1'));
    await Promise.all(some.map((socket) => once(socket, 'connect')));
    sockets.push(...some);
  }
  for (let i = 0; i < 20; i++) expect((await gateway.post('/v1/route', { query: `${MATHS} ${i}` })).status).toBe(200);
  const megabytes = gateway.residentMb();
  if (megabytes !== null) expect(megabytes).toBeLessThan(300);
  if (process.env.VSR_IDLE_CONNECTIONS) process.stderr.write(`${IDLE} idle connections: ${megabytes} MB resident\n`);
  for (const socket of sockets) socket.destroy();
  await gateway.end();
});
