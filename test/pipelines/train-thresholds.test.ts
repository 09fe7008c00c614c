// Thresholds from training to decision: tuned to a goal on rows the router did not learn from, heeded unless weights are asked for.
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { analyze } from '../../src/pipelines/analyze.js';
import { infer } from '../../src/pipelines/infer.js';
import { train } from '../../src/pipelines/train.js';
import { temporaryFolder } from '../temporary-folder.js';
import { configIn, jsonLines, listening, toyOutcomes } from './toy-project.js';

const project = temporaryFolder();
const at = (name: string) => join(project.path, name);
const cell = (quality: number, cost: number) => ({ quality, status: 'ok', cost });

/** `expert` is always right and costs ten times what `cook` does, who is right about cooking. */
const ROWS = toyOutcomes(240).map(({ outcomes: _, ...row }) => ({
  ...row,
  outcomes: { expert: cell(1, 0.01), cook: cell(row.task_name === 'cooking' ? 1 : 0, 0.001) },
}));

const settings = (more: Record<string, unknown> = {}) =>
  configIn(project.path, {
    'train.router': ['autorouter'],
    'train.engine': 'wasm',
    'train.folds': 0,
    'train.split': [0.6, 0.2, 0.2],
    'routers.autorouter': { hidden_layers: [16], learning_rate: 0.01 },
    'infer.router': 'autorouter',
    ...more,
  });
const trained = async (name: string, more: Record<string, unknown> = {}) => {
  const { manifest } = await train(await settings({ 'train.output_dir': at(name), ...more }), listening());
  return manifest.routers.autorouter!;
};
const decided = async (query: string, more: Record<string, unknown> = {}) => {
  for await (const { decision } of infer(await settings({ 'infer.query': query, ...more }), listening())) {
    return { model: decision.model, reason: decision.reason };
  }
  throw new Error('no decision');
};

beforeAll(async () => {
  project.write('outcomes.jsonl', jsonLines(ROWS));
  await trained('artifacts');
}, 60_000);

const MATH = 'integral of a polynomial equation';
const COOKING = 'garlic butter sauce in the oven';

describe('by default', () => {
  test('autorouter reaches the best single model for less: the cheap model where it is likely enough', async () => {
    expect(await decided(COOKING)).toEqual({ model: 'cook', reason: 'cheapest_qualified' });
    expect((await decided(MATH)).model).toBe('expert');
  });

  test('weights that are asked for decide instead, and so do thresholds that are given', async () => {
    expect(await decided(MATH, { 'infer.quality_weight': 0.1 })).toEqual({ model: 'cook', reason: 'highest_utility' });
    expect(await decided(COOKING, { 'infer.thresholds': { expert: 0 } })).toEqual({
      model: 'expert',
      reason: 'cheapest_qualified',
    });
  });

  test('analyze judges what infer does, and draws what every threshold gives', async () => {
    const { reports } = await analyze(await settings(), listening());
    const arm = reports[0].arms.find(({ name }) => name === 'autorouter')!;
    const best = reports[0].arms.find(({ name }) => name === 'best single')!;
    expect([arm.quality! > 0.95, arm.cost! < 0.75 * best.cost!]).toEqual([true, true]);
    const curve = reports[0].plane!.routers.find(({ name }) => name === 'autorouter by threshold')!;
    expect(curve.points[0]).toMatchObject({ lambda: null, threshold: 0 });
    expect(curve.points.at(-1)!.threshold).toBeNull();
    expect(curve.points[0]!.cost).toBeCloseTo(0.001, 12); // every chance is enough: always the cheapest
    const weighed = await analyze(await settings({ 'analyze.quality_weight': 0 }), listening());
    expect(weighed.reports[0].arms.find(({ name }) => name === 'autorouter')!.cost).toBeCloseTo(0.001, 12);
  });
});

describe('the goal', () => {
  test('is stored with what it reached, on validation or out of fold', async () => {
    expect((await trained('quality', { 'objective.thresholds.quality': 0.5 })).thresholds).toMatchObject({
      mode: 'shared',
      target: { quality: 0.5, margin: 0 },
      goal: { quality: 0.5 },
      reached: true,
      outOfFold: false,
    });
    const folded = await trained('folded', { 'train.folds': 3, 'objective.thresholds.mode': 'per_model' });
    expect(folded.thresholds).toMatchObject({ mode: 'per_model', reached: true, outOfFold: true });
    expect(folded.thresholds!.n).toBeGreaterThan(180);
    const { reports } = await analyze(await settings({ 'analyze.artifacts': at('folded') }), listening());
    const arm = reports[0].arms.find(({ name }) => name === 'autorouter')!;
    const best = reports[0].arms.find(({ name }) => name === 'best single')!;
    expect([arm.quality! > 0.95, arm.cost! < 0.75 * best.cost!]).toEqual([true, true]);
  });

  test('may be a budget', async () => {
    const { thresholds } = await trained('budget', { 'objective.thresholds.budget': 0.002 });
    expect(thresholds).toMatchObject({ goal: { budget: 0.002 }, reached: true });
    expect(thresholds!.point.cost).toBeLessThan(0.0020001);
  });

  test('off, none is tuned; other routers have some only where a mode is named', async () => {
    expect((await trained('off', { 'objective.thresholds.mode': 'off' })).thresholds).toBeUndefined();
    const knn = async (mode: string) => {
      const more = { 'train.router': ['knn'], 'train.output_dir': at('knn'), 'objective.thresholds.mode': mode };
      return (await train(await settings(more), listening())).manifest.routers.knn!.thresholds?.mode;
    };
    expect([await knn('auto'), await knn('shared')]).toEqual([undefined, 'shared']);
  });

  test('needs prices, where it is asked for', async () => {
    const free = ROWS.map(({ outcomes, ...row }) => ({
      ...row,
      outcomes: { expert: { quality: outcomes.expert.quality }, cook: { quality: outcomes.cook.quality } },
    }));
    project.write('free.jsonl', jsonLines(free));
    const more = { 'data.outcomes': at('free.jsonl') };
    expect((await trained('free', more)).thresholds).toBeUndefined();
    await expect(trained('free', { ...more, 'objective.thresholds.mode': 'shared' })).rejects.toMatchObject({
      code: 'VSR_CONFIG',
      hint: expect.stringContaining('objective.thresholds.mode: off'),
    });
  });

  test('is one of two', async () => {
    await expect(settings({ 'objective.thresholds.quality': 0.5, 'objective.thresholds.budget': 1 })).rejects.toThrow(
      'quality and budget are two goals',
    );
  });
});
