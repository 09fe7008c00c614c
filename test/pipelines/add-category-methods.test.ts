// add-category by a server, by a language model and by an artifact's classifier: what is asked, believed and written.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addCategory } from '../../src/pipelines/add-category.js';
import { train } from '../../src/pipelines/train.js';
import { loopbackServer } from '../http/loopback-server.js';
import { temporaryFolder } from '../temporary-folder.js';
import { configIn, jsonLines, listening, toyOutcomes } from './toy-project.js';

const folder = temporaryFolder();
const server = await loopbackServer();
const at = (name: string) => join(folder.path, name);
const rowsOf = (path: string) =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

const filled = async (method: string | undefined, rows: readonly object[], more: Record<string, unknown> = {}) => {
  folder.write('in.jsonl', jsonLines(rows));
  const context = listening();
  const config = await configIn(folder.path, {
    ...(method !== undefined && { 'add_category.method': method }),
    'add_category.input': at('in.jsonl'),
    'add_category.output': at(`${method}.jsonl`),
    'add_category.retry_delay': 0,
    'add_category.max_retries': 1,
    ...more,
  });
  const result = await addCategory(config, context);
  return { result, context, rows: rowsOf(at(`${method}.jsonl`)) };
};

test('http: every text is asked, an unknown category is other, a failure is tried again, then named and left open', async () => {
  const replies: Record<string, object> = {
    one: { category: 'Computer_Science', confidence: 0.75 },
    two: { category: 'gardening' },
  };
  const tries: Record<string, number> = {};
  server.script(({ body }) => {
    const { text } = JSON.parse(body);
    tries[text] = (tries[text] ?? 0) + 1;
    if (text === 'one' && tries.one === 1) return { status: 503, body: '' };
    return replies[text] ? { body: JSON.stringify({ classification: replies[text] }) } : { status: 500, body: '' };
  });
  const asked = [{ query: 'one' }, { query: 'two' }, { query: 'three' }, { query: 'four', category: 'law' }];
  const { result, rows, context } = await filled('http', asked, { 'add_category.vsr_url': server.origin });
  expect(result).toMatchObject({ rows: 4, kept: 1, added: 2, failed: 1 });
  expect(rows).toEqual([
    { query: 'one', category: 'computer science', category_confidence: 0.75 },
    { query: 'two', category: 'other' },
    { query: 'three' },
    { query: 'four', category: 'law' },
  ]);
  expect(tries).toEqual({ one: 2, two: 1, three: 2 });
  expect(context.warnings).toEqual([expect.stringContaining('A row keeps no category: ')]);
  expect(server.asked.every(({ path }) => path === '/api/v1/classify/intent')).toBe(true);
});

test('llm: the model is shown the list, and the last category it names counts', async () => {
  server.script(({ body }) => {
    const prompt: string = JSON.parse(body).messages.at(-1).content;
    const content = prompt.endsWith('sum') ? 'Not physics but **Math**.' : 'I cannot say.';
    return {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }] }),
    };
  });
  const { result, rows } = await filled('llm', [{ query: 'a sum' }, { query: 'a riddle' }], {
    'add_category.model': 'helper',
    vllm_endpoints: [{ name: 'here', type: 'openai-compatible', base_url: server.origin }],
    model_config: { helper: { preferred_endpoints: ['here'] } },
  });
  expect(rows).toEqual([{ query: 'a sum', category: 'math' }, { query: 'a riddle' }]);
  expect(result).toMatchObject({ added: 1, failed: 1 });
  expect(server.asked[0]!.body).toContain('math, physics, chemistry');
});

test('classifier: what the artifact learned from labelled rows, with its confidence', async () => {
  const rows = toyOutcomes(80).map((row) => ({ ...row, category: row.task_name === 'math' ? 'math' : 'health' }));
  folder.write('outcomes.jsonl', jsonLines(rows));
  const settings = { 'train.router': ['knn'], 'train.folds': 0 };
  await train(await configIn(folder.path, settings), listening());
  const asked = [{ query: 'integral of a polynomial equation' }, { query: 'garlic butter in the oven' }];
  const { result, rows: found } = await filled('classifier', asked, { 'add_category.artifacts': at('artifacts') });
  expect(result).toMatchObject({ added: 2, failed: 0 });
  expect(found.map(({ category }) => category)).toEqual(['math', 'health']);
  for (const { category_confidence } of found) {
    expect(category_confidence).toBeGreaterThan(0.5);
    expect(category_confidence).toBeLessThanOrEqual(1);
  }
});

test('a model that is named is asked, and beside a method that asks none it is refused', async () => {
  server.script({
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      choices: [{ index: 0, message: { role: 'assistant', content: 'math' }, finish_reason: 'stop' }],
    }),
  });
  const named = {
    'add_category.model': 'helper',
    vllm_endpoints: [{ name: 'here', type: 'openai-compatible', base_url: server.origin }],
    model_config: { helper: { preferred_endpoints: ['here'] } },
  };
  expect((await filled(undefined, [{ query: 'a sum' }], named)).rows).toEqual([{ query: 'a sum', category: 'math' }]);
  await expect(filled('keyword', [{ query: 'a sum' }], named)).rejects.toMatchObject({
    code: 'VSR_USAGE',
    message: 'add-category: a model (helper) is named, and the method keyword asks none.',
  });
});
