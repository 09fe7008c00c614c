// A judge on the loopback network: both orders, resumed by its journal, kept with how sure it is, and merged with what people say.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { readLabels, setLabels } from '../../src/data/labels.js';
import { readOutcomeColumns } from '../../src/data/read-outcomes.js';
import { cohensKappa } from '../../src/math/kappa.js';
import { judgeLabels } from '../../src/pipelines/judge-labels.js';
import { train } from '../../src/pipelines/train.js';
import { type Asked, loopbackServer } from '../http/loopback-server.js';
import { temporaryFolder } from '../temporary-folder.js';
import { configIn, jsonLines, listening } from './toy-project.js';

const project = temporaryFolder();
const at = (name: string) => join(project.path, name);
const server = await loopbackServer();

const ROWS = [1, 2, 3].map((n) => ({
  id: `q${n}`,
  query: `What is ${n} + ${n}?`,
  ground_truth: String(2 * n),
  outcomes: { a: { quality: null, status: 'unscored' }, b: { quality: null, status: 'unscored' } },
}));
/** `a` is right, `b` says nothing but this. */
const ANSWERS = ROWS.flatMap(({ id, ground_truth }) => [
  { id, model: 'a', response: ground_truth },
  { id, model: 'b', response: 'It depends.' },
]);

const promptOf = ({ body }: Asked): string => JSON.parse(body).messages.at(-1).content;
const saying = (text: string) => ({
  body: JSON.stringify({
    choices: [{ message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 100, completion_tokens: 10 },
  }),
});
/** Ten marks for what is right, two for the rest; six where the vague answer stands last but for the reference. */
const judging = (asked: Asked) => {
  const prompt = promptOf(asked);
  const vague = prompt.includes('It depends.');
  const answerFirst = prompt.indexOf('<answer') < prompt.indexOf('<reference');
  return saying(JSON.stringify({ reason: 'so', score: vague ? (answerFirst ? 6 : 2) : 10 }));
};

const settings = (more: Record<string, unknown> = {}) =>
  configIn(project.path, {
    'judge_labels.output': at('labels.jsonl'),
    'scoring.judge.model': 'strict',
    vllm_endpoints: [
      { name: 'here', base_url: `${server.origin}/v1`, type: 'openai-compatible', rate_limit_delay_ms: 0 },
    ],
    'model_config.strict': { pricing: { prompt_per_1m: 10, completion_per_1m: 10 }, stream: false },
    ...more,
  });
const labels = () =>
  readFileSync(at('labels.jsonl'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

beforeEach(() => {
  project.write('outcomes.jsonl', jsonLines(ROWS));
  project.write('responses.jsonl', jsonLines(ANSWERS));
  for (const name of ['labels.jsonl', 'labels.jsonl.journal']) rmSync(at(name), { force: true });
  server.script(judging);
});

describe('against the reference', () => {
  test('each answer is judged in both orders; the label is their mean, with what they agree', async () => {
    const result = await judgeLabels(await settings(), listening());
    expect(result).toMatchObject({ labels: 6, missing: 0, disagreements: 3, resumed: 0, stopped: false });
    expect(result.cost).toBeCloseTo((12 * 110 * 10) / 1e6, 12);
    const found = labels().sort((x, y) => (x.id + x.model < y.id + y.model ? -1 : 1));
    expect(found.slice(0, 2)).toEqual([
      {
        id: 'q1',
        model: 'a',
        label: 1,
        source: 'judge:strict',
        orders: [1, 1],
        confidence: 1,
        promptHash: expect.any(String),
      },
      {
        id: 'q1',
        model: 'b',
        label: 0.4,
        source: 'judge:strict',
        orders: [0.2, 0.6],
        confidence: 0.6,
        flags: ['judge_disagreement'],
        promptHash: expect.any(String),
      },
    ]);
    expect(server.asked.every((asked) => JSON.parse(asked.body).temperature === 0)).toBe(true);
    expect(server.asked.some((asked) => /\bmodel a\b|"a"/.test(promptOf(asked)))).toBe(false);
  });

  test('a second run asks nothing again; an answer that changed is asked again', async () => {
    await judgeLabels(await settings(), listening());
    server.script(judging);
    expect(await judgeLabels(await settings(), listening())).toMatchObject({ labels: 6, resumed: 12, cost: 0 });
    expect(server.asked).toHaveLength(0);
    project.write('responses.jsonl', jsonLines([{ ...ANSWERS[0], response: 'two' }, ...ANSWERS.slice(1)]));
    await judgeLabels(await settings(), listening());
    expect(server.asked).toHaveLength(2);
  });

  test('a call that fails is missing, never a zero, and asked again by the next run', async () => {
    server.script((asked) => (promptOf(asked).includes('1 + 1') ? { status: 400, body: '{}' } : judging(asked)));
    const context = listening();
    expect(await judgeLabels(await settings(), context)).toMatchObject({ labels: 4, missing: 2 });
    server.script(judging);
    expect(await judgeLabels(await settings(), listening())).toMatchObject({ labels: 6, missing: 0, resumed: 8 });
  });

  test('what cannot be read is asked once more, then missing', async () => {
    server.script(saying('I like it.'));
    expect(await judgeLabels(await settings({ 'judge_labels.limit': 1 }), listening())).toMatchObject({
      labels: 0,
      missing: 1,
    });
    expect(server.asked).toHaveLength(4);
  });

  test('a budget stops before it is passed, and the next run goes on', async () => {
    const stopped = await judgeLabels(await settings({ 'judge_labels.budget': 0.04 }), listening());
    expect(stopped.stopped).toBe(true);
    expect(stopped.cost!).toBeLessThan(0.04);
    const done = await judgeLabels(await settings(), listening());
    expect(done).toMatchObject({ labels: 6, stopped: false });
    expect(done.resumed).toBeGreaterThan(0);
  });

  test('--binary makes 0 and 1 of them', async () => {
    await judgeLabels(await settings({ 'judge_labels.binary': true }), listening());
    expect(new Set(labels().map(({ model, label }) => `${model} ${label}`))).toEqual(new Set(['a 1', 'b 0']));
  });
});

describe('by comparison', () => {
  test('a pair is asked in both orders; a judge that takes the first each time says nothing, openly', async () => {
    server.script(saying('{"winner": "first"}'));
    expect(await judgeLabels(await settings({ 'judge_labels.by': 'comparison' }), listening())).toMatchObject({
      labels: 6,
      disagreements: 6,
    });
    expect(new Set(labels().map(({ label, confidence }) => `${label} ${confidence}`))).toEqual(new Set(['0.5 0']));
    rmSync(at('labels.jsonl.journal'));
    server.script((asked) => {
      const prompt = promptOf(asked);
      const second = prompt.indexOf('<second answer');
      return saying(JSON.stringify({ winner: prompt.indexOf('It depends.') < second ? 'second' : 'first' }));
    });
    await judgeLabels(await settings({ 'judge_labels.by': 'comparison' }), listening());
    expect(new Set(labels().map(({ model, label }) => `${model} ${label}`))).toEqual(new Set(['a 1', 'b 0']));
    expect(server.asked).toHaveLength(6);
  });
});

describe('people', () => {
  test('their labels are kept, agreement is told, and little of it is warned of', async () => {
    const human = ROWS.flatMap(({ id }) =>
      ['a', 'b'].map((model) => ({ id, model, label: Number(model === 'b'), source: 'human:anna' })),
    );
    project.write('human.jsonl', jsonLines(human));
    const context = listening();
    const { human: told } = await judgeLabels(await settings({ 'judge_labels.human': at('human.jsonl') }), context);
    expect(told).toEqual({ labels: 6, kappa: -1, n: 6 });
    expect(context.warnings.join()).toContain('agrees little with people: κ -1.00 over 6 answers');
    expect(labels().slice(-6)).toEqual(human);
  });

  test('κ is agreement beyond chance', () => {
    const yes = [true, true] as const;
    const no = [false, false] as const;
    expect(cohensKappa([yes, no])).toBe(1);
    // agreed 3/4; by chance 3/4·1/2 + 1/4·1/2 = 1/2
    expect(cohensKappa([yes, yes, no, [true, false]])).toBeCloseTo(0.5, 12);
    expect([cohensKappa([]), cohensKappa([yes, yes])]).toEqual([null, null]);
  });

  test('come before the scorer, which comes before the judge', async () => {
    const cell = (quality: number | null) => ({ quality, status: quality === null ? 'unscored' : 'ok' });
    project.write(
      'outcomes.jsonl',
      jsonLines([{ id: 'q', query: 'x?', outcomes: { a: cell(0), b: cell(0), c: cell(null) } }]),
    );
    const line = (model: string, label: number, source: string, flags?: string[]) => ({
      id: 'q',
      model,
      label,
      source,
      flags,
    });
    project.write(
      'some.jsonl',
      jsonLines([
        line('a', 1, 'human:anna'),
        line('a', 0.5, 'human:ben'),
        line('b', 1, 'judge:strict'),
        line('c', 1, 'judge:strict'),
        line('c', 0, 'judge:other', ['judge_disagreement']),
      ]),
    );
    const opinions = await readLabels(at('some.jsonl'));
    const qualities = async (drop: boolean) => {
      const { columns } = await readOutcomeColumns(at('outcomes.jsonl'));
      const { byPeople, byJudges } = setLabels(columns, opinions, drop);
      return [...['a', 'b', 'c'].map((model) => columns.quality(0, model)), byPeople, byJudges];
    };
    expect([await qualities(false), await qualities(true)]).toEqual([
      [0.75, 0, 0.5, 1, 1],
      [0.75, 0, 1, 1, 1],
    ]);
  });
});

describe('train --labels', () => {
  test('learns from the labels of answers that no scorer could read', async () => {
    const many = Array.from({ length: 40 }, (_, i) => ({
      ...ROWS[0]!,
      id: `m${i}`,
      query: `question ${i} ${i % 2 ? 'red' : 'blue'}`,
    }));
    project.write('outcomes.jsonl', jsonLines(many));
    const opinions = many.flatMap(({ id }, i) => [
      { id, model: 'a', label: i % 2, source: 'judge:strict' },
      { id, model: 'b', label: 1 - (i % 2), source: 'judge:strict' },
    ]);
    project.write('labels.jsonl', jsonLines(opinions));
    const context = listening();
    const more = {
      'data.labels': at('labels.jsonl'),
      'train.router': ['knn'],
      'train.folds': 0,
      'objective.quality_weight': 1,
    };
    const { manifest } = await train(await settings(more), context);
    expect(manifest.models).toEqual(['a', 'b']);
    expect(manifest.modelStats.a!.quality).toBeCloseTo(0.5, 0);
    expect(context.notices.join()).toContain('0 answers are labelled by people, 80 by a judge alone.');
  });
});

describe('refused, with a sentence', () => {
  const refused = async (more: Record<string, unknown>, message: string | RegExp) =>
    expect(judgeLabels(await settings(more), listening())).rejects.toThrow(message);

  test('no judge, a judge of itself, a blind judge of pictures', async () => {
    await refused({ 'scoring.judge.model': undefined }, 'judge-labels needs --judge-model');
    await refused(
      { 'scoring.judge.model': 'b', 'model_config.b': {} },
      'b is both the judge and one of the models to be judged.',
    );
    project.write('outcomes.jsonl', jsonLines(ROWS.map((row) => ({ ...row, images: ['x.png'] }))));
    await refused(
      { 'model_config.strict': { modalities: ['text'] } },
      'The judge strict does not see, and 3 queries show an image.',
    );
  });

  test('labels outside 0 to 1, and about queries that nobody knows', async () => {
    project.write('human.jsonl', jsonLines([{ id: 'q1', model: 'a', label: 2 }]));
    await refused(
      { 'judge_labels.human': at('human.jsonl') },
      /human\.jsonl:1: label must be a number in \[0, 1\], got 2\./,
    );
    project.write('human.jsonl', jsonLines([{ id: 'q9', model: 'a', label: 1 }]));
    await refused({ 'judge_labels.human': at('human.jsonl') }, /human\.jsonl:1: id must be that of a query/);
  });
});
