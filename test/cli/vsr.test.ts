// The built command line as a process: exit codes, streams, help, signals. Needs dist/, which `npm test` builds first.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is the configuration's own syntax
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/registry.js';
import { jsonLines, toyOutcomes } from '../pipelines/toy-project.js';

const REPOSITORY = join(import.meta.dirname, '../..');
const BIN = join(REPOSITORY, 'bin/vsr.js');
const root = mkdtempSync(join(tmpdir(), 'vsr-cli-'));
let cwd = root;
let counter = 0;

beforeAll(() => {
  if (!existsSync(join(REPOSITORY, 'dist/cli/main.js'))) throw new Error('dist/ is absent: run npm run build first.');
});
beforeEach(() => {
  cwd = join(root, String(counter++));
  mkdirSync(cwd);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const ENVIRONMENT = { PATH: process.env.PATH, HOME: root };
const vsr = (args: string[], { input = '', env = {} }: { input?: string; env?: Record<string, string> } = {}) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], {
    cwd,
    input,
    encoding: 'utf8',
    env: { ...ENVIRONMENT, ...env },
  });
  return { status, stdout, stderr };
};
const write = (name: string, text: string) => writeFileSync(join(cwd, name), text);

const GLOBAL_FLAGS = [
  '--config',
  '--set',
  '--seed',
  '--json',
  '--quiet',
  '--verbose',
  '--no-color',
  '--no-progress',
  '--version',
  '--help',
];
const COMMAND_FLAGS: Record<string, string[]> = {
  chat: [
    '--artifacts',
    '--router',
    '--user-id',
    '--mode',
    '--top-k',
    '--temp',
    '--max-tokens',
    '--route-only',
    '--web',
    '--host',
    '--port',
    '--history',
    '--state',
    '--share',
  ],
  serve: [
    '--artifacts',
    '--router',
    '--host',
    '--port',
    '--api-key',
    '--requests-per-minute',
    '--cors',
    '--candidates',
    '--quality-weight',
    '--cost-weight',
    '--max-cost',
    '--fallback',
    '--shadow',
    '--ab-share',
    '--allow-remote-images',
    '--prefix',
    '--web',
    '--log',
    '--log-prompts',
    '--state',
  ],
  benchmark: [
    '--data-file',
    '--models',
    '--output',
    '--query-limit',
    '--concurrency',
    '--rate-limit-delay',
    '--timeout',
    '--max-retries',
    '--max-tokens',
    '--temperature',
    '--scorer',
    '--judge-model',
    '--concise',
    '--no-responses',
    '--allow-code-execution',
    '--repeat',
    '--budget',
    '--until-ci',
    '--dry-run',
    '--retry-failed',
    '--rescore',
    '--fresh',
    '--max-missing',
  ],
  train: [
    '--seeds',
    '--embeddings',
    '--labels',
    '--target-cost',
    '--target-quality',
    '--thresholds',
    '--allow-remote-images',
    '--example',
    '--from-log',
    '--data-file',
    '--users',
    '--votes',
    '--history',
    '--output-dir',
    '--router',
    '--quality-weight',
    '--cost-weight',
    '--split',
    '--folds',
    '--split-by',
    '--calibrate',
    '--leak-check',
    '--query-limit',
    '--embedding-model',
    '--embedding-path',
    '--embedding-url',
    '--embedding-dim',
    '--encoders',
    '--use-fallback',
    '--category-weight',
    '--knn-k',
    '--kmeans-clusters',
    '--engine',
    '--export',
    '--device',
    '--tune',
    '--resume',
    '--add-model',
    '--artifacts',
  ],
  infer: [
    '--max-latency',
    '--allow-remote-images',
    '--image',
    '--query',
    '--input',
    '--output',
    '--artifacts',
    '--router',
    '--user-id',
    '--history',
    '--category',
    '--candidates',
    '--quality-weight',
    '--cost-weight',
    '--max-cost',
    '--threshold',
    '--fallback',
    '--top',
    '--explain',
  ],
  'judge-labels': [
    '--outcomes',
    '--responses',
    '--judge-model',
    '--output',
    '--by',
    '--limit',
    '--budget',
    '--human',
    '--binary',
  ],
  analyze: [
    '--seeds',
    '--labels',
    '--example',
    '--data-file',
    '--artifacts',
    '--compare',
    '--decisions',
    '--only',
    '--output',
    '--split',
    '--split-by',
    '--leak-check',
    '--prices',
    '--quality-weight',
    '--cost-weight',
    '--target-quality',
    '--max-cost',
    '--min-gain',
    '--bootstrap',
    '--confidence',
    '--exclude-tasks',
    '--fail-on',
    '--format',
  ],
  embed: [
    '--input',
    '--output',
    '--artifacts',
    '--embedding-model',
    '--embedding-path',
    '--embedding-url',
    '--embedding-dim',
    '--encoders',
    '--batch-size',
    '--allow-remote-images',
  ],
  'add-category': [
    '--input',
    '--output',
    '--method',
    '--artifacts',
    '--vsr-url',
    '--model',
    '--with-model',
    '--batch-size',
    '--max-retries',
    '--retry-delay',
    '--overwrite',
  ],
  feedback: [
    '--user-id',
    '--query',
    '--id',
    '--rating',
    '--model',
    '--prefer',
    '--over',
    '--artifacts',
    '--decisions',
    '--data-file',
  ],
  'simulate-users': ['--kind', '--output', '--votes', '--model', '--per-user', '--data-file', '--responses'],
  cache: [],
  init: [],
  doctor: ['--fix'],
};
/** The long flags that a help text defines: those at the start of a line, after an optional short one. */
const flagsOf = (help: string) => [...help.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map((match) => match[1]!).sort();

describe('help', () => {
  test('vsr and vsr --help list every command and the global flags, and end well', () => {
    const bare = vsr([]);
    const help = vsr(['--help']);
    expect([bare.status, help.status]).toEqual([0, 0]);
    expect(bare.stdout).toBe(help.stdout);
    expect(flagsOf(help.stdout)).toEqual([...GLOBAL_FLAGS].sort());
    for (const name of Object.keys(COMMANDS)) expect(help.stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
  });

  test.each(Object.entries(COMMAND_FLAGS))('vsr %s --help lists exactly the supported flags', (name, flags) => {
    const { status, stdout, stderr } = vsr([name, '--help']);
    expect({ status, stderr, flags: flagsOf(stdout) }).toEqual({
      status: 0,
      stderr: '',
      flags: [...flags, ...GLOBAL_FLAGS].sort(),
    });
  });

  test('--version prints the version of the package, wherever it stands', () => {
    const { version } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8'));
    expect(vsr(['--version'])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
    expect(vsr(['train', '--version'])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  });

  test('vsr --help loads commander and nothing else from outside the package', () => {
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', LIST_LOADED, BIN, '--help'], {
      cwd,
      encoding: 'utf8',
      env: ENVIRONMENT,
    });
    const loaded = stdout.split('\n').filter((line) => line.startsWith('loaded '));
    expect([...new Set(loaded)]).toEqual(['loaded commander']);
  });
});

/** Runs the command line with a loader that notes every package it resolves. */
const LIST_LOADED = `
import { register } from 'node:module';
const hooks = \`export async function resolve(name, context, next) {
  if (!/^(node:|file:|\\\\.|\\\\/|data:)/.test(name) && !context.parentURL?.includes('node_modules')) {
    const { writeSync } = await import('node:fs');
    writeSync(1, 'loaded ' + name + '\\\\n');
  }
  return next(name, context);
}\`;
register('data:text/javascript,' + encodeURIComponent(hooks));
process.argv.splice(1, 0, 'node');
await import(process.argv[2]);
`;

describe('bad input ends with code 2 and one sentence', () => {
  const cases: [args: string[], stderr: string][] = [
    [['trian'], "error: Unknown command 'trian'.\n  Did you mean train?\n"],
    [['train', '--ruoter', 'knn'], "error: Unknown option '--ruoter'.\n  Did you mean --router?\n"],
    [['benchmark', '--querylimit', '3'], "error: Unknown option '--querylimit'.\n  Did you mean --query-limit?\n"],
    [['train', 'outcomes.jsonl'], ''],
    [['infer', '--query'], "error: Option '--query <text>' argument missing.\n"],
    [['train', '--knn-k', 'many'], 'error: --knn-k: expected a whole number or auto, got "many".\n'],
    [['train', '--quality-weight', '3'], 'error: --quality-weight: expected a number of at most 1, got 3.\n'],
    [
      ['analyze', '--fail-on', 'inconclusiv'],
      'error: --fail-on: expected one of inconclusive, do-not-route, got "inconclusiv".\n  Did you mean inconclusive?\n',
    ],
    [['doctor', '--fix', 'cuda'], 'error: --fix: expected native, got "cuda".\n'],
    [['doctor', '--seed', 'x'], 'error: --seed: expected a whole number, got "x".\n'],
    [
      ['train', '--set', 'train.fold=3'],
      'error: --set train.fold: unknown key train.fold.\n  Did you mean train.folds?\n',
    ],
    [
      ['train', '-c', 'gone.yaml'],
      'error: gone.yaml: there is no such file.\n  Check the path, or write a starting configuration with vsr init.\n',
    ],
    [['infer', '--query', 'x', '--artifacts', 'gone'], ''],
    [['infer'], ''],
    [['infer', '--query', 'x', '--input', 'y'], ''],
    [['train', '--data-file', 'gone.jsonl'], ''],
    [['train', '--data-file', '.'], ''],
    [['train', '--router', 'knm'], ''],
    [['analyze', '--artifacts', 'gone'], ''],
    [['benchmark', '--data-file', 'gone.jsonl'], ''],
    [['benchmark', '--models', 'gpt-nothing', '--query-limit', '1'], ''],
  ];
  test.each(cases)('vsr %j', (args, stderr) => {
    const result = vsr(args);
    expect({ status: result.status, stdout: result.stdout }).toEqual({ status: 2, stdout: '' });
    expect(result.stderr).toMatch(/^error: /m);
    expect(result.stderr).toContain(stderr);
    expect(result.stderr).not.toMatch(/^ {4}at /m);
  });

  test('a wrong key in vsr.yaml is named with its line, whatever the command', () => {
    write('vsr.yaml', 'seed: 1\nbenchmark:\n  querylimit: 3\n');
    expect(vsr(['train'])).toEqual({
      status: 2,
      stdout: '',
      stderr: 'error: vsr.yaml:3: unknown key benchmark.querylimit.\n  Did you mean benchmark.query_limit?\n',
    });
  });

  test.skipIf(!existsSync('/dev/full'))('a full disk behind stdout is an error, not a stack', () => {
    const { status, stderr } = spawnSync('sh', ['-c', `"${process.execPath}" "${BIN}" doctor --json > /dev/full`], {
      cwd,
      encoding: 'utf8',
      env: ENVIRONMENT,
    });
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: 'error: write: the disk is full.\n  Mend that and run the same command again.\n',
    });
  });

  test('a reader that goes away ends the command quietly', () => {
    const { status, stderr } = spawnSync(
      'bash',
      ['-c', `set -o pipefail; "${process.execPath}" "${BIN}" doctor --json | true`],
      { cwd, encoding: 'utf8', env: ENVIRONMENT },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

describe('init and doctor', () => {
  test('init writes a project that loads, and leaves what is there alone', () => {
    write('queries.jsonl', 'mine\n');
    const first = vsr(['init', '--json']);
    expect(first.status).toBe(0);
    expect(JSON.parse(first.stdout)).toEqual({ written: ['models.yaml', 'vsr.yaml'], kept: ['queries.jsonl'] });
    expect(readFileSync(join(cwd, 'queries.jsonl'), 'utf8')).toBe('mine\n');
    const second = vsr(['init', '-q']);
    expect(second).toEqual({
      status: 0,
      stdout: 'left queries.jsonl as it was\nleft models.yaml as it was\nleft vsr.yaml as it was\n',
      stderr: '',
    });
  });

  const states = (stdout: string) =>
    Object.fromEntries(
      (JSON.parse(stdout).checks as { name: string; state: string }[]).map(({ name, state }) => [name, state]),
    );

  test('doctor in an empty folder finds the defaults alive', () => {
    const { status, stdout } = vsr(['doctor', '--json']);
    expect(status).toBe(0);
    expect(states(stdout)).toMatchObject({ node: 'ok', encoder: 'ok', config: 'ok', models: 'ok', artifacts: 'gap' });
    const table = vsr(['doctor']);
    expect(table.status).toBe(0);
    expect(table.stdout).toContain('artifacts: vsr train');
  });

  test('after init doctor misses the key alone, and never shows it', () => {
    vsr(['init']);
    const without = vsr(['doctor', '--json']);
    expect(without.status).toBe(2);
    const dead = Object.entries(states(without.stdout)).filter(([, state]) => state === 'dead');
    expect(dead).toEqual([['endpoint openai', 'dead']]);
    expect(without.stdout).toContain('export OPENAI_API_KEY=…');
    const withKey = vsr(['doctor', '--json'], { env: { OPENAI_API_KEY: 'sk-very-secret' } });
    expect(withKey.status).toBe(0);
    expect(withKey.stdout + withKey.stderr).not.toContain('sk-very-secret');
  });

  test('doctor reports a broken configuration and a missing file as dead', () => {
    write('vsr.yaml', 'sed: 1\n');
    const broken = vsr(['doctor', '--json']);
    expect(broken.status).toBe(2);
    expect(JSON.parse(broken.stdout).checks).toContainEqual({
      name: 'config',
      state: 'dead',
      detail: 'vsr.yaml:1: unknown key sed.',
      fix: 'Did you mean seed?',
    });
    write('vsr.yaml', 'data: {queries: gone.jsonl}\n');
    const missing = vsr(['doctor', '--json']);
    expect([missing.status, states(missing.stdout).queries]).toEqual([2, 'dead']);
  });

  test('benchmark --dry-run works on what init wrote, without a key; the real run asks for it', () => {
    vsr(['init']);
    const dry = vsr(['benchmark', '--dry-run']);
    expect({ status: dry.status, stderr: dry.stderr }).toEqual({ status: 0, stderr: '' });
    expect(dry.stdout).toContain('6 calls');
    expect(vsr(['benchmark'])).toEqual({
      status: 2,
      stdout: '',
      stderr:
        'error: The api_key of endpoint openai is ${OPENAI_API_KEY}, and OPENAI_API_KEY is not set.\n  export OPENAI_API_KEY=…, or ask other models with --models.\n',
    });
  });
});

describe('signals', () => {
  const QUERIES = Array.from({ length: 300 }, (_, i) => `${JSON.stringify({ query: `garlic butter ${i}` })}\n`).join(
    '',
  );

  /** infer with an open stdin, sent a signal when its first decisions are there. */
  const interrupted = (signal: 'SIGINT' | 'SIGTERM', more: string[]) =>
    new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
      const child = spawn(process.execPath, [BIN, 'infer', '--input', '-', ...more], { cwd, env: ENVIRONMENT });
      let stdout = '';
      let stderr = '';
      child.stderr.on('data', (chunk) => {
        stderr += chunk;
      });
      child.stdout.on('data', (chunk) => {
        if (stdout === '') child.kill(signal);
        stdout += chunk;
      });
      child.on('close', (code) => resolve({ code, stdout, stderr }));
      child.stdin.write(QUERIES);
    });

  test('Ctrl-C ends with 130, SIGTERM with 143: a sentence, no stack, what is done is out', async () => {
    write('outcomes.jsonl', jsonLines(toyOutcomes(60)));
    const trained = vsr(['train', '--router', 'knn', '--knn-k', '5', '--folds', '0', '-q']);
    expect(trained.status).toBe(0);
    const bytes = ['knn_model.json', 'knn.safetensors'].map((name) => statSync(join(cwd, 'artifacts', name)).size);
    const size = `${Math.ceil((bytes[0]! + bytes[1]!) / 1000)} kB`;
    expect(trained.stdout).toContain('│ router │ validation utility │ validation quality │ seconds │');
    expect(trained.stdout).toMatch(new RegExp(`│ knn {4}│ +[01]\\.\\d{3} │ +[01]\\.\\d{3} │ +\\d+\\.\\d │ +${size} │`));
    for (const [signal, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const) {
      const result = await interrupted(signal, ['--json']);
      expect({ code: result.code, stderr: result.stderr }).toEqual({ code, stderr: 'error: Interrupted.\n' });
      const lines = result.stdout.trimEnd().split('\n');
      expect(lines.length).toBeGreaterThan(0);
      for (const line of lines) expect(JSON.parse(line).router).toBe('knn');
    }
  });
});
