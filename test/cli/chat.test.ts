// vsr chat as a process: where nobody can be asked, it says so once and shows decisions. Needs dist/, which `npm test` builds first.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readTurnLines } from '../../src/data/people/read-turn-lines.js';
import { train } from '../../src/pipelines/train.js';
import { configIn, jsonLines, listening, toyOutcomes } from '../pipelines/toy-project.js';
import { temporaryFolder } from '../temporary-folder.js';

const BIN = join(import.meta.dirname, '../../bin/vsr.js');
const project = temporaryFolder();

test('without a configured model every turn is a decision', async () => {
  project.write('outcomes.jsonl', jsonLines(toyOutcomes(60)));
  await train(await configIn(project.path, { 'train.router': ['knn'], 'routers.knn': { k: 5 } }), listening());
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, 'chat'], {
    cwd: project.path,
    encoding: 'utf8',
    input: 'derivative integral equation\n/why\n/quit\n',
  });
  expect([status, stderr]).toEqual([
    0,
    'No model is configured here, so nobody answers: you see decisions alone (model_config; vsr init).\n',
  ]);
  expect(stdout).toContain('[mathematician · by knn · ');
  expect(stdout).toMatch(/^cook +/m);
});

test('ratings of a person are lines of a history that training reads, those of nobody are not', async () => {
  const { status, stderr } = spawnSync(process.execPath, [BIN, 'chat', '--history', 'history.jsonl', '--state', 's'], {
    cwd: project.path,
    encoding: 'utf8',
    input: 'derivative integral equation\n/good\n/user 3\nonion butter garlic\n/bad\n/rate 0.5\n/quit\n',
  });
  expect([status, stderr.split('\n')[1]]).toEqual([
    0,
    'history.jsonl: a history is of people: name who rates (--user-id, /user).',
  ]);
  const turns = await readTurnLines(join(project.path, 'history.jsonl'));
  expect(turns.map(({ userId, query, models, ratings }) => [userId, query, models, ratings])).toEqual([
    ['3', 'onion butter garlic', ['cook'], [-1]],
    ['3', 'onion butter garlic', ['cook'], [0.5]],
  ]);
});
