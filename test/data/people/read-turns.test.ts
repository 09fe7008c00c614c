import { expect, test } from 'vitest';
import { turnOrders } from '../../../src/data/people/order-turns.js';
import { readPersonalizedRouterCsv } from '../../../src/data/people/personalizedrouter-csv.js';
import { readTurns } from '../../../src/data/people/read-turns.js';
import { scaledTurns } from '../../../src/data/people/scale-ratings.js';
import { hasShared, SHARED } from '../../shared-folder.js';
import { temporaryFolder } from '../../temporary-folder.js';

const folder = temporaryFolder();
const write = (name: string, rows: readonly unknown[]) =>
  folder.write(name, rows.map((row) => `${typeof row === 'string' ? row : JSON.stringify(row)}\n`).join(''));
const vote = (more: object = {}) => ({
  user_id: 3,
  query: 'why',
  model_a: 'a',
  model_b: 'b',
  winner: 'model_a',
  turn: 1,
  ...more,
});

test('a vote is two ratings, a tie two zeros; 3 and "3" are one user', async () => {
  const path = write('votes.jsonl', [
    vote(),
    vote({ user_id: '3', winner: 'tie', session_id: 's1', turn: 2 }),
    vote({ user_id: undefined, judge: 'j', winner: 'tie (bothbad)', ts: '1970-01-01T00:00:01Z' }),
    vote({ winner: 'model_b', ts: 2 }),
  ]);
  const turns = await readTurns(path);
  expect(
    turns.map(({ userId, sessionId, turn, time, models, ratings, kind }) => [
      userId,
      sessionId,
      turn,
      time,
      models,
      ratings,
      kind,
    ]),
  ).toEqual([
    ['3', null, 1, null, ['a', 'b'], [1, -1], 'votes'],
    ['3', 's1', 2, null, ['a', 'b'], [0, 0], 'votes'],
    ['j', null, 1, 1000, ['a', 'b'], [0, 0], 'votes'],
    ['3', null, 1, 2000, ['a', 'b'], [-1, 1], 'votes'],
  ]);
});

test('votes that name a question find its turn in questions.jsonl beside them', async () => {
  write('questions.jsonl', [{ question_id: 7, turns: ['first', 'second'] }]);
  const path = write('named.jsonl', [vote({ query: undefined, question_id: 7, turn: 2 })]);
  const [turn] = await readTurns(path);
  expect([turn!.query, turn!.sessionId]).toEqual(['second', '7']);
});

test('rows of one model each, at one turn, are one group', async () => {
  const row = (model: string, rating: number, turn = 1) => ({
    user_id: 'u',
    session_id: 's',
    query: 'why',
    turn,
    model,
    rating,
  });
  const turns = await readTurns(write('history.jsonl', [row('a', 4), row('b', 2), row('a', 5, 2)]));
  expect(turns.map(({ models, ratings, turn }) => [models, ratings, turn])).toEqual([
    [['a', 'b'], [4, 2], 1],
    [['a'], [5], 2],
  ]);
});

test("GMTRouter's rows group by question, turn and judge", async () => {
  const row = (judge: string, model: string, rating: number) => ({
    question_id: 1,
    turn: 1,
    judge,
    model,
    model_emb: [0],
    conversation: [{ query: 'why', query_emb: [0], response: 'so', rating }],
  });
  const path = write('gmt.jsonl', [row('x', 'a', 4), row('x', 'b', 2), row('y', 'a', 1), row('y', 'b', 3)]);
  expect((await readTurns(path)).map(({ userId, models, ratings }) => [userId, models, ratings])).toEqual([
    ['x', ['a', 'b'], [4, 2]],
    ['y', ['a', 'b'], [1, 3]],
  ]);
  const alone = write('alone.jsonl', [row('x', 'a', 4), row('y', 'a', 1), row('y', 'b', 3)]);
  await expect(readTurns(alone)).rejects.toThrow(`${alone}:1: a group must rate at least two models, got a alone.`);
});

test("PersonalizedRouter's table gives outcomes, users and choices", async () => {
  const path = folder.write(
    'table.csv',
    `user_id,performance_preference,task_id,query,llm,effect,cost,best_llm
0,0.2,math,why,a,1,0.5,b
0,0.2,math,why,b,0.5,0,b
1,1,math,why,a,1,0.5,a
1,1,math,why,b,0.5,0,a
`,
  );
  const { outcomes, users, turns } = await readPersonalizedRouterCsv(path);
  expect(outcomes.map(({ query, outcomes: cells }) => [query.query, query.taskName, cells])).toEqual([
    ['why', 'math', { a: { quality: 1, status: 'ok' }, b: { quality: 0.5, status: 'ok' } }],
  ]);
  expect(users).toEqual([
    { userId: '0', quality: 0.2, latency: 0, cost: 0.8 },
    { userId: '1', quality: 1, latency: 0, cost: 0 },
  ]);
  expect(turns.map(({ userId, models, ratings }) => [userId, models, ratings])).toEqual([
    ['0', ['a', 'b'], [-1, 1]],
    ['1', ['a', 'b'], [1, -1]],
  ]);
});

const WRONG: readonly (readonly [string, object, string])[] = [
  ['a winner outside the set', vote({ winner: 'a' }), 'winner must be model_a, model_b or tie, got "a".'],
  ['a model against itself', vote({ model_b: 'a' }), 'model_a and model_b must be two models, got a twice.'],
  ['a turn that is no number from 1', vote({ turn: 0 }), 'turn must be a whole number from 1, got 0.'],
  [
    'a time that is none',
    vote({ ts: 'soon' }),
    'ts must be a time such as "2026-01-05T10:00:00Z", or seconds since 1970, got "soon".',
  ],
  [
    'nobody',
    vote({ user_id: undefined }),
    'user_id must be a text or a number (or the key user or judge), got nothing.',
  ],
  [
    'nothing said',
    { user_id: 1, query: 'why', turn: 1 },
    'expected winner, ratings, or model and rating, got none of them.',
  ],
  [
    'a rating that is no number',
    { user_id: 1, query: 'why', turn: 1, model: 'a', rating: 'good' },
    'rating must be a number, got "good".',
  ],
];
test.each(WRONG)('%s is refused with file and line', async (_, row, sentence) => {
  const path = write('wrong.jsonl', [vote(), row]);
  await expect(readTurns(path)).rejects.toThrow(`${path}:2: ${sentence}`);
});

test('a Parquet file that is none is refused with its name', async () => {
  const path = folder.write('votes.parquet', 'not parquet');
  await expect(readTurns(path)).rejects.toThrow(`${path} cannot be read as Parquet`);
});

test('time orders where all turns have one, else conversations as they begin and turns inside them', async () => {
  const timed = await readTurns(
    write('timed.jsonl', [vote({ ts: 30 }), vote({ ts: 10 }), vote({ ts: 30 }), vote({ ts: 20 })]),
  );
  expect([...turnOrders(timed)]).toEqual([2, 0, 2, 1]);
  const path = write('places.jsonl', [
    vote({ session_id: 's', turn: 5 }),
    vote({ session_id: 't', turn: 1 }),
    vote({ session_id: 's', turn: 2 }),
    vote({ user_id: 4, session_id: 't', turn: 9 }),
  ]);
  expect([...turnOrders(await readTurns(path))]).toEqual([1, 2, 0, 0]);
  const unknown = write('unknown.jsonl', [vote({ turn: undefined })]);
  const turns = await readTurns(unknown);
  expect(() => turnOrders(turns)).toThrow(
    `${unknown}:1: the order of this turn is unknown: it has neither time nor turn.`,
  );
});

test("ratings come to [−1, 1] by declared bounds or each user's own range", async () => {
  const row = (user: string, ratings: Record<string, number>) => ({ user, query: 'why', turn: 1, ratings });
  const path = write('ratings.jsonl', [
    row('u', { a: 1, b: 3, c: 2 }),
    row('mild', { a: 4, b: 5 }),
    row('flat', { a: 2, b: 2 }),
  ]);
  const turns = await readTurns(path);
  const own = scaledTurns(turns);
  expect(own.turns.map(({ ratings }) => ratings)).toEqual([
    [-1, 1, 0],
    [-1, 1],
    [0, 0],
  ]);
  expect(own.indifferent).toEqual(['flat']);
  expect(scaledTurns(turns, [1, 5]).turns.map(({ ratings }) => ratings)).toEqual([
    [-1, 0, -0.5],
    [0.5, 1],
    [-0.5, -0.5],
  ]);
  expect(() => scaledTurns(turns, [1, 4])).toThrow(`${path}:2: a rating must be in [1, 4], got 5.`);
});

test.skipIf(!hasShared)('the votes of MT-Bench are read whole', async () => {
  const turns = await readTurns(`${SHARED}/data/mtbench/human-votes.jsonl`);
  const decisive = turns.filter(({ ratings }) => ratings[0] !== 0);
  expect([turns.length, new Set(turns.map(({ userId }) => userId)).size, decisive.length]).toEqual([3355, 65, 2575]);
  expect(turnOrders(turns)).toHaveLength(3355);
});

test.skipIf(!hasShared)('a Parquet file with other columns says which it has', async () => {
  const path = `${SHARED}/fixtures/formats/table-zstd.parquet`;
  await expect(readTurns(path)).rejects.toThrow(
    /expected the columns model_a, model_b, winner, conversation_a, judge; .* missing, found /,
  );
});
