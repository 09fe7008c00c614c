// train --tune: seeded trials inside the train rows, reported whole, the best one fitted.
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { train } from '../../src/pipelines/train.js';
import { temporaryFolder } from '../temporary-folder.js';
import { configIn, jsonLines, listening, toyOutcomes } from './toy-project.js';

const project = temporaryFolder();
const ROWS = toyOutcomes(120);
beforeAll(() => {
  project.write('outcomes.jsonl', jsonLines(ROWS));
});

const settings = (more: Record<string, unknown>) =>
  configIn(project.path, {
    'train.router': ['knn'],
    'train.folds': 0,
    'train.tune': 3,
    'objective.quality_weight': 1,
    ...more,
  });
/** Five neighbours without shrinkage find the kind of a question; all of them only the mean. */
const SPACE = { 'train.space': { knn: { k: [5, 200], shrinkage: [0] } } };

describe('trials', () => {
  test('start with the parameters as configured, and the best one is fitted', async () => {
    const config = await settings({ ...SPACE, 'train.tune': 8, 'routers.knn': { k: 200, shrinkage: 5 } });
    const { manifest } = await train(config, listening());
    const { tuning, params } = manifest.routers.knn!;
    expect(tuning!.map((trial) => trial.params)[0]).toEqual({});
    expect(tuning).toHaveLength(9);
    expect(params).toMatchObject({ k: 5, shrinkage: 0 });
    const chosen = tuning!.filter((trial) => trial.chosen);
    expect(chosen).toHaveLength(1);
    expect(chosen[0]!.params).toEqual({ k: 5, shrinkage: 0 });
    expect(chosen[0]!.utility).toBe(Math.max(...tuning!.map(({ utility }) => utility!)));
    const blind = tuning!.find((trial) => trial.params.k === 200)!;
    expect(blind.utility!).toBeLessThan(0.75);
    expect(chosen[0]!.utility!).toBeGreaterThan(0.9);
  });

  test('are the same for the same seed, and of another seed others', async () => {
    const trials = async (seed: number) =>
      (await train(await settings({ seed }), listening())).manifest.routers.knn!.tuning!;
    const first = await trials(7);
    expect(await trials(7)).toEqual(first);
    expect((await trials(8)).map(({ params }) => params)).not.toEqual(first.map(({ params }) => params));
  });

  test('never look at validation or test rows: other outcomes there change no figure', async () => {
    const before = await train(await settings(SPACE), listening());
    const marked = ROWS.map((row, i) => ({
      ...row,
      split: i % 10 < 8 ? 'train' : i % 10 === 8 ? 'validation' : 'test',
    }));
    const spoiled = marked.map((row) =>
      row.split === 'train'
        ? row
        : { ...row, outcomes: Object.fromEntries(Object.keys(row.outcomes).map((model) => [model, { quality: 0.5 }])) },
    );
    const tuningOf = async (name: string, rows: readonly unknown[]) => {
      project.write(name, jsonLines(rows));
      const config = await settings({ ...SPACE, 'data.outcomes': join(project.path, name) });
      return (await train(config, listening())).manifest.routers.knn!.tuning;
    };
    const clean = await tuningOf('marked.jsonl', marked);
    expect(await tuningOf('spoiled.jsonl', spoiled)).toEqual(clean);
    expect(clean).not.toEqual(before.manifest.routers.knn!.tuning);
  });

  test('draw from the space each router declares, within its bounds', async () => {
    const { manifest } = await train(await settings({ 'train.router': ['knn', 'kmeans', 'svm'] }), listening());
    const drawn = (name: string) => manifest.routers[name]!.tuning!.slice(1).map(({ params }) => params);
    for (const { k, shrinkage, weights } of drawn('knn')) {
      expect([5, 10, 20, 40, 80, 160, 320]).toContain(k);
      expect(shrinkage).toBeGreaterThanOrEqual(1);
      expect(shrinkage).toBeLessThanOrEqual(100);
      expect(['uniform', 'inverse', 'softmax']).toContain(weights);
    }
    // The toy project sets clusters to 4, which is not the default: that stays.
    for (const params of drawn('kmeans')) expect(Object.keys(params)).toEqual(['shrinkage']);
    for (const params of drawn('svm')) expect(Object.keys(params)).toEqual(['kernel', 'gamma', 'c']);
  });

  test('are made anew inside every fold, and none where none are asked for', async () => {
    const stages = new Set<string>();
    const config = await settings({
      'train.router': ['mf'],
      'train.space': { mf: { num_factors: [1] } },
      'routers.mf': { num_factors: 2, epochs: 1 },
      'train.engine': 'wasm',
      'train.folds': 2,
      'train.tune': 1,
    });
    await train(config, { ...listening(), onProgress: ({ stage }) => void stages.add(stage) });
    expect([...stages].filter((stage) => stage.includes('mf'))).toEqual(
      ['tune mf', 'fit mf', 'fold 1 of 2: mf', 'fold 2 of 2: mf'].flatMap((stage) =>
        stage === 'fit mf'
          ? [stage]
          : [`${stage}: trial 0 of 1`, `${stage}: trial 1 of 1`, ...(stage === 'tune mf' ? [] : [stage])],
      ),
    );
    const { manifest } = await train(await settings({ 'train.tune': 0 }), listening());
    expect(manifest.routers.knn!.tuning).toBeUndefined();
  });
});

describe('a space that cannot be searched', () => {
  const cases: [what: string, space: unknown, code: string, message: string][] = [
    [
      'a router that is not trained',
      { svm: {} },
      'VSR_CONFIG_KEY_UNKNOWN',
      'train.space.svm: no router of that name is trained; known are knn.',
    ],
    [
      'an unknown parameter',
      { knn: { neighbours: [1] } },
      'VSR_CONFIG_KEY_UNKNOWN',
      'train.space.knn.neighbours: knn has no such parameter; known are k, shrinkage, weights, implementation.',
    ],
    ['a value out of range', { knn: { k: [5, 0] } }, 'VSR_ROUTER_PARAMS', 'routers.knn.k: '],
    ['fractions where numbers are whole', { knn: { k: { low: 1, high: 9 } } }, 'VSR_ROUTER_PARAMS', ''],
    ['a range upside down', { knn: { k: { low: 9, high: 1, whole: true } } }, 'VSR_CONFIG', ''],
    ['a logarithm of 0', { knn: { shrinkage: { low: 0, high: 1, scale: 'log' } } }, 'VSR_CONFIG', ''],
    ['no values', { knn: { k: [] } }, 'VSR_CONFIG', ''],
  ];
  test.each(cases)('%s is refused before anything is read', async (_, space, code, message) => {
    const run = async () =>
      train(await settings({ 'train.space': space, 'data.outcomes': join(project.path, 'gone.jsonl') }), listening());
    await expect(run()).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });

  test('without --tune it is said to do nothing', async () => {
    const context = listening();
    await train(await settings({ ...SPACE, 'train.tune': 0 }), context);
    expect(context.warnings).toContain('train.space is not used: ask for trials with --tune.');
  });
});
