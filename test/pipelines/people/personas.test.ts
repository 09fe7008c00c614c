import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readTurns } from '../../../src/data/people/read-turns.js';
import { readUsers } from '../../../src/data/users.js';
import { agreed, PERSONAS, readComparison } from '../../../src/pipelines/people/personas.js';
import { simulateUsers } from '../../../src/pipelines/simulate-users.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { configIn, jsonLines, listening, toyOutcomes } from '../toy-project.js';

const project = temporaryFolder();

test('a reply is 1, 2 or tie, or no verdict', () => {
  expect(['1', ' 2. ', 'Tie', 'Answer 1', '1 or 2', 'both', ''].map(readComparison)).toEqual([
    1,
    2,
    0,
    1,
    null,
    null,
    null,
  ]);
});

test('whoever wins in both orders wins; a judge who sticks to a place says tie', () => {
  expect([agreed(1, 2), agreed(2, 1), agreed(1, 1), agreed(2, 2), agreed(0, 1), agreed(0, 0)]).toEqual([
    'model_a',
    'model_b',
    'tie',
    'tie',
    'tie',
    'tie',
  ]);
});

test('nine preferences are written, each marked', async () => {
  const output = join(project.path, 'users.jsonl');
  const result = await simulateUsers(await configIn(project.path, { 'simulate_users.output': output }), listening());
  expect(result).toEqual({ written: [output], users: 9, votes: 0, unread: 0 });
  const users = await readUsers(output);
  expect([...users.keys()]).toEqual(Array.from({ length: 9 }, (_, i) => `simulated-${i}`));
  expect(users.get('simulated-0')).toMatchObject({ quality: 0.2, cost: 0.8 });
  expect(readFileSync(output, 'utf8').match(/"simulated":true/g)).toHaveLength(9);
});

test('personas compare stored answers in both orders: a taste wins, a liking for the first place gives ties', async () => {
  const rows = toyOutcomes(6).map((row, i) => ({ ...row, id: `q${i}` }));
  project.write('outcomes.jsonl', jsonLines(rows));
  project.write(
    'responses.jsonl',
    jsonLines(
      rows.flatMap(({ id }) => ['cook', 'generalist'].map((model) => ({ id, model, response: `${model} says` }))),
    ),
  );
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (bytes) => {
      body += bytes;
    });
    request.on('end', () => {
      const text = JSON.stringify(JSON.parse(body).messages);
      const likesCook = text.includes('playful') ? text.indexOf('cook says') < text.indexOf('generalist says') : true;
      const message = { role: 'assistant', content: likesCook ? '1' : '2' };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ choices: [{ message, finish_reason: 'stop' }], usage: {} }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const votes = join(project.path, 'votes.jsonl');
    const config = await configIn(project.path, {
      'simulate_users.kind': 'personas',
      'simulate_users.model': 'judge',
      'simulate_users.per_user': 2,
      'simulate_users.votes': votes,
      vllm_endpoints: [
        {
          name: 'here',
          type: 'openai-compatible',
          base_url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
        },
      ],
      model_config: { judge: { preferred_endpoints: ['here'] } },
    });
    const result = await simulateUsers(config, listening());
    expect(result).toEqual({ written: [votes], users: 9, votes: 18, unread: 0 });
    const turns = await readTurns(votes);
    expect(new Set(turns.map(({ userId }) => userId))).toEqual(new Set(PERSONAS.map(({ id }) => id)));
    for (const { userId, models, ratings } of turns) {
      const cook = ratings[models.indexOf('cook')];
      expect([userId, cook]).toEqual([userId, userId === 'simulated-playful' ? 1 : 0]);
    }
  } finally {
    server.close();
  }
});

test('without a model to play them there are no personas', async () => {
  const config = await configIn(project.path, { 'simulate_users.kind': 'personas' });
  await expect(simulateUsers(config, listening())).rejects.toThrow('simulate-users --kind personas needs --model');
});
