// Gateways that share one server agree, whatever happens to it: the same promises for every kind of server.

import pg from 'pg';
import { createClient } from 'redis';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { StoredTurn } from '../../src/pipelines/people/stored-turn.js';
import type { GatewayState, RatedDecision } from '../../src/server/state/gateway-state.js';
import { openState } from '../../src/server/state/open-state.js';
import type { Patience } from '../../src/server/state/shared-state.js';
import { freePort, KINDS, PASSWORD, type SharedServer } from './shared-servers.js';

const turn = (user: string, rating: number, model = 'a'): StoredTurn => ({
  user,
  session: null,
  order: 0,
  query: 'ü\u0000\ud800',
  models: [model],
  ratings: [rating],
  kind: 'ratings',
  encoder: 'sha256:e',
  vector: '',
});
const decision = (id: string): RatedDecision => ({
  id,
  router: 'knn',
  model: 'a',
  userId: 'u',
  sessionId: null,
  query: '',
  encoder: 'e',
  vector: 'AAAA',
});
const ratingsOf = (state: GatewayState, user: string) => state.turnsOf(user).map(({ ratings }) => ratings[0]);

describe.each(KINDS)('$name', ({ name, missing, start, wrong }) => {
  describe.skipIf(missing !== null)(missing ?? 'shared by several gateways', () => {
    let server: SharedServer;
    const warnings: string[] = [];
    const opened: GatewayState[] = [];
    const open = async (url = server.url, patience?: Patience) => {
      const state = await openState(url, (sentence) => void warnings.push(sentence), patience);
      opened.push(state);
      return state;
    };
    beforeAll(async () => {
      server = await start();
    });
    afterAll(() => server?.remove());
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((state) => state.close()));
      warnings.length = 0;
    });

    test('two gateways agree on ratings, decisions and sessions, and a third one starts with them', async () => {
      const [one, two] = await Promise.all([open(), open()]);
      await one.rate(turn('u', 1));
      await two.rate(turn('u', -1, 'b'));
      const both = new Map([
        ['a', { count: 1, sum: 1 }],
        ['b', { count: 1, sum: -1 }],
      ]);
      await vi.waitFor(() => expect([one.statistics(), two.statistics()]).toEqual([both, both]));
      expect(one.turnsOf('u')).toEqual([turn('u', 1), turn('u', -1, 'b')]);
      expect(two.turnsOf('u')).toEqual(one.turnsOf('u'));
      one.remember(decision('vsr-1'), 'chatcmpl-1');
      one.keepSession('s\u0000'.repeat(100), 'a');
      expect([await two.recall('vsr-1'), await two.recall('chatcmpl-1')]).toEqual([
        decision('vsr-1'),
        decision('vsr-1'),
      ]);
      await vi.waitFor(async () => expect(await two.sessionModel('s\u0000'.repeat(100))).toBe('a'));
      expect([await two.recall('other'), await two.sessionModel('other')]).toEqual([undefined, undefined]);
      const three = await open();
      expect([three.statistics(), three.turnsOf('u')]).toEqual([both, one.turnsOf('u')]);
      expect(warnings).toEqual([]);
    });

    test('what is rated on three gateways at once adds up on each of them, in one order', async () => {
      const states = await Promise.all([open(), open(), open()]);
      const each = 200;
      await Promise.all(
        states.flatMap((state, g) =>
          Array.from({ length: each }, (_, i) => state.rate(turn('many', 1 / (3 * i + g + 1), 'm'))),
        ),
      );
      const sum = Array.from({ length: 3 * each }, (_, i) => 1 / (i + 1)).reduce((a, b) => a + b, 0);
      await vi.waitFor(() => {
        for (const state of states) expect(state.statistics().get('m')!.count).toBe(3 * each);
      });
      for (const state of states) {
        expect(state.statistics().get('m')!.sum).toBeCloseTo(sum, 9);
        expect(ratingsOf(state, 'many')).toEqual(ratingsOf(states[0]!, 'many'));
      }
    });

    test('a server that dies and comes back: what was confirmed is there, what comes meanwhile waits, and all agree again', async () => {
      const [one, two] = await Promise.all([open(), open()]);
      await one.rate(turn('back', 1));
      await server.kill();
      await vi.waitFor(() => expect(warnings.length).toBeGreaterThan(0));
      const waiting = two.rate(turn('back', 0.5));
      two.remember(decision('vsr-meanwhile'));
      two.keepSession('meanwhile', 'a');
      expect(await two.sessionModel('meanwhile')).toBe('a');
      await server.start();
      await waiting;
      await one.rate(turn('back', 0.25));
      await vi.waitFor(() => {
        for (const state of [one, two]) expect(ratingsOf(state, 'back')).toEqual([1, 0.5, 0.25]);
      });
      expect(await one.recall('vsr-meanwhile')).toEqual(decision('vsr-meanwhile'));
      expect(ratingsOf(await open(), 'back')).toEqual([1, 0.5, 0.25]);
      expect(warnings.join('')).not.toMatch(/lost|not confirmed/);
      expect(warnings.length).toBe(2); // one sentence a gateway, however often it tried
    });

    test('a rating that found no server in time is refused without its address; routing goes on', async () => {
      const state = await open(server.url, { limitMs: 500, retryMs: 50, lookMs: 15_000 });
      await server.kill();
      await vi.waitFor(() => expect(warnings.length).toBe(1));
      expect(await state.sessionModel('s')).toBe(undefined);
      await expect(state.rate(turn('never', 1))).rejects.toThrow('the server of the shared state is away');
      await expect(state.recall('vsr-1')).rejects.toMatchObject({ code: 'VSR_STATE' });
      expect(warnings.join('\n')).not.toContain(PASSWORD);
      await server.start();
      await vi.waitFor(async () => expect(await state.recall('vsr-1')).toEqual(decision('vsr-1')), 5000);
      expect(ratingsOf(await open(), 'never')).toEqual([]);
    });

    test('a server without what it held: its gateways say so, and hold what it holds', async () => {
      const [one, two] = await Promise.all([open(), open()]);
      await one.rate(turn('gone', 1));
      const held = [...one.statistics().values()].reduce((sum, { count }) => sum + count, 0);
      await emptied(server.url);
      await two.rate(turn('gone', -1));
      await vi.waitFor(() => {
        for (const state of [one, two]) expect(state.statistics()).toEqual(new Map([['a', { count: 1, sum: -1 }]]));
      });
      const shown = server.url.replace(/\/\/.*@/, '//');
      expect(warnings).toContain(`${shown} has lost ratings: it holds 1 where it held ${held}.`);
    });

    test('what keeps it from being used is one sentence, without the password', async () => {
      const { password, database } = wrong(server);
      const shown = (url: string) => url.replace(/\/\/.*@/, '//');
      const nobody = server.url.replace(String(server.port), String(await freePort()));
      const said: Record<string, string> = {
        [password]: `${shown(password)} refuses the user or the password.`,
        [database]:
          name === 'Redis'
            ? `${shown(database)} has no database of that number.`
            : `${shown(database)} has no such database.`,
        [nobody]: `${shown(nobody)} does not answer as ${name}.`,
      };
      for (const [url, message] of Object.entries(said)) {
        await expect(openState(url)).rejects.toMatchObject({ code: 'VSR_STATE', message, hint: expect.any(String) });
      }
    });

    test('the state of another version is refused', async () => {
      await (await open()).close();
      await versioned(server.url, 2);
      await expect(openState(server.url)).rejects.toMatchObject({
        code: 'VSR_STATE',
        message: `${server.url.replace(/\/\/.*@/, '//')} holds the state of another version (2, here it is 1).`,
      });
      await versioned(server.url, 1);
    });

    test.skipIf(name === 'Redis')(
      'a user without the right to make tables can use those that are there (Redis has none)',
      async () => {
        await (await open()).close();
        await asked(server.url, [
          "CREATE ROLE guest LOGIN PASSWORD 'guest'",
          'GRANT SELECT, INSERT, UPDATE, DELETE ON vsr_state, vsr_feedback, vsr_remembered TO guest',
          'CREATE DATABASE empty',
        ]);
        const guest = server.url.replace(/\/\/.*@/, '//guest:guest@');
        const state = await open(guest);
        await state.rate(turn('guest', 1));
        expect(ratingsOf(state, 'guest')).toEqual([1]);
        const empty = guest.replace(/postgres$/, 'empty');
        await expect(openState(empty)).rejects.toMatchObject({
          code: 'VSR_STATE',
          message: `${empty.replace('guest:guest@', '')} does not let this user make or use the tables of the state.`,
        });
      },
    );
  });
});

test('state in another kind of server is refused, not written into a folder of that name, and its password is not shown', async () => {
  await expect(openState('mysql://u:secret@db/vsr')).rejects.toMatchObject({
    code: 'VSR_USAGE',
    message: 'State is kept in a folder, in Redis or in Postgres, not in mysql://….',
  });
});

async function asked(url: string, sentences: readonly string[]): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  for (const sentence of sentences) await client.query(sentence);
  await client.end();
}

async function redis(url: string, command: readonly string[]): Promise<void> {
  const client = await createClient({ url }).connect();
  await client.sendCommand([...command]);
  await client.close();
}

const emptied = (url: string) =>
  url.startsWith('redis')
    ? redis(url, ['FLUSHALL'])
    : asked(url, ['UPDATE vsr_state SET feedback = 0', 'DELETE FROM vsr_feedback']);

const versioned = (url: string, version: number) =>
  url.startsWith('redis')
    ? redis(url, ['SET', 'vsr:schema', String(version)])
    : asked(url, [`UPDATE vsr_state SET schema = ${version}`]);
