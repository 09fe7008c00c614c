import { expect, test } from 'vitest';
import { personOf } from '../../../src/pipelines/infer/routing-person.js';
import { historyFile } from '../../../src/pipelines/people/shard.js';
import { encodeVector, type StoredTurn } from '../../../src/pipelines/people/stored-turn.js';

const turn = (order: number, given: Partial<StoredTurn> = {}): StoredTurn => ({
  user: 'ada',
  session: null,
  order,
  query: `query ${order}`,
  models: ['cook', 'poet'],
  ratings: [1, -1],
  kind: 'votes',
  encoder: 'ours',
  vector: encodeVector(Float32Array.of(order, 1)),
  ...given,
});

/** Only what a person is read from. */
function artifactOf(learned: readonly StoredTurn[]) {
  const text = learned.map((one) => `${JSON.stringify(one)}\n`).join('');
  return {
    has: (file: string) => file === historyFile('ada'),
    read: () => Buffer.from(text),
    manifest: { models: ['cook', 'poet'], features: { dim: 2 }, embedder: { fingerprint: 'ours' } },
  } as unknown as Parameters<typeof personOf>[3];
}

test('what was rated since training is later than all of it, and what training held for one moment stays so', () => {
  const artifact = artifactOf([turn(3), turn(3), turn(7)]);
  const { history } = personOf('ada', undefined, [turn(0), turn(0)], artifact);
  expect([...history!.order]).toEqual([0, 0, 0, 0, 1, 1, 2, 2, 3, 3]);
  expect([...history!.features.data]).toEqual([3, 1, 3, 1, 7, 1, 0, 1, 0, 1]);
});

test('is one object until a turn is added', () => {
  const artifact = artifactOf([turn(1)]);
  const first = personOf('ada', undefined, [], artifact);
  expect(personOf('ada', undefined, [], artifact)).toBe(first);
  const since = [turn(0)];
  const second = personOf('ada', undefined, since, artifact);
  expect(second.history!.rating.length).toBe(4);
  expect(personOf('ada', undefined, since, artifact)).toBe(second);
  const preferences = { userId: 'ada', quality: 0.2, latency: 0, cost: 0.8 };
  expect(personOf('ada', preferences, since, artifact).weights).toEqual({ quality: 0.2, latency: 0, cost: 0.8 });
});

test('leaves out turns of another encoder, of another width, and about models that are not there', () => {
  const artifact = artifactOf([turn(1, { encoder: 'theirs' }), turn(2, { vector: encodeVector(Float32Array.of(1)) })]);
  const stray = turn(0, { models: ['painter', 'dancer'] });
  expect(personOf('ada', undefined, [stray], artifact).history).toBeNull();
  const half = turn(0, { models: ['painter', 'poet'] });
  expect([...personOf('ada', undefined, [stray, half], artifact).history!.model]).toEqual([1]);
});
