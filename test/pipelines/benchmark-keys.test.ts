// A run with keys in the environment, in headers, in the URL and in the configuration leaves none of them anywhere.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.js';
import { benchmark } from '../../src/pipelines/benchmark.js';
import { answer } from '../providers/fault-server/answers.js';
import { type AskedCall, faultServer } from '../providers/fault-server/fault-server.js';
import { status } from '../providers/fault-server/faults.js';
import { temporaryFolder } from '../temporary-folder.js';

const SECRET = 'sk-secret0123456789';
/** As a configuration names it. */
const KEY = `\${KEY}`;

/** Says back whatever it was sent, in answers and in errors. */
const echo = (call: AskedCall) => {
  const seen = `${call.headers.authorization} ${call.headers['x-team']} ${call.path}`;
  if (call.prompt.includes('fails')) return status(400, {}, { error: { message: `who is ${seen}` } });
  return answer(`The answer is (A). You sent ${seen}`);
};
const { path: folder, write } = temporaryFolder();
const server = await faultServer(echo);
afterAll(() => server.close());

test('no file, no sentence and no process title holds a key', async () => {
  const choices = { labels: ['A', 'B'], text: ['yes', 'no'] };
  const rows = ['works', 'fails'].map((query) => ({ query, metric: 'em_mc', ground_truth: 'A', choices }));
  write('queries.jsonl', rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const environment = { OPENAI_API_KEY: SECRET, VLLM_API_KEY: SECRET, KEY: SECRET };
  const withPassword = server.url.replace('http://', `http://me:${SECRET}@`);
  const { config, warnings } = await loadConfig({
    cwd: folder,
    environment,
    sets: [
      `vllm_endpoints=${JSON.stringify([
        { name: 'header', base_url: `${server.url}?key=${SECRET}`, headers: { 'X-Team': KEY } },
        { name: 'key', type: 'openai-compatible', base_url: server.url, api_key: KEY },
        { name: 'url', type: 'openai-compatible', base_url: withPassword },
      ])}`,
      `model_config=${JSON.stringify({
        a: { preferred_endpoints: ['header'] },
        b: { preferred_endpoints: ['key'] },
        c: { preferred_endpoints: ['url'] },
      })}`,
      `benchmark.data_file=${join(folder, 'queries.jsonl')}`,
      `benchmark.output=${join(folder, 'outcomes.jsonl')}`,
    ],
  });
  const said: unknown[] = [...warnings];
  const say = (sentence: unknown) => void said.push(sentence);
  const result = await benchmark(config, { onNotice: say, onWarning: say, onProgress: say }, { environment });

  // The keys did arrive: what follows is no accident.
  const arrived = (call: AskedCall) => /sk-secret|Basic /.test(`${JSON.stringify(call.headers)} ${call.path}`);
  expect(server.asked.map(arrived)).toEqual(Array(6).fill(true));
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const texts = files.map((file) => readFileSync(join(file.parentPath, file.name), 'utf8'));
  expect(files.map(({ name }) => name).sort()).toEqual(
    expect.arrayContaining(['outcomes.jsonl', 'outcomes.meta.json', 'responses.jsonl']),
  );
  expect(texts.join('')).toContain('who is');
  const basic = Buffer.from(`me:${SECRET}`).toString('base64');
  const places = [...texts, JSON.stringify(said), JSON.stringify(result), process.title];
  for (const secret of [SECRET, basic, encodeURIComponent(SECRET)]) {
    expect(places.filter((place) => place.includes(secret))).toEqual([]);
  }
});
