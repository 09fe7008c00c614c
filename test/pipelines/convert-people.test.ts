// convert --from for people: what other software wrote, read back from our own form as the same turns.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readTurns } from '../../src/data/people/read-turns.js';
import { readOutcomes } from '../../src/data/read-outcomes.js';
import { readUsers } from '../../src/data/users.js';
import { convert } from '../../src/pipelines/convert.js';
import { temporaryFolder } from '../temporary-folder.js';
import { configIn, jsonLines, listening } from './toy-project.js';

const folder = temporaryFolder();
const at = (name: string) => `${folder.path}/${name}`;
const run = async (from: string, input: string, output: string) =>
  convert(
    await configIn(folder.path, { 'convert.from': from, 'convert.input': input, 'convert.output': output }),
    listening(),
  );
/** All but where a turn stands. */
const turnsOf = async (path: string) => (await readTurns(path)).map(({ where: _, ...turn }) => turn);

describe('people of other software', () => {
  test('votes keep who, when, query, models and winner; texts come from the questions beside them', async () => {
    folder.write('questions.jsonl', jsonLines([{ question_id: 81, turns: ['Hello?', 'And now?'] }]));
    const vote = { judge: 'j1', model_a: 'a', model_b: 'b', question_id: 81 };
    const votes = folder.write(
      'votes.jsonl',
      jsonLines([
        { ...vote, turn: 1, winner: 'model_b' },
        { ...vote, turn: 2, winner: 'tie', ts: '2026-01-05T10:00:00Z' },
      ]),
    );
    const { held, written } = await run('votes', votes, at('history.jsonl'));
    expect(written).toEqual([at('history.jsonl')]);
    expect(held[0]).toContain('2 votes and 0 ratings of 1 people');
    expect(await turnsOf(written[0]!)).toEqual(await turnsOf(votes));
    expect(JSON.parse(readFileSync(written[0]!, 'utf8').split('\n')[0]!)).toEqual({
      user_id: 'j1',
      session_id: '81',
      turn: 1,
      query: 'Hello?',
      model_a: 'a',
      model_b: 'b',
      winner: 'model_b',
    });
  });

  test('groups of GMTRouter become ratings of all their models', async () => {
    const row = (model: string, rating: number) => ({
      question_id: 1,
      turn: 1,
      judge: 'j1',
      model,
      model_emb: [0.1],
      conversation: [{ query: 'Why?', query_emb: [0.2], response: 'So.', rating }],
    });
    const upstream = folder.write('gmt.jsonl', jsonLines([row('a', 4), row('b', 2), row('c', 1)]));
    const { written, held } = await run('gmtrouter', upstream, at('gmt-history.jsonl'));
    expect(await turnsOf(written[0]!)).toEqual(await turnsOf(upstream));
    expect(held[0]).toMatch(/0 votes and 1 ratings of 1 people; not carried: embeddings/);
  });

  test('the table of PersonalizedRouter becomes outcomes, users and their choices', async () => {
    const table = folder.write(
      'table.csv',
      [
        'user_id,performance_preference,task_id,query,ground_truth,metric,llm,effect,cost,best_llm',
        'u1,0.2,qa,Who?,me,em,a,1,0.5,a',
        'u1,0.2,qa,Who?,me,em,b,0,0.1,a',
        '2,1,qa,Who?,me,em,a,1,0.5,b',
        '2,1,qa,Who?,me,em,b,0,0.1,b',
        '',
      ].join('\n'),
    );
    const { written } = await run('personalizedrouter', table, at('people'));
    expect(written).toEqual(['outcomes', 'users', 'history'].map((name) => at(`people/${name}.jsonl`)));
    const { models, rows } = await readOutcomes(at('people/outcomes.jsonl'));
    expect([models, rows.map(({ outcomes }) => models.map((model) => outcomes[model]?.quality))]).toEqual([
      ['a', 'b'],
      [[1, 0]],
    ]);
    expect([...(await readUsers(at('people/users.jsonl'))).values()]).toEqual([
      { userId: 'u1', quality: 0.2, latency: 0, cost: 0.8 },
      { userId: '2', quality: 1, latency: 0, cost: 0 },
    ]);
    expect(await turnsOf(at('people/history.jsonl'))).toEqual(await turnsOf(table));
  });

  test('nothing is replaced unasked, and a bad row stops before anything is written', async () => {
    const bad = folder.write(
      'bad.jsonl',
      jsonLines([{ judge: 'j', query: 'x', model_a: 'a', model_b: 'a', winner: 'tie' }]),
    );
    await expect(run('votes', bad, at('never.jsonl'))).rejects.toMatchObject({
      code: 'VSR_DATA',
      message: `${bad}:1: model_a and model_b must be two models, got a twice.`,
    });
    await expect(readTurns(at('never.jsonl'))).rejects.toMatchObject({ code: 'VSR_FILE' });
    await expect(run('votes', bad, bad)).rejects.toMatchObject({ code: 'VSR_FILE' });
    await expect(run('arena', at('absent.parquet'), at('x.jsonl'))).rejects.toMatchObject({ code: 'VSR_FILE' });
  });
});
