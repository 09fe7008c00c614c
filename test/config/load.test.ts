// loadConfig: files, --set and flags end in one validated, frozen configuration; every mistake is named with its place.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { type LoadOptions, loadConfig } from '../../src/config/load.js';
import type { VsrError } from '../../src/errors/vsr-error.js';

const root = mkdtempSync(join(tmpdir(), 'vsr-config-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let cwd = root;
let counter = 0;
beforeEach(() => {
  cwd = join(root, String(counter++));
  mkdirSync(cwd);
});

const write = (name: string, text: string) => writeFileSync(join(cwd, name), text);
const load = (options: LoadOptions = {}) => loadConfig({ cwd, environment: {}, ...options });
/** The error of a vsr.yaml with this text. */
const refusal = async (yaml: string | undefined, options: LoadOptions = {}) => {
  if (yaml !== undefined) write('vsr.yaml', yaml);
  const error = (await load(options).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )) as VsrError | undefined;
  return error && { code: error.code, message: error.message, hint: error.hint };
};

describe('precedence', () => {
  test('without file, --set or flag every default is filled in', async () => {
    const { config, origin, warnings, missingKeys } = await load();
    expect(config.seed).toBe(42);
    expect(config.objective).toEqual({
      qualityWeight: 0.9,
      costWeight: 0,
      latencyScaleMs: 10_000,
      costScale: 'auto',
      thresholds: { mode: 'auto', margin: 0 },
    });
    expect(config.benchmark.output).toBe('outcomes.jsonl');
    expect({ origin, warnings, missingKeys }).toEqual({
      origin: { file: null, modelsFile: null, sets: [], flags: [] },
      warnings: [],
      missingKeys: [],
    });
  });

  test('flag beats --set beats file beats default', async () => {
    write('vsr.yaml', 'seed: 1\nbenchmark: {query_limit: 10, concurrency: 2}\ntrain: {folds: 3}\n');
    const { config, origin } = await load({
      sets: ['benchmark.query_limit=20', 'benchmark.concurrency=4', 'train.folds=auto'],
      flags: [{ path: ['benchmark', 'queryLimit'], value: 30, flag: '--query-limit' }],
    });
    expect([config.seed, config.benchmark.queryLimit, config.benchmark.concurrency, config.train.folds]).toEqual([
      1,
      30,
      4,
      'auto',
    ]);
    expect(origin).toEqual({
      file: 'vsr.yaml',
      modelsFile: null,
      sets: ['benchmark.query_limit=20', 'benchmark.concurrency=4', 'train.folds=auto'],
      flags: ['--query-limit'],
    });
  });

  test('-c names another file, and then ./vsr.yaml is not read', async () => {
    write('vsr.yaml', 'nonsense: 1\n');
    write('other.yaml', 'seed: 7\n');
    const { config, origin } = await load({ file: 'other.yaml' });
    expect([config.seed, origin.file]).toEqual([7, 'other.yaml']);
  });

  test('the result is frozen to its leaves', async () => {
    const { config } = await load();
    expect(() => {
      (config.benchmark as { queryLimit: number }).queryLimit = 1;
    }).toThrow(TypeError);
    expect(Object.isFrozen(config.train.split)).toBe(true);
  });

  test('an empty section and an empty file mean the defaults', async () => {
    const defaults = (await load()).config;
    write('vsr.yaml', 'benchmark:\nobjective:\n  cost_weight:\n');
    expect((await load()).config).toEqual(defaults);
    write('vsr.yaml', '# nothing yet\n');
    expect((await load()).config).toEqual(defaults);
  });
});

describe('keys', () => {
  test('snake_case becomes camelCase; names that are data keep their spelling', async () => {
    write(
      'vsr.yaml',
      `
endpoints:
  - {name: my_box, base_url: "http://localhost:1", type: openai-compatible, headers: {x_team_id: a}, rate_limit_delay_ms: 5}
model_config:
  my_model-3.2:
    preferred_endpoints: [my_box]
    external_model_ids: {openai_compatible: big_one}
    pricing: {prompt_per_1m: 1, completion_per_1m: 2, cached_input_per_1m: 0.5}
    extra_body: {top_k: 5, nested_thing: {inner_key: 1}}
routers:
  knn: {k: 40, class_weights: {my_model: 2}}
`,
    );
    const { config } = await load();
    expect(config.vllmEndpoints).toEqual([
      {
        name: 'my_box',
        baseUrl: 'http://localhost:1',
        type: 'openai-compatible',
        headers: { x_team_id: 'a' },
        rateLimitDelayMs: 5,
        weight: 1,
      },
    ]);
    expect(config.modelConfig).toEqual({
      'my_model-3.2': {
        preferredEndpoints: ['my_box'],
        externalModelIds: { openai_compatible: 'big_one' },
        pricing: { currency: 'USD', promptPer_1m: 1, completionPer_1m: 2, cachedInputPer_1m: 0.5 },
        extraBody: { top_k: 5, nested_thing: { inner_key: 1 } },
      },
    });
    expect(config.routers).toEqual({ knn: { k: 40, classWeights: { my_model: 2 } } });
  });

  const unknown: [name: string, yaml: string, message: string, hint: string | RegExp][] = [
    ['a section', 'seed: 1\nbenchmrak: {}\n', 'vsr.yaml:2: unknown key benchmrak.', 'Did you mean benchmark?'],
    [
      'a key in a section',
      'benchmark:\n  output: a.jsonl\n  querylimit: 3\n',
      'vsr.yaml:3: unknown key benchmark.querylimit.',
      'Did you mean benchmark.query_limit?',
    ],
    [
      'camelCase',
      'benchmark:\n  queryLimit: 3\n',
      'vsr.yaml:2: unknown key benchmark.queryLimit.',
      'Did you mean benchmark.query_limit?',
    ],
    [
      'a key of a list item',
      'vllm_endpoints:\n  - name: a\n    adress: x\n',
      'vsr.yaml:3: unknown key vllm_endpoints[0].adress.',
      'Did you mean vllm_endpoints[0].address?',
    ],
    [
      'a key of a model with a dot in its name',
      'model_config:\n  llama-3.2:\n    max_token: 3\n',
      'vsr.yaml:3: unknown key model_config."llama-3.2".max_token.',
      'Did you mean model_config."llama-3.2".max_tokens?',
    ],
    ['a key like no other', 'zzzzzzzzzzzz: 1\n', 'vsr.yaml:1: unknown key zzzzzzzzzzzz.', /^Known at the top: seed, /],
    ['a key of the prototype', 'constructor: 1\n', 'vsr.yaml:1: unknown key constructor.', /^Known at the top: /],
    ['__proto__', '"__proto__": {seed: 1}\n', 'vsr.yaml:1: unknown key __proto__.', /^Known at the top: /],
  ];
  test.each(unknown)('%s unknown: refused with path, line and nearest key', async (_, yaml, message, hint) => {
    const error = await refusal(yaml);
    expect({ code: error?.code, message: error?.message }).toEqual({ code: 'VSR_CONFIG_KEY_UNKNOWN', message });
    if (typeof hint === 'string') expect(error?.hint).toBe(hint);
    else expect(error?.hint).toMatch(hint);
  });

  test('endpoints and vllm_endpoints are one key, and giving both is refused', async () => {
    expect(await refusal('endpoints: []\nvllm_endpoints: []\n')).toEqual({
      code: 'VSR_CONFIG',
      message: 'vsr.yaml:2: vllm_endpoints and endpoints are the same key.',
      hint: 'Keep one of them.',
    });
  });
});

describe('values', () => {
  const dimension =
    'expected a list of values, or {low, high, scale: linear or log, whole}, low not above high, of log above 0';
  const wrong: [yaml: string, message: string, hint?: string][] = [
    ['train:\n  space: {knn: {k: {low: 5}}}\n', `vsr.yaml:2: train.space.knn.k: ${dimension}, got keys with values.`],
    [
      'train:\n  space: {knn: {k: {low: 50, high: 5}}}\n',
      `vsr.yaml:2: train.space.knn.k: ${dimension}, got keys with values.`,
    ],
    ['train:\n  space: {knn: {k: []}}\n', `vsr.yaml:2: train.space.knn.k: ${dimension}, got a list.`],
    [
      'serve:\n  keys: [{name: a, hash: my-secret}]\n',
      'vsr.yaml:2: serve.keys[0].hash: expected sha256:HEX or scrypt:SALT:HEX, got something else.',
    ],
    ['seed: many\n', 'vsr.yaml:1: seed: expected a number, got "many".'],
    ['seed: 1.5\n', 'vsr.yaml:1: seed: expected a whole number, got 1.5.'],
    [
      'objective:\n  quality_weight: 3\n',
      'vsr.yaml:2: objective.quality_weight: expected a number of at most 1, got 3.',
    ],
    ['benchmark:\n  timeout: 0\n', 'vsr.yaml:2: benchmark.timeout: expected a number more than 0, got 0.'],
    ['benchmark: 7\n', 'vsr.yaml:1: benchmark: expected keys with values, got 7.'],
    ['benchmark:\n  models: a\n', 'vsr.yaml:2: benchmark.models: expected a list, got "a".'],
    [
      'train:\n  leak_check: eror\n',
      'vsr.yaml:2: train.leak_check: expected one of error, warn, exclude, got "eror".',
      'Did you mean error?',
    ],
    ['train:\n  folds: some\n', 'vsr.yaml:2: train.folds: expected auto or a number, got "some".'],
    [
      'train:\n  split: [0.5, 0.1, 0.1]\n',
      'vsr.yaml:2: train.split: the shares of train, validation and test must add up to 1.',
    ],
    [
      'objective:\n  quality_weight: 0.9\n  cost_weight: 0.2\n',
      'vsr.yaml:3: objective.cost_weight: quality_weight and cost_weight may add up to at most 1 (latency takes the rest).',
    ],
    ['infer:\n  output: ""\n', 'vsr.yaml:2: infer.output: expected a text that is not empty, got "".'],
    [
      'vllm_endpoints:\n  - port: 1\n',
      'vsr.yaml:2: vllm_endpoints[0].name: expected a text, got nothing.',
      'Add name.',
    ],
    ['seed: .nan\n', 'vsr.yaml:1: seed: expected a number, got null.'],
  ];
  test.each(wrong)('%j is refused in one sentence', async (yaml, message, hint) => {
    expect(await refusal(yaml)).toEqual({ code: 'VSR_CONFIG', message, hint });
  });

  test('a wrong flag value names the flag, a wrong --set its path', async () => {
    const flag = { path: ['benchmark', 'maxMissing'], value: 3, flag: '--max-missing' };
    expect((await refusal(undefined, { flags: [flag] }))?.message).toBe(
      '--max-missing: expected a number of at most 1, got 3.',
    );
    expect((await refusal(undefined, { sets: ['benchmark.max_missing=3'] }))?.message).toBe(
      '--set benchmark.max_missing: expected a number of at most 1, got 3.',
    );
    const weight = { path: ['objective', 'costWeight'], value: 0.5, flag: '--cost-weight' };
    expect((await refusal(undefined, { flags: [weight] }))?.message).toBe(
      '--cost-weight: quality_weight and cost_weight may add up to at most 1 (latency takes the rest).',
    );
  });

  test('two endpoints of one name, and a model that names none of them, are refused', async () => {
    const two = 'vllm_endpoints:\n  - {name: a, type: openai}\n  - {name: a, type: openai}\n';
    expect((await refusal(two))?.message).toBe('vsr.yaml:3: vllm_endpoints[1].name: two endpoints are called a.');
    const lost = 'vllm_endpoints:\n  - {name: a, type: openai}\nmodel_config:\n  m: {preferred_endpoints: [b]}\n';
    expect((await refusal(lost))?.message).toBe(
      'vsr.yaml:4: model_config.m.preferred_endpoints[0]: there is no endpoint "b"; known are a.',
    );
  });
});

describe('--set', () => {
  test('reads YAML values, makes sections, quotes names with dots and reaches list items', async () => {
    write('vsr.yaml', 'endpoints:\n  - {name: a, type: openai}\n');
    const { config } = await load({
      sets: [
        'train.split=[.7,.2,.1]',
        'model_config."gpt-4.1".temperature=0.5',
        'vllm_endpoints[0].port=81',
        'endpoints.0.concurrency=3',
        'routers.knn.k=auto',
        'infer.query=a=b',
      ],
    });
    expect(config.train.split).toEqual([0.7, 0.2, 0.1]);
    expect(config.modelConfig['gpt-4.1']?.temperature).toBe(0.5);
    expect(config.vllmEndpoints[0]).toMatchObject({ port: 81, concurrency: 3 });
    expect(config.routers).toEqual({ knn: { k: 'auto' } });
    expect(config.infer.query).toBe('a=b');
  });

  const wrong: [set: string, code: string, message: string][] = [
    [
      'benchmark.querylimit=3',
      'VSR_CONFIG_KEY_UNKNOWN',
      '--set benchmark.querylimit: unknown key benchmark.querylimit.',
    ],
    ['seed', 'VSR_USAGE', '--set seed: expected path=value.'],
    ['=3', 'VSR_USAGE', '--set: expected a path such as benchmark.concurrency, got "".'],
    ['a..b=3', 'VSR_USAGE', '--set: expected a path such as benchmark.concurrency, got "a..b".'],
    ['seed.x=3', 'VSR_USAGE', '--set seed.x: there is no seed.x to set.'],
    ['vllm_endpoints[4].port=3', 'VSR_USAGE', '--set vllm_endpoints[4].port: there is no vllm_endpoints[4] to set.'],
  ];
  test.each(wrong)('%s is refused', async (set, code, message) => {
    const error = await refusal('seed: 1\nvllm_endpoints: []\n', { sets: [set] });
    expect({ code: error?.code, message: error?.message }).toEqual({ code, message });
  });

  test('a value that is not YAML is refused', async () => {
    const error = await refusal(undefined, { sets: ['train.split=[1,'] });
    expect(error?.code).toBe('VSR_USAGE');
    expect(error?.message).toMatch(/^--set train\.split: the value is not valid YAML: /);
  });
});

describe('files', () => {
  test('broken YAML names the line', async () => {
    const error = await refusal('seed: 1\nbenchmark: {a: [1\n');
    expect(error?.code).toBe('VSR_CONFIG');
    expect(error?.message).toMatch(/^vsr\.yaml:\d+: not valid YAML: /);
  });

  test('a key twice, a list, a missing file and a directory are refused', async () => {
    expect((await refusal('seed: 1\nseed: 2\n'))?.message).toMatch(/^vsr\.yaml:2: not valid YAML: /);
    expect((await refusal('- seed\n'))?.message).toBe('vsr.yaml:1: expected keys with values, got a list.');
    expect(await refusal(undefined, { file: 'gone.yaml' })).toEqual({
      code: 'VSR_FILE',
      message: 'gone.yaml: there is no such file.',
      hint: 'Check the path, or write a starting configuration with vsr init.',
    });
    mkdirSync(join(cwd, 'folder'));
    expect(await refusal(undefined, { file: 'folder' })).toEqual({
      code: 'VSR_FILE',
      message: 'folder: expected a configuration file, got a directory.',
      hint: 'Name the file, for example -c folder/vsr.yaml.',
    });
  });
});

describe('models_file', () => {
  const models = 'vllm_endpoints:\n  - {name: b, type: openai}\nmodel_config:\n  m2: {preferred_endpoints: [b]}\n';

  test('its endpoints and models stand beside those of vsr.yaml; it lies beside the file that names it', async () => {
    mkdirSync(join(cwd, 'sub'));
    write(
      'sub/vsr.yaml',
      'models_file: models.yaml\nendpoints:\n  - {name: a, type: openai}\nmodel_config:\n  m1: {preferred_endpoints: [a]}\n',
    );
    write('sub/models.yaml', models);
    const { config, origin } = await load({ file: 'sub/vsr.yaml', sets: ['model_config.m2.temperature=1'] });
    expect(config.vllmEndpoints.map((endpoint) => endpoint.name)).toEqual(['a', 'b']);
    expect(Object.keys(config.modelConfig)).toEqual(['m1', 'm2']);
    expect(config.modelConfig.m2?.temperature).toBe(1);
    expect(origin).toMatchObject({ file: 'sub/vsr.yaml', modelsFile: 'sub/models.yaml' });
  });

  test('mistakes in it are named with its own lines', async () => {
    write('models.yaml', 'vllm_endpoints:\n  - name: b\n    prot: 1\n');
    expect((await refusal('models_file: models.yaml\nvllm_endpoints:\n  - {name: a, type: openai}\n'))?.message).toBe(
      'models.yaml:3: unknown key vllm_endpoints[1].prot.',
    );
    write('models.yaml', 'seed: 1\n');
    expect((await refusal('models_file: models.yaml\n'))?.message).toBe('models.yaml:1: unknown key seed.');
    expect((await refusal('models_file: gone.yaml\n'))?.message).toBe('gone.yaml: there is no such file.');
    write('models.yaml', 'model_config: [1]\n');
    expect((await refusal('models_file: models.yaml\nmodel_config: {m: {}}\n'))?.message).toBe(
      'models.yaml:1: model_config must have the form it has in vsr.yaml.',
    );
  });

  test('a model in both files is refused with both places', async () => {
    write('models.yaml', models);
    expect((await refusal('models_file: models.yaml\nmodel_config:\n  m2: {temperature: 1}\n'))?.message).toBe(
      'models.yaml:4: m2 is defined already, at vsr.yaml:3.',
    );
  });
});

test('a user id is the same person as a number and as text', async () => {
  for (const value of ['3', '"3"']) {
    const sets = ['infer', 'feedback', 'chat'].map((section) => `${section}.user_id=${value}`);
    const { config } = await loadConfig({ sets });
    expect([config.infer.userId, config.feedback.userId, config.chat.userId]).toEqual(['3', '3', '3']);
  }
  await expect(loadConfig({ sets: ['feedback.user_id=""'] })).rejects.toThrow('feedback.user_id');
});
