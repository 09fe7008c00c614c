// What a running gateway learns, keeps, limits and takes in: feedback, keys, experiments, logs, new artifacts, the chat on top of it.
import { fork } from 'node:child_process';
import { createHash, scryptSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { judgeDecisions } from '../../src/pipelines/analyze/deployed.js';
import { withLogAsOutcomes } from '../../src/pipelines/train/from-log.js';
import { train } from '../../src/pipelines/train.js';
import { createAccess } from '../../src/server/access.js';
import type { ApiError } from '../../src/server/api-error.js';
import { createBreaker } from '../../src/server/breaker.js';
import { createChatSession } from '../../src/server/chat/chat-session.js';
import { armOf } from '../../src/server/choose-model.js';
import { headerText } from '../../src/server/decision-headers.js';
import { requireKeyOffLoopback } from '../../src/server/listen.js';
import { openRequestLog } from '../../src/server/request-log.js';
import { openFileState } from '../../src/server/state/file-state.js';
import { compileSource } from '../compiled-source.js';
import { answer } from '../providers/fault-server/answers.js';
import type { FaultServer } from '../providers/fault-server/fault-server.js';
import { status } from '../providers/fault-server/faults.js';
import { temporaryFolder } from '../temporary-folder.js';
import { gatewayConfig, modelServer, openOnPort, toyArtifact } from './gateway-on-port.js';

const folder = temporaryFolder();
let models: FaultServer;
const MATHS = 'derivative integral equation matrix prime';
const chat = (content: string, extra: object = {}) => ({
  model: 'vsr/knn',
  messages: [{ role: 'user', content }],
  ...extra,
});

beforeAll(async () => {
  await toyArtifact(folder);
  models = await modelServer();
});
beforeEach(() => models.script(() => answer('4')));
const open = async (settings: Record<string, unknown> = {}) =>
  openOnPort(await gatewayConfig(folder.path, models.url, settings));

describe('feedback', () => {
  test('a rating by decision id or response id is kept with user and features, and comes back after a restart', async () => {
    const state = join(folder.path, 'kept');
    const first = await open({ 'serve.state': state });
    models.script(() => answer('4', {}));
    const response = await first.post('/v1/chat/completions', chat(MATHS, { user: 'u1' }));
    const id = response.headers.get('x-vsr-decision-id');
    expect(await (await first.post('/v1/feedback', { decision_id: id, rating: -1 })).json()).toEqual({
      object: 'feedback',
      kept: [{ decision_id: id, models: ['mathematician'], ratings: [-1] }],
    });
    const { id: responseId } = (await response.json()) as { id: string };
    expect((await first.post('/v1/feedback', { id: responseId, winner: 'cook', user: 'u2' })).status).toBe(200);
    await first.close();
    const second = await open({ 'serve.state': state });
    const [turn] = second.parts.state.turnsOf('u1');
    expect({ ...turn, vector: Buffer.from(turn!.vector, 'base64').length }).toEqual({
      user: 'u1',
      session: null,
      order: 0,
      query: '',
      models: ['mathematician'],
      ratings: [-1],
      kind: 'ratings',
      encoder: second.parts.session().manifest.embedder.fingerprint,
      vector: 4 * second.parts.session().manifest.features.dim,
    });
    expect(second.parts.state.turnsOf('u2').map(({ models: named, ratings, kind }) => [named, ratings, kind])).toEqual([
      [['cook', 'mathematician'], [1, -1], 'votes'],
    ]);
    // Decisions outlive the process too, by either id; what nobody decided can be rated by nobody.
    expect((await second.post('/v1/feedback', { decision_id: id, rating: 1 })).status).toBe(200);
    expect((await second.post('/v1/feedback', { id: responseId, rating: 0.5 })).status).toBe(200);
    expect(second.parts.state.turnsOf('u1').map(({ ratings }) => ratings[0])).toEqual([-1, 1, 0.5]);
    expect((await second.post('/v1/feedback', { decision_id: 'vsr-nobody', rating: 1 })).status).toBe(404);
    await second.close();
  });

  test.each([[{ rating: 2 }], [{ rating: '1' }], [{ winner: 'nobody' }], [{}]])('%j is no rating', async (said) => {
    const gateway = await open();
    const { decision_id } = (await (await gateway.post('/v1/route', { query: MATHS })).json()) as {
      decision_id: string;
    };
    expect((await gateway.post('/v1/feedback', { decision_id, ...said })).status).toBe(400);
    await gateway.close();
  });

  test('kill -9 under load loses nothing that was confirmed', async () => {
    const compiled = temporaryFolder();
    const dist = compileSource(compiled.path, [
      'errors',
      'math',
      'data',
      'inference',
      'artifacts',
      'pipelines',
      'server',
    ]);
    const state = join(compiled.path, 'state');
    const script = compiled.write(
      'rate.mjs',
      `import { openFileState } from ${JSON.stringify(join(dist, 'server/state/file-state.js'))};
      const state = openFileState(${JSON.stringify(state)}, 40);
      for (let i = 0; ; i++) await Promise.all([0, 1, 2].map(async () => {
        await state.rate({ user: 'u', session: null, order: 0, query: '', models: ['a'], ratings: [1], kind: 'ratings', encoder: 'e', vector: '' });
        process.send('kept');
      }));`,
    );
    const child = fork(script, { stdio: 'ignore' });
    let confirmed = 0;
    await new Promise<void>((resolve) => {
      child.on('message', () => {
        if (++confirmed === 150) child.kill('SIGKILL');
      });
      child.on('exit', () => resolve());
    });
    const after = openFileState(state);
    expect(confirmed).toBeGreaterThanOrEqual(150);
    expect(after.statistics().get('a')!.count).toBeGreaterThanOrEqual(confirmed);
    await after.close();
  });
});

describe('keys', () => {
  test('plain and hashed keys are known, others are not; each has its own rate', async () => {
    const salt = '00112233445566778899aabbccddeeff';
    const gateway = await open({
      'serve.api_key': 'first-key',
      'serve.keys': [
        {
          name: 'two',
          hash: `sha256:${createHash('sha256').update('second-key').digest('hex')}`,
          requests_per_minute: 1,
        },
        {
          name: 'three',
          hash: `scrypt:${salt}:${scryptSync('third-key', Buffer.from(salt, 'hex'), 32).toString('hex')}`,
        },
      ],
    });
    const ask = async (key?: string) => {
      const response = await gateway.post('/v1/route', { query: MATHS }, key ? { authorization: `Bearer ${key}` } : {});
      return response.status;
    };
    expect([await ask(), await ask('wrong'), await ask('first-key'), await ask('third-key')]).toEqual([
      401, 401, 200, 200,
    ]);
    expect([await ask('second-key'), await ask('second-key'), await ask('first-key')]).toEqual([200, 429, 200]);
    expect((await fetch(`${gateway.url}/metrics`)).status).toBe(401);
    expect((await fetch(`${gateway.url}/health`)).status).toBe(200);
    await gateway.close();
  });

  test('strangers with ever new keys cannot keep the gateway busy with scrypt, and those with a proved key do not notice', () => {
    const salt = '00112233445566778899aabbccddeeff';
    const hashed = (key: string) => `scrypt:${salt}:${scryptSync(key, Buffer.from(salt, 'hex'), 32).toString('hex')}`;
    let time = 0;
    const access = createAccess(
      { apiKey: 'quick', keys: [{ name: 'slow', hash: hashed('slow-key') }], requestsPerMinute: undefined },
      () => time,
      4,
    );
    const asked = (key: string) => {
      try {
        return access.check(new Headers({ authorization: `Bearer ${key}` }));
      } catch (error) {
        return (error as ApiError).status;
      }
    };
    expect(asked('slow-key')).toBe('slow');
    expect([0, 1, 2, 3, 4].map((i) => asked(`stranger-${i}`))).toEqual([401, 401, 401, 429, 429]);
    expect([asked('slow-key'), asked('quick'), asked('stranger-0')]).toEqual(['slow', 'api_key', 401]);
    time = 60_000;
    expect(asked('stranger-999')).toBe(401);
  });

  test('nobody listens to strangers without a key', async () => {
    const { serve } = await gatewayConfig(folder.path, null, { 'serve.host': '0.0.0.0' });
    expect(() => requireKeyOffLoopback(serve)).toThrow(expect.objectContaining({ code: 'VSR_USAGE' }));
    expect(() => requireKeyOffLoopback({ ...serve, apiKey: 'k' })).not.toThrow();
    expect(() => requireKeyOffLoopback({ ...serve, host: '::1' })).not.toThrow();
  });
});

describe('experiments', () => {
  test('the arm is the hash of the name, in the share that was asked for', () => {
    const arms = Array.from({ length: 2000 }, (_, i) => armOf(`user ${i}`, 0.3));
    const routed = arms.filter((arm) => arm === 'routed').length / arms.length;
    expect(Math.abs(routed - 0.3)).toBeLessThan(0.04); // four standard errors
    expect(arms).toEqual(Array.from({ length: 2000 }, (_, i) => armOf(`user ${i}`, 0.3)));
  });

  test('a shadow router is logged while the default model answers', async () => {
    const gateway = await open({ 'serve.shadow': 'knn', 'serve.fallback': 'generalist' });
    const decision = (await (await gateway.post('/v1/route', { query: MATHS })).json()) as Record<string, unknown>;
    expect([decision.model, decision.reason, decision.shadow]).toEqual([
      'generalist',
      'shadow',
      { router: 'knn', model: 'mathematician' },
    ]);
    await gateway.close();
  });
});

test('the log is outcomes, and its rated answers train', async () => {
  const file = join(folder.path, 'requests.jsonl');
  const gateway = await open({ 'serve.log.file': file, 'serve.log.prompts': true });
  models.script(({ model }) => (model === 'mathematician' ? status(500) : answer('4')));
  const response = await gateway.post('/v1/chat/completions', chat(MATHS, { user: 'u1' }));
  const served = response.headers.get('x-vsr-model')!;
  await gateway.post('/v1/feedback', { decision_id: response.headers.get('x-vsr-decision-id'), rating: 0.5 });
  await gateway.post('/v1/chat/completions', chat('never rated'));
  await gateway.close();
  const config = await gatewayConfig(folder.path, null, { 'train.from_log': file });
  const {
    train: { dataFile },
  } = await withLogAsOutcomes(config);
  const rows = readFileSync(dataFile!, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(
    rows.map(({ query, user_id, outcomes }) => [
      query,
      user_id,
      outcomes.mathematician,
      outcomes[served].quality,
      outcomes[served].cost,
    ]),
  ).toEqual([[MATHS, 'u1', { quality: null, status: 'server_error' }, 0.75, 14e-6]]);
});

test('a model that was rated a few times is left out of what is learned from a log, and said to be', async () => {
  const line = (i: number, model: string) =>
    JSON.stringify({
      id: `r${i}`,
      query: `question ${i}`,
      outcomes: { [model]: { quality: 1, status: 'ok' } },
      decision: { feedback: true },
    });
  const lines = Array.from({ length: 21 }, (_, i) =>
    line(i, i < 10 ? 'cook' : i < 19 ? 'generalist' : 'mathematician'),
  );
  const file = join(folder.path, 'rare.jsonl');
  writeFileSync(file, `${lines.join('\n')}\n`);
  const warnings: string[] = [];
  const config = await gatewayConfig(folder.path, null, { 'train.from_log': file });
  const { train: learned } = await withLogAsOutcomes(config, { onWarning: (sentence) => void warnings.push(sentence) });
  const kept = readFileSync(learned.dataFile!, 'utf8').trim().split('\n');
  expect(new Set(kept.flatMap((row) => Object.keys(JSON.parse(row).outcomes)))).toEqual(new Set(['cook']));
  expect(warnings).toEqual([
    `${file}: generalist was rated 9 times, too few to learn from; it is left out.`,
    `${file}: mathematician was rated 2 times, too few to learn from; it is left out.`,
  ]);
});

test('an A/B share is measured from the log alone, and the log trains a router that decides alike', async () => {
  const file = join(folder.path, 'experiment.jsonl');
  const gateway = await open({
    'serve.log': { file, prompts: true },
    'serve.ab_share': 0.5,
    'serve.fallback': 'cook',
  });
  const users = Array.from({ length: 80 }, (_, i) => `user ${i}`);
  // Two questions each; the cook satisfies one user in four, the mathematician three in four.
  const satisfied = (model: string, i: number) => (i % 4 === 0) === (model === 'cook');
  for (const [i, user] of users.entries()) {
    for (const question of [0, 1]) {
      const response = await gateway.post('/v1/chat/completions', chat(`${MATHS} ${i} ${question}`, { user }));
      const rating = satisfied(response.headers.get('x-vsr-model')!, i) ? 1 : -1;
      await gateway.post('/v1/feedback', { decision_id: response.headers.get('x-vsr-decision-id'), rating });
    }
  }
  await gateway.close();
  const arms = users.map((user) => armOf(user, 0.5));
  const mean = (arm: string, model: string) => {
    const own = users.flatMap((_, i) => (arms[i] === arm ? [Number(satisfied(model, i))] : []));
    const [n, units] = [2 * own.length, own.length];
    return { requests: n, assigned: units, n, units, utility: own.reduce((sum, one) => sum + one, 0) / units };
  };
  const [routed, standard] = [mean('routed', 'mathematician'), mean('default', 'cook')];
  const base = { 'analyze.artifacts': [join(folder.path, 'artifacts')], 'analyze.bootstrap': 500 };
  const measured = await judgeDecisions(
    await gatewayConfig(folder.path, null, { ...base, 'analyze.decisions': file, 'analyze.quality_weight': 1 }),
    {},
  );
  const { routed: a, default: b, measures } = measured.experiment!;
  const difference = measured.experiment!.difference!;
  expect({ a, b }).toEqual({ a: routed, b: standard });
  expect(measures.find(({ name }) => name === 'quality')).toMatchObject({ difference });
  expect(difference.delta).toBeCloseTo(routed.utility - standard.utility, 12);
  // Users are drawn, not answers: the interval is that of 80 independent values, about ± 1.96 · 0.87 / √80.
  expect(difference.high - difference.low).toBeGreaterThan(0.3);
  expect(difference.high - difference.low).toBeLessThan(0.5);
  expect([measured.verdict.kind, measured.decisions]).toEqual(['gain', 160]);

  const trained = await gatewayConfig(folder.path, null, {
    'train.from_log': file,
    'train.output_dir': join(folder.path, 'from-log'),
    'train.router': ['knn'],
    'train.folds': 0,
    'objective.quality_weight': 1,
  });
  await train(await withLogAsOutcomes(trained), {});
  const again = await open({ 'serve.artifacts': join(folder.path, 'from-log') });
  expect(await (await again.post('/v1/route', { query: MATHS })).json()).toMatchObject({ model: 'mathematician' });
  await again.close();
});

test('an A/B share is measured without prompts: ratings, dollars, milliseconds, who got no answer and who another one', async () => {
  const file = join(folder.path, 'silent.jsonl');
  const gateway = await open({
    'serve.log': { file, prompts: false },
    'serve.ab_share': 0.5,
    'serve.fallback': 'cook',
    'serve.breaker': { failures: 1000 },
  });
  // Every fifth question meets no model that answers, every third no mathematician.
  const unheard = (i: number) => i % 5 === 0;
  const fails = (i: number, model: string) => unheard(i) || (i % 3 === 0 && model === 'mathematician');
  let now = 0;
  models.script(({ model }) => (fails(now, model) ? status(500) : answer('4')));
  const arms = Array.from({ length: 60 }, (_, i) => armOf(`user ${i}`, 0.5));
  for (const i of arms.keys()) {
    now = i;
    const response = await gateway.post('/v1/chat/completions', chat(MATHS, { user: `user ${i}` }));
    expect(response.status).toBe(unheard(i) ? 502 : 200);
    if (i % 2 === 1 || !response.ok) continue;
    const rating = response.headers.get('x-vsr-model') === 'mathematician' ? 1 : -1;
    await gateway.post('/v1/feedback', { decision_id: response.headers.get('x-vsr-decision-id'), rating });
  }
  // Decisions alone are part of it: a rating of one counts, whoever asked the model.
  const alone = (await (await gateway.post('/v1/route', { query: MATHS, user: 'user 1' })).json()) as {
    decision_id: string;
  };
  await gateway.post('/v1/feedback', { decision_id: alone.decision_id, rating: 1 });
  await gateway.close();
  expect(readFileSync(file, 'utf8')).not.toContain('derivative');

  const { verdict, experiment } = await judgeDecisions(
    await gatewayConfig(folder.path, null, {
      'analyze.artifacts': [join(folder.path, 'artifacts')],
      'analyze.bootstrap': 200,
      'analyze.decisions': file,
      'analyze.quality_weight': 1,
    }),
    {},
  );
  const share = (arm: string, of: (i: number) => boolean, among: (i: number) => boolean) => {
    const own = [...arms.keys()].filter((i) => arms[i] === arm && among(i));
    return { n: own.length, delta: own.filter(of).length / own.length };
  };
  const heard = (i: number) => !unheard(i);
  const rated = (i: number) => heard(i) && i % 2 === 0;
  const found = Object.fromEntries(experiment!.measures.map((one) => [one.name, one]));
  for (const arm of ['routed', 'default'] as const) {
    expect(found.unanswered![arm]).toMatchObject(share(arm, unheard, () => true));
    expect(found.fallback![arm]).toMatchObject(share(arm, (i) => arm === 'routed' && fails(i, 'mathematician'), heard));
    expect(found.cost![arm]).toMatchObject({ n: share(arm, heard, heard).n, delta: expect.closeTo(14e-6, 12) });
    expect(found.latency![arm].n).toBe(found.cost![arm].n);
    const one = arms[1] === arm ? 1 : 0;
    const liked = share(arm, (i) => arm === 'routed' && !fails(i, 'mathematician'), rated);
    const quality = (liked.delta * liked.n + one) / (liked.n + one);
    expect(found.quality![arm]).toMatchObject({ n: liked.n + one, delta: expect.closeTo(quality, 12) });
  }
  const { delta, low, high } = found.unanswered!.difference;
  expect(delta).toBeCloseTo(found.unanswered!.routed.delta - found.unanswered!.default.delta, 12);
  expect([low < delta, delta < high]).toEqual([true, true]);
  expect(verdict.sentence).toMatch(/^Deployed: .*routed answers against .* of the default, drawn at random/);
});

test('a log without prompts holds none, and is rotated by size', async () => {
  const file = join(folder.path, 'small.jsonl');
  const log = openRequestLog({ file, prompts: false, maxMb: 0.0002, files: 1 }, () => 0);
  for (const id of ['1', '2', '3'])
    log.write({
      id,
      query: 'a secret',
      userId: null,
      sessionId: null,
      outcomes: { a: { quality: null, status: 'unscored' } },
      decision: { pad: 'x'.repeat(100) },
    });
  await log.close();
  const texts = [file, `${file}.1`].map((path) => readFileSync(path, 'utf8'));
  expect(texts.map((text) => JSON.parse(text).id)).toEqual(['3', '2']);
  expect(texts.join('')).not.toContain('secret');
});

test('a new artifact is taken in, a damaged one is not', async () => {
  const gateway = await open();
  const before = gateway.parts.session();
  expect(await gateway.reload()).toBe(true);
  expect(gateway.parts.session()).not.toBe(before);
  const manifest = join(folder.path, 'artifacts', 'manifest.json');
  const text = readFileSync(manifest, 'utf8');
  writeFileSync(manifest, text.slice(0, 100));
  const kept = gateway.parts.session();
  expect(await gateway.reload()).toBe(false);
  writeFileSync(manifest, text);
  expect(gateway.parts.session()).toBe(kept);
  expect(gateway.warnings[0]).toMatch(/the artifact before stays/);
  expect((await gateway.post('/v1/route', { query: MATHS })).status).toBe(200);
  await gateway.close();
});

test('the breaker lets one through after its rest', () => {
  let time = 0;
  const breaker = createBreaker(2, 1000, () => time);
  const seen = () => [breaker.lets('a'), breaker.lets('a')];
  breaker.note('a', 'failure');
  expect(seen()).toEqual([true, true]);
  breaker.note('a', 'failure');
  expect([seen(), breaker.resting()]).toEqual([[false, false], ['a']]);
  time = 1001;
  expect(seen()).toEqual([true, false]);
  breaker.note('a', 'success');
  expect(seen()).toEqual([true, true]);
});

test('header texts hold printable ASCII alone', () => {
  expect(headerText('a\r\nb: ü%\ud800')).toBe('a%0D%0Ab:%20%C3%BC%25%EF%BF%BD');
});

test('a conversation in the terminal: answers, why, rating, undo', async () => {
  const gateway = await open();
  const written: string[] = [];
  const { url } = gateway;
  const session = createChatSession({
    fetch: (request) => fetch(new Request(request.url.replace('http://127.0.0.1', url), request)),
    write: (text) => void written.push(text),
    userId: 'u1',
    mode: 'current_only',
    topK: 3,
    temperature: 0.8,
    maxTokens: undefined,
    routeOnly: false,
  });
  const say = async (line: string) => {
    written.length = 0;
    const goesOn = await session.say(line);
    return goesOn ? written.join('') : 'over';
  };
  expect(await say('/model vsr/knn')).toBe('Model: vsr/knn.\n');
  expect(await say(`${MATHS}\\`)).toBe('');
  expect(session.continues).toBe(true);
  expect(await say('fraction')).toMatch(/^4\n\[mathematician · by knn · highest utility|global prior/);
  expect(models.asked[0]!.prompt).toBe(`${MATHS}\nfraction`);
  expect(await say('/why')).toMatch(/^mathematician: .*\nmodel +quality +utility +cost +ms\nmathematician/);
  expect(await say('/good')).toBe('Kept: mathematician +1.\n');
  expect(gateway.parts.state.turnsOf('u1').length).toBe(1);
  expect(await say('/cost')).toBe('$0.0000140 in 1 turns.\n');
  expect(await say('/undo')).toBe('The last turn is forgotten.\n');
  expect(await say('/nothing')).toBe('There is no /nothing; /help lists what there is.\n');
  expect(await say('/quit')).toBe('over');
  await gateway.close();
});
