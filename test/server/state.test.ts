// Feedback in a folder survives the end of the process at any moment, also torn lines.
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { StoredTurn } from '../../src/pipelines/people/stored-turn.js';
import { openFileState } from '../../src/server/state/file-state.js';
import { openRemembered } from '../../src/server/state/remembered.js';
import { temporaryFolder } from '../temporary-folder.js';

const folder = temporaryFolder();
const turn = (user: string, rating: number, model = 'a'): StoredTurn => ({
  user,
  session: null,
  order: 0,
  query: '',
  models: [model],
  ratings: [rating],
  kind: 'ratings',
  encoder: 'sha256:e',
  vector: '',
});

describe('in a folder', () => {
  test('ratings come back in their order, through snapshots too', async () => {
    const path = join(folder.path, 'snapshots');
    const first = openFileState(path, 3);
    for (const rating of [1, -1, 0.5, 0.25, 1]) await first.rate(turn('u', rating));
    await first.close();
    expect(JSON.parse(readFileSync(join(path, 'snapshot.json'), 'utf8')).generation).toBe(1);
    const second = openFileState(path, 3);
    expect(second.turnsOf('u').map(({ ratings }) => ratings[0])).toEqual([1, -1, 0.5, 0.25, 1]);
    expect([...second.statistics()]).toEqual([['a', { count: 5, sum: 1.75 }]]);
    await second.close();
  });

  test('ratings that come together are all kept', async () => {
    const path = join(folder.path, 'together');
    const first = openFileState(path, 7);
    await Promise.all(Array.from({ length: 50 }, (_, i) => first.rate(turn(`u${i}`, 1))));
    await first.close();
    const second = openFileState(path);
    expect(second.statistics().get('a')).toEqual({ count: 50, sum: 50 });
    await second.close();
  });

  test('a torn last line was never confirmed and takes nothing with it', async () => {
    const path = join(folder.path, 'torn');
    const first = openFileState(path);
    await first.rate(turn('u', 1));
    await first.close();
    appendFileSync(join(path, 'feedback.jsonl'), '{"user":"u","session":nul');
    const second = openFileState(path);
    await second.rate(turn('u', -1));
    await second.close();
    const third = openFileState(path);
    expect(third.turnsOf('u').map(({ ratings }) => ratings[0])).toEqual([1, -1]);
    await third.close();
  });

  test('of one folder there is one gateway, and the second is told what to do', async () => {
    const path = join(folder.path, 'one');
    const first = openFileState(path);
    expect(() => openFileState(path)).toThrow(
      expect.objectContaining({
        code: 'VSR_FILE',
        message: `${path}: process ${process.pid} on ${hostname()} keeps its feedback there, as a gateway or a chat.`,
        hint: expect.stringContaining('--state FOLDER'),
      }),
    );
    await first.close();
  });

  test('decisions and sessions outlive the process, past what memory holds, until two newer files have been filled', async () => {
    const path = join(folder.path, 'remembered');
    mkdirSync(path);
    const decision = (i: number) => ({
      id: `vsr-${i}`,
      router: 'knn',
      model: 'a',
      userId: null,
      sessionId: null,
      query: 'ü'.repeat(i % 7),
      encoder: 'e',
      vector: 'AAAA',
    });
    const bytes = Buffer.byteLength(`${JSON.stringify({ decision: decision(1000), also: 'chat-1000' })}\n`) + 12;
    const first = openRemembered(path, undefined, 2000 * bytes);
    first.keepSession('s', 'b');
    for (let i = 0; i < 3000; i++) first.remember(decision(i), `chat-${i}`);
    await first.close();
    appendFileSync(join(path, 'decisions.jsonl'), '{"decision":{"id":"vsr-torn"');
    const second = openRemembered(path, undefined, 2000 * bytes);
    expect(second.sessionModel('s')).toBe('b');
    expect([await second.recall('vsr-0'), await second.recall('chat-2999'), await second.recall('vsr-torn')]).toEqual([
      decision(0),
      decision(2999),
      undefined,
    ]);
    for (let i = 3000; i < 6000; i++) second.remember(decision(i));
    await second.close();
    expect([await second.recall('vsr-0'), await second.recall('vsr-3000'), await second.recall('vsr-5999')]).toEqual([
      undefined,
      decision(3000),
      decision(5999),
    ]);
  });
});
