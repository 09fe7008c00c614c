// vsr benchmark as a process, against a server of faults: exit codes, status, progress, bad input word by word, keys that stay
// secret. Needs dist/, which `npm test` builds first.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is the configuration's own syntax
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { answer } from '../providers/fault-server/answers.js';
import { type AskedCall, faultServer } from '../providers/fault-server/fault-server.js';
import { hangUp, status } from '../providers/fault-server/faults.js';
import { temporaryFolder } from '../temporary-folder.js';

const BIN = join(import.meta.dirname, '../../bin/vsr.js');
const folder = temporaryFolder();
const server = await faultServer(() => answer('#### 1'));
afterAll(() => server.close());
let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(folder.path, 'project-'));
  server.script(() => answer('#### 1'));
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Of the running process, as others on the machine see it. */
  readonly title: string;
}

/** While this process serves. */
function vsr(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const own = { PATH: process.env.PATH, HOME: folder.path, ...env };
  const running = spawn(process.execPath, [BIN, 'benchmark', ...args], { cwd, env: own });
  let [stdout, stderr, title] = ['', '', ''];
  const look = () => {
    if (process.platform !== 'linux') return;
    try {
      title += readFileSync(`/proc/${running.pid}/cmdline`, 'utf8');
    } catch {
      // It has ended.
    }
  };
  running.stdout.on('data', (chunk) => {
    look();
    stdout += chunk;
  });
  running.stderr.on('data', (chunk) => {
    look();
    stderr += chunk;
  });
  return new Promise((resolve) => running.once('close', (code) => resolve({ code, stdout, stderr, title })));
}

const NUMBERS = [1, 2, 3, 4].map((i) => ({ id: `q${i}`, query: `${i}?`, metric: 'numeric', ground_truth: '1' }));
const PRICED = '{prompt_per_1m: 0, completion_per_1m: 1000}';
function write(yaml: string, rows: readonly object[] = NUMBERS): void {
  writeFileSync(join(cwd, 'vsr.yaml'), yaml);
  writeFileSync(join(cwd, 'queries.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}
const LOCAL = `vllm_endpoints: [{name: local, type: openai-compatible, base_url: "${server.url}"}]\n`;

describe('a run', () => {
  test('ends with 3 at its budget; status tells what is done and open, and the next run goes on', async () => {
    write(`${LOCAL}model_config: {a: {max_tokens: 10, pricing: ${PRICED}}}\n`);
    const first = await vsr(['--budget', '0.011', '--json']);
    expect([first.code, JSON.parse(first.stdout).present]).toEqual([3, 2]);
    expect(first.stderr).toContain('The budget of $0.011 was reached: 2 calls were not made.');
    const seen = await vsr(['status', '--json']);
    expect([seen.code, JSON.parse(seen.stdout)]).toMatchObject([
      0,
      { calls: 4, done: 2, models: [{ done: 2, open: 2 }] },
    ]);
    const last = await vsr(['--json']);
    expect([last.code, JSON.parse(last.stdout).present, server.asked.length]).toEqual([0, 4, 4]);
  });
  test('says call by call how far it is, and in the end what each model did', async () => {
    server.script(({ model }) => (model === 'bad' ? status(400) : answer('#### 1')));
    write(`${LOCAL}model_config: {good: {}, bad: {}}\nbenchmark: {max_missing: 1}\n`);
    const { code, stderr, stdout } = await vsr(['-v']);
    expect(code).toBe(0);
    const reports = stderr.split('\n').filter((line) => line.startsWith('benchmark '));
    expect(reports.map((line) => line.split(' · ')[0])).toEqual(
      [0, 1, 2, 3, 4, 5, 6, 7].map((done) => `benchmark ${done}/8`),
    );
    expect(stdout).toMatch(/bad .*bad_request 3, skipped 1/);
  });
});

describe('bad input is one sentence and code 2, before any call', () => {
  const cases: [what: string, yaml: string, rows: readonly object[], sentence: string, args?: string[]][] = [];
  const bad = (...given: (typeof cases)[number]) => void cases.push(given);
  bad(
    'an unset key',
    'vllm_endpoints: [{name: o, type: openai}]\nmodel_config: {a: {}}\n',
    NUMBERS,
    'Endpoint o has no api_key, and OPENAI_API_KEY is not set.',
  );
  bad(
    'a type that is none',
    'vllm_endpoints: [{name: o, type: opnai}]\nmodel_config: {a: {}}\n',
    NUMBERS,
    'vsr.yaml:1: vllm_endpoints[0].type: expected one of ollama, vllm, openai, huggingface, nvidia, openrouter, openai-compatible, simulated, recorded, got "opnai".\n  Did you mean openai?',
  );
  bad(
    'an endpoint without a scheme',
    'vllm_endpoints: [{name: o, type: openai-compatible, base_url: "localhost:8000/v1"}]\nmodel_config: {a: {}}\n',
    NUMBERS,
    'Endpoint o: base_url must be an http or https URL, got "localhost:8000/v1".',
  );
  bad('a model without an endpoint', 'model_config: {a: {}}\n', NUMBERS, 'Model a has no endpoint to be asked at.');
  bad(
    'an alias twice',
    `${LOCAL}model_config:\n  a: {}\n  a: {}\n`,
    NUMBERS,
    'vsr.yaml:4: not valid YAML: Map keys must be unique.',
  );
  bad(
    'an alias twice in a list',
    `models: [{name: a, endpoint: "${server.url}"}, {name: a, endpoint: "${server.url}"}]\n`,
    NUMBERS,
    'vsr.yaml:1: models[1]: a is defined already.',
  );
  bad(
    'a negative price',
    `${LOCAL}model_config: {a: {pricing: {prompt_per_1m: -1, completion_per_1m: 1}}}\n`,
    NUMBERS,
    'vsr.yaml:2: model_config.a.pricing.prompt_per_1m: expected a number of at least 0, got -1.',
  );
  bad(
    'a price as a text',
    `${LOCAL}model_config: {a: {pricing: {prompt_per_1m: "2 dollars", completion_per_1m: 1}}}\n`,
    NUMBERS,
    'vsr.yaml:2: model_config.a.pricing.prompt_per_1m: expected a number, got "2 dollars".',
  );
  bad(
    'a budget below the cheapest call',
    `${LOCAL}model_config: {a: {max_tokens: 10, pricing: ${PRICED}}}\n`,
    NUMBERS,
    '--budget $0.001 is below the cheapest call, which may cost up to $0.01.',
    ['--budget', '0.001'],
  );
  bad(
    'no truth and no judge',
    `${LOCAL}model_config: {a: {}}\n`,
    [{ query: 'Why?' }],
    'queries.jsonl: none of the 1 queries can be scored, so every answer would be paid for in vain.',
  );
  test.each(cases)('%s', async (_, yaml, rows, sentence, args = []) => {
    write(yaml, rows);
    const { code, stderr } = await vsr(args);
    expect(stderr).toContain(sentence);
    expect([code, server.asked.length]).toEqual([2, 0]);
  });
});

test('a key from the environment, in a header and in the URL stands in no file, stream or title, whatever fails', async () => {
  const secret = 'sk-secret0123456789';
  const echo = (call: AskedCall) => `${call.headers.authorization} ${call.headers['x-team']} ${call.path}`;
  server.script((call) => {
    if (call.prompt.startsWith('1')) return status(400, {}, { error: { message: `who is ${echo(call)}` } });
    if (call.prompt.startsWith('2')) return status(401, {}, `no: ${echo(call)}`);
    return call.prompt.startsWith('3') ? hangUp : answer(`#### 1 for ${echo(call)}`);
  });
  write(
    `vllm_endpoints: [{name: local, type: openai-compatible, base_url: "${server.url}?key=\${URL_KEY}", api_key: "\${KEY}", headers: {X-Team: "\${TEAM}"}}]
model_config: {a: {}}
benchmark: {max_missing: 1, max_retries: 0}
`,
  );
  const env = { KEY: secret, URL_KEY: secret, TEAM: secret, OPENAI_API_KEY: secret };
  const ended = await vsr(['-v', '--no-color'], env);
  expect(ended.code).toBe(0);
  expect(server.asked.length).toBe(4);
  expect(server.asked.every((call) => echo(call).split(secret).length === 4)).toBe(true);
  const files = readdirSync(cwd, { withFileTypes: true }).filter((entry) => entry.isFile());
  const texts = files.map(({ name }) => readFileSync(join(cwd, name), 'utf8'));
  expect(texts.join('')).toContain('who is');
  const places = [...texts, ended.stdout, ended.stderr, ended.title];
  for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]) {
    expect(places.filter((place) => place.includes(form))).toEqual([]);
  }
});
