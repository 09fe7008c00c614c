// Two gateways, each a process, on one server of the shared state: what a person says to one of them changes where the other one routes
// that person, and outlives the gateway that confirmed it.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { train } from '../../src/pipelines/train.js';
import type { GatewayState } from '../../src/server/state/gateway-state.js';
import { openState } from '../../src/server/state/open-state.js';
import { configIn, jsonLines, listening } from '../pipelines/toy-project.js';
import { KINDS, type SharedServer } from '../server/shared-servers.js';
import { temporaryFolder } from '../temporary-folder.js';
import { type ServeProcess, serveIn } from './serve-process.js';

const folder = temporaryFolder();
const WORDS = ['derivative', 'integral', 'onion', 'butter', 'triangle', 'sauce', 'garlic', 'prime'];
const textOf = (i: number) => [0, 1, 3, 6].map((step) => WORDS[(i + step * (i % 5)) % 8]).join(' ');

/** People of two tastes: half of them like `first` whatever they ask, the others `second`. */
const votes = Array.from({ length: 30 }, (_, person) =>
  Array.from({ length: 14 }, (_, i) => ({
    user_id: `person ${person}`,
    session_id: `person ${person}`,
    query: `${textOf(person * 14 + i)} ${person} ${i}`,
    model_a: 'first',
    model_b: 'second',
    winner: person % 2 === 1 ? 'model_b' : 'model_a',
    turn: i + 1,
  })),
).flat();

beforeAll(async () => {
  const config = await configIn(folder.path, {
    'data.votes': folder.write('votes.jsonl', jsonLines(votes)),
    'benchmark.output': `${folder.path}/nothing.jsonl`,
    'train.router': ['gmtrouter'],
    'train.folds': 0,
    'train.engine': 'wasm',
    'routers.gmtrouter': { hidden: 16, heads: 2, epochs: 20, learning_rate: 0.01, shrinkage: 1 },
  });
  await train({ ...config, data: { ...config.data, outcomes: undefined } }, listening());
}, 120_000);

interface Decision {
  readonly decision_id: string;
  readonly model: string;
  readonly reason: string;
}
const routed = async (gateway: ServeProcess, user: string, i = 0) =>
  (await (await gateway.post('/v1/route', { query: textOf(i), user })).json()) as Decision;
/** Comparisons won by `model`, all in one request. */
const likes = async (gateway: ServeProcess, user: string, model: string) => {
  const decisions = await Promise.all([0, 1, 2, 3].map((i) => routed(gateway, user, i)));
  const won = { winner: model, loser: model === 'first' ? 'second' : 'first' };
  return gateway.post('/v1/feedback', { feedback: decisions.map(({ decision_id }) => ({ decision_id, ...won })) });
};

describe.each(KINDS)('on one $name', ({ missing, start }) => {
  describe.skipIf(missing !== null)(missing ?? 'two gateways', () => {
    let server: SharedServer;
    let one: ServeProcess;
    let two: ServeProcess;
    /** Reads along, as a third gateway would. */
    let witness: GatewayState;
    const gateway = () => serveIn(folder.path, ['--state', server.url]);
    const rated = () => witness.statistics().get('second') ?? { count: 0, sum: 0 };
    /** What those get of whom nothing is known, and what they do not get. */
    let usual: string;
    let unusual: string;
    beforeAll(async () => {
      server = await start();
      [one, two, witness] = await Promise.all([gateway(), gateway(), openState(server.url)]);
      usual = (await routed(one, 'nobody')).model;
      unusual = usual === 'first' ? 'second' : 'first';
    }, 60_000);
    afterAll(async () => {
      await witness?.close();
      await Promise.all([one?.end(), two?.end()]);
      await server?.remove();
    });

    test('what a person says to one of them changes where the other one routes that person, in both directions', async () => {
      for (const [told, other, user] of [
        [one, two, 'ann'],
        [two, one, 'bob'],
      ] as const) {
        expect(await routed(other, user)).toMatchObject({ model: usual, reason: 'global_prior' });
        expect((await likes(told, user, unusual)).status).toBe(200);
        await vi.waitFor(async () => {
          expect(await routed(other, user)).toMatchObject({ model: unusual, reason: 'highest_utility' });
        }, 5000);
        expect(await routed(told, user)).toMatchObject({ model: unusual, reason: 'highest_utility' });
        expect(await routed(other, 'nobody')).toMatchObject({ model: usual, reason: 'global_prior' });
      }
    });

    test('what one of them decided can be rated on the other one at once', async () => {
      for (const [decided, other] of [
        [one, two],
        [two, one],
      ] as const) {
        for (let i = 0; i < 10; i++) {
          const { decision_id } = await routed(decided, 'eve', i);
          expect((await other.post('/v1/feedback', { decision_id, rating: 0 })).status).toBe(200);
        }
      }
    });

    test('what is said to both at the same time adds up', async () => {
      const before = rated();
      const gateways = [one, two];
      const ids = await Promise.all(gateways.map(async (each) => (await routed(each, 'dan')).decision_id));
      const statuses = await Promise.all(
        Array.from({ length: 200 }, async (_, i) => {
          const item = { decision_id: ids[i % 2], winner: 'second', loser: 'first' };
          return (await gateways[i % 2]!.post('/v1/feedback', item)).status;
        }),
      );
      expect(new Set(statuses)).toEqual(new Set([200]));
      await vi.waitFor(() => expect(rated()).toEqual({ count: before.count + 200, sum: before.sum + 200 }));
    });

    test('kill -9 of one right after its answer: the other one routes by what was said', async () => {
      const killed = await gateway();
      const { ok } = await likes(killed, 'cat', unusual);
      killed.child.kill('SIGKILL');
      expect(ok).toBe(true);
      await killed.end('SIGKILL');
      await vi.waitFor(async () => expect((await routed(two, 'cat')).model).toBe(unusual), 5000);
    });

    test('kill -9 under load loses nothing that was confirmed, and what was decided there is rated elsewhere', async () => {
      const killed = await gateway();
      const { decision_id } = await routed(killed, 'fay');
      const before = rated().count;
      let [sent, confirmed] = [0, 0];
      const rating = async () => {
        for (;;) {
          sent++;
          const { ok } = await killed.post('/v1/feedback', { decision_id, winner: 'second', loser: 'first' });
          if (!ok) throw new Error('a rating was refused');
          if (++confirmed === 100) killed.child.kill('SIGKILL');
        }
      };
      await Promise.allSettled(Array.from({ length: 8 }, rating)); // each ends when the connection does
      await killed.end('SIGKILL');
      expect(confirmed).toBeGreaterThanOrEqual(100);
      expect((await two.post('/v1/feedback', { decision_id, winner: 'second', loser: 'first' })).status).toBe(200);
      await vi.waitFor(() => expect(rated().count - before).toBeGreaterThanOrEqual(confirmed + 1));
      expect(rated().count - before).toBeLessThanOrEqual(sent + 1);
    });
  });
});
