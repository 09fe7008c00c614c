// train --tune where rows carry categories: the weight of the block is searched too, inside the train rows, for all routers at once.
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/math/random.js';
import { train } from '../../src/pipelines/train.js';
import { temporaryFolder } from '../temporary-folder.js';
import { configIn, jsonLines, listening, type ToyRow, toyOutcomes } from './toy-project.js';

const project = temporaryFolder();
const LABELS = ['math', 'physics', 'health', 'law', 'history'];
const words = (count: number) => Array.from({ length: count }, () => WORDS[coin.int(WORDS.length)]).join(' ');
type Row = ToyRow & { readonly category: string; readonly split: string };

const withCategory = (rows: readonly ToyRow[], categoryOf: (row: ToyRow) => string): Row[] =>
  rows.map((row, i) => ({
    ...row,
    category: categoryOf(row),
    split: i % 10 < 8 ? 'train' : i % 10 === 8 ? 'validation' : 'test',
  }));

const WORDS = 'onion butter recipe oven derivative integral equation triangle'.split(' ');
const coin = seededRandom(3);
/** Two of their words in three tell the model, their categories nothing. */
const byWords = withCategory(
  toyOutcomes(200).map((row) => ({ ...row, query: `${row.query} ${words(3)}` })),
  () => LABELS[coin.int(LABELS.length)]!,
);
/** Their categories tell the model, their words nothing. */
const byCategory = withCategory(
  toyOutcomes(200).map((row) => ({
    ...row,
    query: words(5),
  })),
  ({ task_name }) => (task_name === 'math' ? 'math' : 'health'),
);

beforeAll(() => {
  project.write('words.jsonl', jsonLines(byWords));
  project.write('category.jsonl', jsonLines(byCategory));
});

const trained = async (file: string, more: Record<string, unknown> = {}) => {
  const context = listening();
  const config = await configIn(project.path, {
    'data.outcomes': join(project.path, file),
    'train.router': ['knn'],
    'routers.knn': { k: 10 },
    'train.folds': 0,
    'train.tune': 1,
    'objective.quality_weight': 1,
    ...more,
  });
  const { features } = (await train(config, context)).manifest;
  const trials = new Map(features.categoryWeightTrials?.map(({ weight, utility }) => [weight, utility!]));
  return { features, trials, context };
};

describe('the weight of the category', () => {
  test('is large where categories tell what words do not', async () => {
    const { features, trials, context } = await trained('category.jsonl');
    expect(trials.get(0)!).toBeLessThan(0.75);
    expect(trials.get(1)!).toBeGreaterThan(0.95);
    expect(features.categoryWeight).toBeGreaterThanOrEqual(0.6);
    expect(features.dim).toBe(128 + 14);
    expect(context.notices).toContain(
      `The category weighs ${features.categoryWeight} beside the embedding, the best of 5 weights.`,
    );
  });

  test('is small where they tell nothing', async () => {
    const { features, trials } = await trained('words.jsonl');
    expect(trials.get(1)!).toBeLessThan(trials.get(0)!);
    expect(features.categoryWeight).toBeLessThanOrEqual(0.3);
  });

  test('is the one with the largest utility of the five, all of which the artifact keeps', async () => {
    const { features } = await trained('category.jsonl');
    const trials = features.categoryWeightTrials!;
    expect(trials.map(({ weight }) => weight)).toEqual([0.3, 0, 0.15, 0.6, 1]);
    const [chosen, ...others] = trials.filter((trial) => trial.chosen);
    expect(others).toEqual([]);
    expect(chosen).toMatchObject({
      weight: features.categoryWeight,
      utility: Math.max(...trials.map(({ utility }) => utility!)),
    });
  });

  test('does not depend on the outcomes of validation or test rows', async () => {
    const spoiled = byCategory.map((row) =>
      row.split === 'train'
        ? row
        : { ...row, outcomes: Object.fromEntries(Object.keys(row.outcomes).map((model) => [model, { quality: 0.5 }])) },
    );
    project.write('spoiled.jsonl', jsonLines(spoiled));
    const { trials } = await trained('category.jsonl');
    expect((await trained('spoiled.jsonl')).trials).toEqual(trials);
  });

  test('is chosen anew inside every fold', async () => {
    const stages = new Set<string>();
    const config = await configIn(project.path, {
      'data.outcomes': join(project.path, 'category.jsonl'),
      'train.router': ['mf'],
      'routers.mf': { num_factors: 2, epochs: 1 },
      'train.space': { mf: { num_factors: [1] } },
      'train.engine': 'wasm',
      'train.folds': 2,
      'train.tune': 1,
    });
    await train(config, { ...listening(), onProgress: ({ stage }) => void stages.add(stage) });
    expect([...stages].filter((stage) => stage.endsWith('category weight 0.6: mf'))).toEqual([
      'tune: category weight 0.6: mf',
      'fold 1 of 2: category weight 0.6: mf',
      'fold 2 of 2: category weight 0.6: mf',
    ]);
  });

  test('stays where the configuration sets it, and where nothing is tuned', async () => {
    const set = await trained('category.jsonl', { 'features.category.weight': 0.15 });
    expect([set.features.categoryWeight, set.features.categoryWeightTrials]).toEqual([0.15, undefined]);
    const untuned = await trained('category.jsonl', { 'train.tune': 0 });
    expect([untuned.features.categoryWeight, untuned.features.categoryWeightTrials]).toEqual([0.3, undefined]);
  });
});
