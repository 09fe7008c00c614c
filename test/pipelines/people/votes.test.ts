import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sha256 } from '../../../src/artifacts/manifest.js';
import { bundledFile } from '../../../src/data/bundled.js';
import type { RatedTurn } from '../../../src/data/people/rated-turn.js';
import { readTurns } from '../../../src/data/people/read-turns.js';
import { analyze } from '../../../src/pipelines/analyze.js';
import { voteOutcomes } from '../../../src/pipelines/people/vote-outcomes.js';
import { withVotesExample } from '../../../src/pipelines/sources.js';
import { peopleFoldCount } from '../../../src/pipelines/train/rows.js';
import { train } from '../../../src/pipelines/train.js';
import { renderText } from '../../../src/report/text.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { configIn, jsonLines, listening } from '../toy-project.js';

const project = temporaryFolder();

const withoutOutcomes = async (settings: Record<string, unknown>) => {
  const config = await configIn(project.path, settings);
  return { ...config, data: { ...config.data, outcomes: undefined } };
};

test('without outcomes, a model counts as good as the share of its comparisons that it won', async () => {
  const row = (winner: string, model_b = 'b') => ({ user_id: 1, query: 'why', model_a: 'a', model_b, winner, turn: 1 });
  const path = project.write('shares.jsonl', jsonLines([row('model_a'), row('tie'), row('model_b', 'c')]));
  const { rows, models } = voteOutcomes(await readTurns(path));
  expect(models).toEqual(['a', 'b', 'c']);
  expect(rows.map(({ query, outcomes }) => [query.query, outcomes])).toEqual([
    [
      'why',
      {
        a: { quality: 0.5, status: 'ok' },
        b: { quality: 0.25, status: 'ok' },
        c: { quality: 1, status: 'ok' },
      },
    ],
  ]);
});

test('the bundled votes are 3,355 of 65 people', async () => {
  const turns = await readTurns(bundledFile('votes-example/votes.jsonl'));
  expect([turns.length, new Set(turns.map(({ userId }) => userId)).size]).toEqual([3355, 65]);
});

test('votes alone train routers, of real people', async () => {
  const votes = Array.from({ length: 60 }, (_, i) => ({
    user_id: i % 6,
    query: `${i % 2 ? 'butter onion' : 'polynomial triangle'} ${i}`,
    model_a: 'cook',
    model_b: 'mathematician',
    winner: i % 2 ? 'model_a' : 'model_b',
    turn: 1,
  }));
  const context = listening();
  const config = await withoutOutcomes({
    'data.votes': project.write('votes.jsonl', jsonLines(votes)),
    'train.router': ['knn', 'gmtrouter'],
    'train.folds': 'auto',
    'routers.gmtrouter': { hidden: 16, heads: 2, epochs: 1 },
    'benchmark.output': join(project.path, 'nothing.jsonl'),
    'train.engine': 'wasm',
  });
  const { manifest } = await train(config, context);
  expect(manifest.models).toEqual(['cook', 'mathematician']);
  expect(manifest.people).toEqual({ users: 6, turns: 60, simulated: 'none', routers: [] });
  expect(manifest.routers.knn!.validation.quality).toBe(1);
  expect(context.notices).toContain(
    'There are votes and no outcomes: a model counts on a query as good as the share of its comparisons there that it won.',
  );

  const { reports } = await analyze(config, listening());
  const { people } = reports[0];
  expect([people!.users, people!.votes, people!.ties]).toEqual([6, 60, 0]);
  expect(people!.scorers.map(({ name }) => name)).toEqual(['ranking for everybody', 'own ranking', 'gmtrouter']);
  expect(people!.scorers[2]!.fewShot.map((point) => point.votes)).toEqual(['0', '1', '3', '5', '10']);
  expect(await renderText(reports[0])).toContain(people!.sentence.slice(0, 40));

  await train({ ...config, train: { ...config.train, folds: 0 } }, listening());
  const unfolded = listening();
  expect(
    (await analyze({ ...config, analyze: { ...config.analyze, split: 'validation' } }, unfolded)).reports[0].people,
  ).toBeUndefined();
  expect(unfolded.notices.join()).toContain('Whether knowing the person pays was not measured: vsr train --folds 5');
});

test('votes of real people are foretold by themselves while they are few, simulated ones where it is asked for', async () => {
  const turns = (count: number) => Array.from({ length: count }, () => ({}) as RatedTurn);
  const few = { turns: turns(5000), simulated: false };
  expect(await peopleFoldCount('auto', ['knn', 'gmtrouter'], few)).toBe(3);
  expect(await peopleFoldCount('auto', ['knn', 'rankrouter'], few)).toBe(0);
  expect(await peopleFoldCount('auto', ['gmtrouter'], { ...few, simulated: true })).toBe(0);
  expect(await peopleFoldCount('auto', ['gmtrouter'], { ...few, turns: turns(5001) })).toBe(0);
  expect(await peopleFoldCount(3, ['gmtrouter'], { simulated: true, turns: turns(5001) })).toBe(3);
  expect(await peopleFoldCount(3, ['gmtrouter'], { ...few, turns: [] })).toBe(0);
});

test('what was learned from the bundled votes is judged by them, unless data is named', async () => {
  const config = await withoutOutcomes({});
  const votes = sha256(readFileSync(bundledFile('votes-example/votes.jsonl')));
  expect(withVotesExample(config, undefined, votes).example).toBe('votes');
  expect(withVotesExample(config, undefined, 'another').example).toBeUndefined();
  expect(withVotesExample(config, 'mine.jsonl', votes).example).toBeUndefined();
});

test('a vote on a model without outcomes is refused with its line', async () => {
  project.write(
    'outcomes.jsonl',
    jsonLines([
      { query: 'one', scores: { cook: 1 } },
      { query: 'two', scores: { cook: 0 } },
      { query: 'three', scores: { cook: 0 } },
    ]),
  );
  const votes = project.write(
    'strange.jsonl',
    jsonLines([{ user_id: 1, query: 'one', model_a: 'cok', model_b: 'cook', winner: 'tie', turn: 1 }]),
  );
  const config = await configIn(project.path, {
    'data.votes': votes,
    'train.router': ['gmtrouter'],
    'train.split': [1, 0, 0],
  });
  await expect(train(config, listening())).rejects.toThrow(`${votes}:1: model cok has no outcome; known are cook.`);
});
