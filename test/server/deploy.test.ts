// The files of configs/deploy say what they promise: nothing runs as root, secrets come from outside, and what they name exists.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { serveCommand } from '../../src/cli/commands/serve.js';
import { loadConfig } from '../../src/config/load.js';

const ROOT = join(import.meta.dirname, '../..');
const DEPLOY = join(ROOT, 'configs/deploy');
const read = (name: string) => readFileSync(join(DEPLOY, name), 'utf8');
const GLOBAL = ['--config'];
const known = new Set([...GLOBAL, ...serveCommand.flags.map(({ usage }) => usage.split(' ')[0]!)]);
/** Flags that `vsr serve` does not have. */
const strangers = (words: readonly string[]) => words.filter((word) => word.startsWith('--') && !known.has(word));

describe('Dockerfile', () => {
  const lines = read('Dockerfile').split('\n');
  const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM')));

  test('every file it copies from here exists', () => {
    const copied = lines
      .filter((line) => line.startsWith('COPY') && !line.includes('--from='))
      .flatMap((line) => line.split(/\s+/).slice(1, -1));
    expect(copied.length).toBeGreaterThan(4);
    expect(copied.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  test('the image is distroless, its user has no rights, and it runs the command of the package', () => {
    const { bin, engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(last[0]).toMatch(/^FROM gcr\.io\/distroless\/nodejs(\d+)-debian12:nonroot$/);
    expect(Number(/nodejs(\d+)/.exec(last[0]!)![1])).toBeGreaterThanOrEqual(Number(/\d+/.exec(engines.node)![0]));
    expect(last.find((line) => line.startsWith('USER'))).toBe('USER 65532:65532');
    expect(JSON.parse(last.find((line) => line.startsWith('ENTRYPOINT'))!.slice(11))).toEqual([
      '/nodejs/bin/node',
      `/app/${bin.vsr}`,
    ]);
    expect(strangers(JSON.parse(last.find((line) => line.startsWith('CMD'))!.slice(4)))).toEqual([]);
    expect(last.join('\n')).not.toMatch(/\bRUN\b/); // there is no shell in it
  });
});

test('compose: two models, no rights, the page on this machine alone, the key from outside', async () => {
  const { services, volumes } = parse(read('compose.yaml'));
  const { vsr } = services;
  expect(existsSync(join(DEPLOY, vsr.build.context, vsr.build.dockerfile))).toBe(true);
  expect(strangers(vsr.command)).toEqual([]);
  expect([vsr.read_only, vsr.cap_drop, vsr.security_opt]).toEqual([true, ['ALL'], ['no-new-privileges:true']]);
  expect(vsr.environment.VSR_KEY).toMatch(/^\$\{VSR_KEY:\?/);
  expect(vsr.ports).toEqual(['127.0.0.1:8001:8001']);
  const named = Object.values<{ volumes?: string[] }>(services).flatMap((service) => service.volumes ?? []);
  expect(named.map((volume) => volume.split(':')[0]).filter((name) => !/^\./.test(name!))).toEqual(
    Object.keys(volumes),
  );
  const { config } = await loadConfig({
    file: join(DEPLOY, 'vsr.yaml'),
    sets: [],
    cwd: DEPLOY,
    environment: { VSR_KEY: 'k' },
  });
  const pulled = [...services.models.entrypoint[2].matchAll(/ollama pull (\S+)/g)].map(([, tag]) => tag);
  expect(Object.values(config.modelConfig).map((model) => model.externalModelIds?.ollama)).toEqual(pulled);
  expect(config.vllmEndpoints.map(({ address }) => address)).toEqual(['ollama']);
});

test('compose on Postgres: laid over the other, Redis is left out and the password comes from outside', () => {
  const text = read('compose.postgres.yaml');
  const below = parse(read('compose.yaml')).services;
  const { services, volumes } = parse(text, { customTags: [{ tag: '!override', collection: 'map' }] });
  const { vsr, postgres, redis } = services;
  expect(strangers(vsr.command)).toEqual([]);
  // The same command but for where the state lives, and that address names the service, its user and its database.
  expect(vsr.command.slice(0, -1)).toEqual(below.vsr.command.slice(0, -1));
  const state = new URL(vsr.command.at(-1));
  const { POSTGRES_USER: user, POSTGRES_DB: database } = postgres.environment;
  expect([state.hostname in services, state.username, state.pathname]).toEqual([true, user, `/${database}`]);
  for (const password of [vsr.environment.PGPASSWORD, postgres.environment.POSTGRES_PASSWORD]) {
    expect(password).toMatch(/^\$\{PGPASSWORD:\?/);
  }
  expect(text).toContain('depends_on: !override');
  expect(Object.keys(vsr.depends_on).sort()).toEqual(['models', 'postgres']);
  expect([Object.keys(redis), redis.profiles]).toEqual([['profiles'], ['redis']]);
  expect(postgres.volumes.map((volume: string) => volume.split(':')[0])).toEqual(Object.keys(volumes));
});

test('Kubernetes: no rights, probes that exist, mounts that are there', () => {
  const documents = parseAllDocuments(read('kubernetes.yaml'));
  expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
  const [deployment, service] = documents.map((document) => document.toJS());
  const { spec } = deployment.spec.template;
  const [container] = spec.containers;
  expect([spec.securityContext.runAsNonRoot, spec.automountServiceAccountToken]).toEqual([true, false]);
  expect(container.securityContext).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  });
  expect(strangers(container.args)).toEqual([]);
  expect([container.readinessProbe.httpGet.path, container.livenessProbe.httpGet.path]).toEqual(['/ready', '/health']);
  const volumes = spec.volumes.map(({ name }: { name: string }) => name);
  expect(container.volumeMounts.map(({ name }: { name: string }) => name)).toEqual(volumes);
  expect(service.spec.selector).toEqual(deployment.spec.template.metadata.labels);
  expect(service.spec.ports[0].targetPort).toBe(container.ports[0].name);
});

describe('systemd', () => {
  test('a user of its own, flags that exist, a reload that drops nothing', () => {
    const lines = read('vsr.service').split('\n');
    expect(lines).toEqual(expect.arrayContaining(['DynamicUser=yes', 'ProtectSystem=strict', 'NoNewPrivileges=yes']));
    expect(strangers(lines.find((line) => line.startsWith('ExecStart='))!.split(' '))).toEqual([]);
    expect(lines).toContain('ExecReload=/bin/kill -HUP $MAINPID');
  });

  const systemd = spawnSync('systemd-analyze', ['--version']).status === 0;
  test.skipIf(!systemd)('systemd-analyze finds nothing wrong (skipped where it is not installed)', () => {
    const { stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', join(DEPLOY, 'vsr.service')], {
      encoding: 'utf8',
    });
    expect(stderr.split('\n').filter((line) => line.includes('vsr.service'))).toEqual([]);
  });
});
