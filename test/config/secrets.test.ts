// ${NAME}: expanded from the environment, required only by the calls that need it, and never written down.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} in plain strings is what is tested
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.js';
import { configForManifest, requireKeys } from '../../src/config/secrets.js';

const cwd = mkdtempSync(join(tmpdir(), 'vsr-secrets-'));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));
const load = (yaml: string, environment: Record<string, string> = {}) => {
  writeFileSync(join(cwd, 'vsr.yaml'), yaml);
  return loadConfig({ cwd, environment });
};

const TWO = `
vllm_endpoints:
  - {name: paid, type: openai, api_key: "\${PAID_KEY}"}
  - {name: local, base_url: "http://localhost:8000/v1", type: openai-compatible}
model_config:
  big: {preferred_endpoints: [paid]}
  small: {preferred_endpoints: [local]}
  own: {preferred_endpoints: [paid], access_key: "\${OWN_KEY}"}
`;

describe('expansion', () => {
  test('works anywhere in a string, several times', async () => {
    const { config } = await load(
      'benchmark: {output: "${DIR}/${NAME}.jsonl"}\nvllm_endpoints:\n  - {name: a, type: openai, headers: {Authorization: "Bearer ${T}"}}\n',
      { DIR: 'out', NAME: 'run', T: 's3cret' },
    );
    expect(config.benchmark.output).toBe('out/run.jsonl');
    expect(config.vllmEndpoints[0]?.headers).toEqual({ Authorization: 'Bearer s3cret' });
  });

  test('flags are not expanded: a query may hold ${x}', async () => {
    const flags = [{ path: ['infer', 'query'], value: 'what does ${HOME} mean?', flag: '--query' }];
    const { config } = await loadConfig({ cwd: join(cwd, 'none'), environment: { HOME: '/root' }, flags });
    expect(config.infer.query).toBe('what does ${HOME} mean?');
  });

  test('an unset or empty name outside a secret is refused with key, line and name', async () => {
    for (const environment of [{}, { DIR: '' }] as Record<string, string>[]) {
      await expect(load('seed: 1\nbenchmark:\n  output: ${DIR}/a.jsonl\n', environment)).rejects.toMatchObject({
        code: 'VSR_API_KEY_MISSING',
        message: 'vsr.yaml:3: benchmark.output names ${DIR}, and DIR is not set.',
        hint: 'export DIR=…',
      });
    }
  });

  test('a key as it is in the file works, with a warning that does not repeat it', async () => {
    const { config, warnings } = await load('vllm_endpoints:\n  - {name: a, type: openai, api_key: sk-123}\n');
    expect(config.vllmEndpoints[0]?.apiKey).toBe('sk-123');
    expect(warnings).toEqual([
      'vsr.yaml:2: vllm_endpoints[0].api_key holds a key as it is; write it as ${NAME} and export NAME instead.',
    ]);
  });

  test('so does a password in the address of the shared state, and none is written into an artifact', async () => {
    const at = 'vsr.yaml:1: serve.state holds a key as it is; write it as ${NAME} and export NAME instead.';
    for (const [state, warnings] of [
      ['postgres://vsr:SEC@RET@db/vsr?application_name=SECRET', [at]],
      ['postgres://vsr:${SECRET}@db/vsr', []],
      ['postgres://vsr@db/vsr', []],
      ['redis://redis:6379', []],
    ] as const) {
      const loaded = await load(`serve: {state: "${state}"}\n`, { SECRET: 'SECRET' });
      expect(loaded.warnings).toEqual(warnings);
      expect(JSON.stringify(configForManifest(loaded.config))).not.toMatch(/SEC|RET/);
    }
  });

  test('a message about a wrong key never holds the key', async () => {
    await expect(load('vllm_endpoints:\n  - {name: a, type: openai, api_key: {k: sk-123}}\n')).rejects.toMatchObject({
      message: 'vsr.yaml:2: vllm_endpoints[0].api_key: expected a text or a list, got something else.',
    });
  });
});

describe('unset keys', () => {
  test('loading succeeds and reports them; asking a model that needs one is refused', async () => {
    const { config, missingKeys } = await load(TWO);
    expect(missingKeys).toEqual([
      { path: ['vllmEndpoints', 0, 'apiKey'], variable: 'PAID_KEY' },
      { path: ['modelConfig', 'own', 'accessKey'], variable: 'OWN_KEY' },
    ]);
    expect(() => requireKeys(config, missingKeys, ['small', 'big'])).toThrow(
      'The api_key of endpoint paid is ${PAID_KEY}, and PAID_KEY is not set.',
    );
    expect(() => requireKeys(config, missingKeys, ['own'])).toThrow(
      'The access_key of model own is ${OWN_KEY}, and OWN_KEY is not set.',
    );
  });

  test('models that do not need the key may be asked', async () => {
    const { config, missingKeys } = await load(TWO, { OWN_KEY: 'x' });
    expect(() => requireKeys(config, missingKeys, ['small'])).not.toThrow();
    expect(() => requireKeys(config, missingKeys, ['own', 'small'])).not.toThrow();
    expect(() => requireKeys(config, missingKeys, ['own', 'big'])).toThrow('PAID_KEY is not set');
  });

  test('a model without preferred endpoints needs the keys of all', async () => {
    const { config, missingKeys } = await load(
      'vllm_endpoints:\n  - {name: a, type: openai, api_key: ["${K1}", "${K2}"]}\nmodel_config: {m: {}}\n',
      { K1: 'one' },
    );
    expect(config.vllmEndpoints[0]?.apiKey).toEqual(['one']);
    expect(() => requireKeys(config, missingKeys, ['m'])).toThrow('K2 is not set');
  });
});

describe('configForManifest', () => {
  test('holds no key, header, request extra or password in a URL; all else stays', async () => {
    const { config } = await load(
      `
vllm_endpoints:
  - {name: a, type: openai, base_url: "https://user:SECRET@host/v1?key=SECRET", api_key: "\${K}", headers: {X-Team: "\${K}"}}
model_config:
  m: {preferred_endpoints: [a], access_key: "\${K}", extra_body: {token: "\${K}"}, temperature: 0.5}
train: {folds: 5}
`,
      { K: 'SECRET' },
    );
    const stored = configForManifest(config);
    expect(JSON.stringify(stored)).not.toContain('SECRET');
    const { keys, ...serve } = config.serve;
    expect(keys).toEqual([]);
    expect(stored).toEqual({
      ...config,
      serve,
      vllmEndpoints: [{ name: 'a', type: 'openai', baseUrl: 'https://host/v1', weight: 1 }],
      modelConfig: { m: { preferredEndpoints: ['a'], externalModelIds: {}, temperature: 0.5 } },
    });
    expect(config.vllmEndpoints[0]?.apiKey).toBe('SECRET');
  });
  test('nor one of the gateway or of an encoder on a server', async () => {
    const { config } = await load(
      `
serve: {api_key: ["\${K}"], keys: [{name: ann, hash: "sha256:${'a1'.repeat(32)}"}], state: "redis://me:\${K}@db:6379/2"}
embedding: {url: "http://me:\${K}@host/v1?key=\${K}", api_key: "\${K}", headers: {X-Key: "\${K}"}, model: small}
`,
      { K: 'SECRET' },
    );
    const { serve, embedding } = configForManifest(config);
    expect(serve).toMatchObject({ state: 'redis://db:6379/2', port: 8001 });
    expect(embedding).toMatchObject({ url: 'http://host/v1', model: 'small' });
    expect(JSON.stringify({ serve, embedding })).not.toMatch(/SECRET|a1a1/);
  });
});
