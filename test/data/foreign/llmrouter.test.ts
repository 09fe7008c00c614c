import { expect, test } from 'vitest';
import { readLlmRouter } from '../../../src/data/foreign/llmrouter.js';
import { temporaryFolder } from '../../temporary-folder.js';

const folder = temporaryFolder();
const file = (name: string, rows: object[]) =>
  folder.write(name, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
const ROW = { task_name: 'mmlu', query: '1+1?', ground_truth: '2', metric: 'em', choices: null, embedding_id: 1 };

test('rows per query and model become one row per query: seconds × 1000, failed calls missing, the first repeat counts', async () => {
  const path = file('table.jsonl', [
    {
      ...ROW,
      model_name: 'a',
      response: '2',
      response_time: 1.25,
      performance: 0.85,
      input_tokens: 7,
      output_tokens: 3,
    },
    { ...ROW, model_name: 'b', response: 'API Error: 500', response_time: 0.5, performance: 0 },
    { ...ROW, task_name: 'other', model_name: 'a', response: 'Errors are human', performance: 0 },
    { ...ROW, model_name: 'a', response: '3', performance: 0 },
  ]);
  const { rows, repeated, failed } = await readLlmRouter(path);
  expect({ repeated, failed }).toEqual({ repeated: 1, failed: 1 });
  expect(rows.map(({ query, outcomes }) => [query.taskName, query.extra, outcomes])).toEqual([
    [
      'mmlu',
      { embedding_id: 1 },
      {
        a: { quality: 0.85, status: 'ok', latency: 1250, inputTokens: 7, outputTokens: 3 },
        b: { quality: null, status: 'server_error', error: 'API Error: 500', latency: 500 },
      },
    ],
    ['other', { embedding_id: 1 }, { a: { quality: 0, status: 'ok' } }],
  ]);
});

test.each([
  [{ ...ROW, performance: 1 }, 'model_name must be the name of a model, got nothing.'],
  [{ ...ROW, model_name: 'a', performance: 3 }, 'performance must be a number in [0, 1], got 3.'],
  [{ ...ROW, model_name: 'a' }, 'performance must be a number in [0, 1], got nothing.'],
])('a bad row is refused with its line', async (row, message) => {
  const path = file('bad.jsonl', [row]);
  await expect(readLlmRouter(path)).rejects.toMatchObject({ code: 'VSR_DATA', message: `${path}:1: ${message}` });
});

test('a CSV reads as the JSONL of the same rows', async () => {
  const choices = "{'labels': ['A', 'B'], 'text': ['1', '2']}";
  const jsonl = file('same.jsonl', [
    { ...ROW, choices, model_name: 'a', response: 'B,\n"2"', response_time: 1.25, performance: 1, input_tokens: 7 },
    { ...ROW, choices, model_name: 'b', response: 'A', performance: 0 },
  ]);
  const csv = folder.write(
    'same.csv',
    [
      'task_name,query,ground_truth,metric,choices,embedding_id,model_name,response,response_time,performance,input_tokens',
      `mmlu,1+1?,2,em,"${choices}",1,a,"B,\n""2""",1.25,1.0,7`,
      `mmlu,1+1?,2,em,"${choices}",1,b,A,nan,0.0,`,
      '',
    ].join('\n'),
  );
  expect(await readLlmRouter(csv)).toEqual(await readLlmRouter(jsonl));
});

test('a CSV with a word where a number belongs is refused with its line', async () => {
  const path = folder.write('bad.csv', 'query,model_name,performance\nq,a,good\n');
  await expect(readLlmRouter(path)).rejects.toMatchObject({
    code: 'VSR_DATA',
    message: `${path}:2: performance must be a number, got "good".`,
  });
});
