// What several gateways share, on a planted server: answers that get lost, words that get lost, and lines that are none.
import { expect, test, vi } from 'vitest';
import type { StoredTurn } from '../../src/pipelines/people/stored-turn.js';
import { openPending } from '../../src/server/state/pending-entries.js';
import { openSharedState, shownPlace } from '../../src/server/state/shared-state.js';
import { type Entry, ServerAway, type SharedStore, type StoreEvents } from '../../src/server/state/shared-store.js';

const turn = (rating: number): StoredTurn => ({
  user: 'u',
  session: null,
  order: 0,
  query: '',
  models: ['a'],
  ratings: [rating],
  kind: 'ratings',
  encoder: 'sha256:e',
  vector: '',
});
const QUICK = { limitMs: 200, retryMs: 1, lookMs: 10 };
const URL = 'redis://u:secret@planted/0';

/** A list in memory; `tells` whether it says that it grew, `answers` what becomes of each answer to an append. */
function planted({
  lines = [] as string[],
  tells = true,
  answers = [] as (Error | 'silence')[],
  get = async (): Promise<string | undefined> => undefined,
} = {}) {
  const told: StoreEvents[] = [];
  const store: SharedStore = {
    async append(added) {
      lines.push(...added);
      if (tells) for (const each of told) each.grew();
      const answer = answers.shift();
      if (answer === 'silence') await new Promise(() => {});
      if (answer instanceof Error) throw answer;
    },
    read: async (from, most) => ({ lines: lines.slice(from, from + most), length: lines.length }),
    put: async () => {},
    get,
    close: async () => {},
  };
  const warnings: string[] = [];
  const open = () =>
    openSharedState(
      async (_url, _shown, events) => {
        told.push(events);
        return store;
      },
      URL,
      (sentence) => void warnings.push(sentence),
      QUICK,
    );
  return { open, warnings, lines };
}

test('a rating whose answer was lost is sent again, and counts once for everybody', async () => {
  const { open, lines, warnings } = planted({
    answers: [new ServerAway('broken', true), new ServerAway('broken', true)],
  });
  const [one, two] = [await open(), await open()];
  await Promise.all([one.rate(turn(1)), two.rate(turn(0.5))]);
  const once = new Map([['a', { count: 2, sum: 1.5 }]]);
  const three = await open();
  for (const state of [one, two, three]) {
    await vi.waitFor(() => expect(state.statistics()).toEqual(once));
    await state.close();
  }
  expect(lines.length).toBe(4);
  expect(warnings).toEqual([]);
});

test('where the server falls silent, whoever rated is told that it may have been kept, and the operator why', async () => {
  const { open, warnings } = planted({ answers: ['silence'] });
  const state = await open();
  await expect(state.rate(turn(1))).rejects.toThrow(
    'the server of the shared state fell silent, and may have kept it all the same',
  );
  await state.rate(turn(-1)); // the next one is not held up
  expect(warnings).toEqual(['redis://planted/0: 1 ratings are not confirmed (no answer within 0.2 s).']);
  await state.close();
});

test('where the server falls silent, a session stays with the model that it had on this gateway', async () => {
  const { open } = planted({ get: () => new Promise(() => {}) });
  const state = await open();
  expect(await state.sessionModel('s')).toBe(undefined);
  state.keepSession('s', 'a');
  expect(await state.sessionModel('s')).toBe('a'); // not written yet
  await state.close();
  expect(await state.sessionModel('s')).toBe('a');
});

test('what the server objects to is not sent again, and strangers do not learn its words', async () => {
  const { open, lines, warnings } = planted({ answers: [new Error('disk full on db-7')] });
  const state = await open();
  await expect(state.rate(turn(1))).rejects.toThrow('the server of the shared state refuses it');
  expect([lines.length, warnings]).toEqual([
    1,
    ['redis://planted/0: 1 ratings are not confirmed (disk full on db-7).'],
  ]);
  await state.close();
});

test('what nobody was told of is found at the next look', async () => {
  const { open } = planted({ tells: false });
  const [one, two] = [await open(), await open()];
  await one.rate(turn(1));
  await vi.waitFor(() => expect(two.turnsOf('u')).toEqual([turn(1)]));
  await Promise.all([one.close(), two.close()]);
});

test('a line that is no rating is named', async () => {
  const { open } = planted({ lines: [JSON.stringify(turn(1)), 'no rating'] });
  await expect(open()).rejects.toMatchObject({
    code: 'VSR_DATA',
    message: 'redis://planted/0: rating 2: expected a stored turn, got broken text.',
  });
});

test('a list of more than a page is read to its end', async () => {
  const { open } = planted({ lines: Array.from({ length: 2500 }, (_, i) => JSON.stringify(turn((i % 3) - 1))) });
  const state = await open();
  expect(state.statistics()).toEqual(new Map([['a', { count: 2500, sum: -1 }]]));
  await state.close();
});

test('entries are written together, again where the server is away, and given up where it objects or too many wait', async () => {
  const written: Entry[][] = [];
  const answers: (Error | undefined)[] = [new ServerAway('away', false), undefined, new Error('no room')];
  const warnings: string[] = [];
  const pending = openPending({
    async put(entries) {
      const answer = answers.shift();
      if (answer) throw answer;
      written.push([...entries]);
    },
    retryMs: 1,
    onWarning: (sentence) => void warnings.push(sentence),
  });
  const entry = (key: string, value = key) => ({ key, value, seconds: 1 });
  for (const added of [entry('a'), entry('b'), entry('a', 'newer')]) pending.add(added);
  expect([pending.get('a'), pending.get('c')]).toEqual(['newer', undefined]);
  await vi.waitFor(() => expect(written).toEqual([[entry('b'), entry('a', 'newer')]]));
  await vi.waitFor(() => expect(pending.get('a')).toBe(undefined));
  pending.add(entry('c'));
  await vi.waitFor(() => expect(pending.get('c')).toBe(undefined));
  expect(warnings).toEqual(['decisions cannot be written down, so they cannot be rated (no room).']);
  for (let i = 0; i < 20_001; i++) pending.add(entry(String(i)));
  expect([pending.get('0'), pending.get('1')]).toEqual([undefined, '1']);
  await pending.close();
  expect(written.flat().length).toBe(2 + 20_000);
});

test.each([
  ['redis://:secret@host:1/0', 'redis://host:1/0'],
  ['postgres://u:secret@host/db?password=secret', 'postgres://host/db'],
  ['postgres://u:sec/ret@host/db', 'postgres://…'],
])('%s is shown as %s', (url, shown) => {
  expect(shownPlace(url)).toBe(shown);
});
