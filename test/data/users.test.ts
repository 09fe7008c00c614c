// users.jsonl in both forms.
import { expect, test } from 'vitest';
import { readUsers, userFromRow } from '../../src/data/users.js';
import { temporaryFolder } from '../temporary-folder.js';

const folder = temporaryFolder();

test('reads both forms, and 3 and "3" as one user', async () => {
  const path = folder.write(
    'users.jsonl',
    [
      '{"user_id":"3","preferences":{"quality":0.75,"latency":0.125,"cost":0.125}}',
      '{"user_id":3,"preferences":{"quality":0.75,"latency":0.125,"cost":0.125}}',
      '{"user_id":4,"performance_preference":0.25}',
      '{"user_id":"all","preferences":{"quality":3,"cost":1}}',
    ].join('\n'),
  );
  expect([...(await readUsers(path))]).toEqual([
    ['3', { userId: '3', quality: 0.75, latency: 0.125, cost: 0.125 }],
    ['4', { userId: '4', quality: 0.25, latency: 0, cost: 0.75 }],
    ['all', { userId: 'all', quality: 0.75, latency: 0, cost: 0.25 }],
  ]);
});

test('refuses two rows of one user that differ', async () => {
  const path = folder.write(
    'twice.jsonl',
    '{"user_id":3,"performance_preference":0.5}\n{"user_id":"3","performance_preference":0.75}',
  );
  await expect(readUsers(path)).rejects.toMatchObject({
    code: 'VSR_DATA',
    message: `${path}:2: user 3 stood before with other preferences.`,
  });
});

test.each<[unknown, string]>([
  [{}, 'user_id must be a text or a number, got nothing.'],
  [{ user_id: 1 }, 'preferences must be an object of weights, got nothing.'],
  [
    { user_id: 1, preferences: { quality: -1 } },
    'preferences: quality must be a finite number that is not negative, got -1.',
  ],
  [
    { user_id: 1, preferences: { quality: 0 } },
    'preferences must be weights of which one is above 0, got {"quality":0}.',
  ],
  [{ user_id: 1, preferences: { speed: 1 } }, 'preferences.speed is not known, expected quality, latency, cost.'],
  [{ user_id: 1, performance_preference: 2 }, 'performance_preference must be a number in [0, 1], got 2.'],
  [{ user_id: 1, performance_preference: null }, 'performance_preference must be a number in [0, 1], got null.'],
])('refuses %j', (row, sentence) => {
  expect(() => userFromRow(row, 'users.jsonl:1')).toThrow(
    expect.objectContaining({ code: 'VSR_DATA', message: `users.jsonl:1: ${sentence}` }),
  );
});
