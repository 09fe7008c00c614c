import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { openArtifactDirectory } from '../../../src/artifacts/artifact-directory.js';
import { analyze } from '../../../src/pipelines/analyze.js';
import { feedback } from '../../../src/pipelines/feedback.js';
import { infer, type RoutedQuery } from '../../../src/pipelines/infer.js';
import { appendFeedback } from '../../../src/pipelines/people/feedback-file.js';
import { encodeVector } from '../../../src/pipelines/people/stored-turn.js';
import { train } from '../../../src/pipelines/train.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { configIn, jsonLines, listening, toyOutcomes } from '../toy-project.js';

const project = temporaryFolder();
const QUICK = {
  'train.router': ['knn', 'gmtrouter', 'personalizedrouter'],
  'routers.gmtrouter': { hidden: 16, heads: 2, epochs: 2 },
  'routers.personalizedrouter': { embedding_dim: 8, train_epoch: 2, neighbours: 10 },
  'train.engine': 'wasm',
  'train.folds': 'auto',
};
const heard = listening();

const settings = (more: Record<string, unknown> = {}) =>
  configIn(project.path, { ...QUICK, 'data.models': join(project.path, 'models.json'), ...more });

const ask = async (more: Record<string, unknown>, context = listening()): Promise<RoutedQuery> => {
  const routed: RoutedQuery[] = [];
  for await (const one of infer(await settings(more), context)) routed.push(one);
  return routed[0]!;
};

beforeAll(async () => {
  project.write('outcomes.jsonl', jsonLines(toyOutcomes(120)));
  project.write(
    'models.json',
    JSON.stringify({
      mathematician: { input_price: 2, output_price: 2, size: '70B', description: 'Answers questions of mathematics.' },
      cook: { input_price: 2, output_price: 2, size: '7B', description: 'Knows recipes.' },
      generalist: { input_price: 0.1, output_price: 0.1, description: 'Says something about everything.' },
    }),
  );
  await train(await settings(), heard);
}, 120_000);

test('without people, nine are simulated, and it is said in one sentence', () => {
  expect(heard.notices.filter((sentence) => sentence.includes('simulated'))).toEqual([
    'gmtrouter and personalizedrouter learn on simulated users: 9 who trade quality against cost. Real ones: --votes, --users, --history.',
  ]);
  const { manifest } = openArtifactDirectory(join(project.path, 'artifacts'));
  expect(manifest.people).toEqual({
    users: 9,
    turns: 0,
    simulated: 'users',
    routers: ['gmtrouter', 'personalizedrouter'],
  });
  expect(Object.keys(manifest.routers)).toEqual(['knn', 'gmtrouter', 'personalizedrouter']);
});

test('two users get scores of their own from either router that knows the person', async () => {
  for (const router of ['gmtrouter', 'personalizedrouter']) {
    const scoresFor = async (id: string) =>
      (
        await ask({ 'infer.query': 'butter garlic onion', 'infer.router': router, 'infer.user_id': id })
      ).decision.ranking
        .map(({ model, score }) => `${model} ${score}`)
        .sort();
    expect(await scoresFor('0'), router).not.toEqual(await scoresFor('8'));
  }
});

test('a simulated user is called so', async () => {
  const context = listening();
  await ask({ 'infer.query': 'butter', 'infer.router': 'gmtrouter', 'infer.user_id': '3' }, context);
  expect(context.notices).toContain('User 3 is simulated: nobody stated these preferences.');
});

test('a user nobody knows is routed by what holds for everybody', async () => {
  for (const router of ['gmtrouter', 'personalizedrouter', 'knn']) {
    const { decision } = await ask({ 'infer.query': 'butter', 'infer.router': router, 'infer.user_id': 'stranger' });
    expect(decision.reason, router).toBe('global_prior');
  }
});

test('--explain shows which of the own past turns weighed most', async () => {
  const { explained } = await ask({
    'infer.query': 'butter',
    'infer.router': 'gmtrouter',
    'infer.user_id': '3',
    'infer.explain': true,
  });
  if (explained?.kind !== 'history') throw new Error(`explained by ${explained?.kind}`);
  expect(explained.turns).toHaveLength(5);
  const weights = explained.turns.map(({ weight }) => weight);
  expect(weights).toEqual([...weights].sort((a, b) => b - a));
  expect(Object.keys(explained.turns[0]!.ratings)).toHaveLength(2);
});

test('analyze judges every router', async () => {
  const { reports } = await analyze(await settings({ 'analyze.split': 'test' }), listening());
  expect(JSON.stringify(reports[0])).toContain('personalizedrouter');
});

test('--history is the past of a new user, less what is to come and what the artifact does not know', async () => {
  const row = (i: number, more: object = {}) => ({
    user_id: 77,
    ts: `2026-01-0${i}T00:00:00Z`,
    query: `butter ${i}`,
    model_a: 'cook',
    model_b: 'mathematician',
    winner: 'model_a',
    ...more,
  });
  project.write(
    'history.jsonl',
    jsonLines([row(1), row(3, { ts: '2999-01-01T00:00:00Z' }), row(2, { model_a: 'poet' })]),
  );
  const context = listening();
  const more = { 'infer.query': 'butter', 'infer.router': 'gmtrouter', 'infer.user_id': '77', 'infer.explain': true };
  const { decision, explained } = await ask({ ...more, 'infer.history': join(project.path, 'history.jsonl') }, context);
  expect(decision.reason).toBe('highest_utility');
  if (explained?.kind !== 'history') throw new Error(`explained by ${explained?.kind}`);
  expect(explained.turns.map(({ query }) => query).sort()).toEqual(['butter 1', 'butter 2']);
  expect(context.warnings).toEqual([
    `${join(project.path, 'history.jsonl')}: 1 rows are of a time to come and are left out.`,
    `${join(project.path, 'history.jsonl')}: poet is not in the artifact; their ratings are left out.`,
  ]);
});

test('a past that another encoder made is refused with both fingerprints, and nobody else’s is', async () => {
  const artifacts = join(project.path, 'artifacts');
  const { embedder, features } = openArtifactDirectory(artifacts).manifest;
  const vector = encodeVector(new Float32Array(features.dim).fill(0.1));
  const said = {
    session: null,
    order: -1,
    query: 'q',
    models: ['cook', 'generalist'],
    ratings: [1, -1],
    kind: 'votes' as const,
  };
  appendFeedback(artifacts, { ...said, user: 'other encoder', encoder: 'sha256:other', vector });
  const asked = { 'infer.query': 'butter', 'infer.router': 'gmtrouter' };
  await expect(ask({ ...asked, 'infer.user_id': 'other encoder' })).rejects.toThrow(
    `The past of user other encoder was made with another encoder (sha256:other, ${features.dim} wide) than the artifact's (${embedder.fingerprint}, ${features.dim} wide).`,
  );
  expect((await ask({ ...asked, 'infer.user_id': 'somebody' })).decision.reason).toBe('global_prior');
});

test('a rating of one answer moves the rated model for who gave it, in both routers, by preference or by none', async () => {
  for (const router of ['gmtrouter', 'personalizedrouter']) {
    for (const user of ['3', `rater of ${router}`]) {
      const scoreOf = async (id: string) => {
        const { decision } = await ask({ 'infer.query': 'butter basil', 'infer.router': router, 'infer.user_id': id });
        return decision.ranking.find(({ model }) => model === 'cook')!.score;
      };
      const [before, others] = [await scoreOf(user), await scoreOf('5')];
      await feedback(
        await settings({
          'feedback.user_id': user,
          'feedback.query': 'butter garlic',
          'feedback.artifacts': join(project.path, 'artifacts'),
          'feedback.model': 'cook',
          'feedback.rating': 1,
        }),
        listening(),
      );
      const after = await scoreOf(user);
      if (router === 'personalizedrouter') expect(after, user).toBeLessThan(before);
      else expect(after, user).not.toBe(before); // two epochs teach it to listen, not yet to understand
      expect(await scoreOf('5')).toBe(others);
    }
  }
});

test('feedback is known to the next decision, and what cannot be meant is refused', async () => {
  const said = {
    'feedback.user_id': '99',
    'feedback.query': 'butter garlic',
    'feedback.artifacts': join(project.path, 'artifacts'),
  };
  const tell = async (more: object) => feedback(await settings({ ...said, ...more }), listening());
  const more = {
    'infer.query': 'butter garlic',
    'infer.router': 'gmtrouter',
    'infer.user_id': '99',
    'infer.explain': true,
  };
  expect((await ask(more)).decision.reason).toBe('global_prior');
  await tell({ 'feedback.prefer': 'generalist', 'feedback.over': 'cook' });
  await tell({ 'feedback.model': 'cook', 'feedback.rating': 2 });
  const { decision, explained } = await ask(more);
  expect(decision.reason).toBe('highest_utility');
  if (explained?.kind !== 'history') throw new Error(`explained by ${explained?.kind}`);
  expect(explained.turns.map(({ ratings }) => ratings)).toEqual(
    expect.arrayContaining([{ generalist: 1, cook: -1 }, { cook: -0.5 }]),
  );
  await expect(tell({ 'feedback.rating': 6, 'feedback.model': 'cook' })).rejects.toThrow(
    '--rating must be in [1, 5], got 6.',
  );
  await expect(tell({ 'feedback.rating': 3 })).rejects.toThrow('--rating: which model answered is not known.');
  await expect(tell({})).rejects.toThrow('feedback needs either --rating, or --prefer and --over.');
  await expect(tell({ 'feedback.prefer': 'cook', 'feedback.over': 'cook' })).rejects.toThrow('both name cook');
  await expect(tell({ 'feedback.prefer': 'cok', 'feedback.over': 'cook' })).rejects.toMatchObject({
    hint: 'Did you mean cook?',
  });
});
