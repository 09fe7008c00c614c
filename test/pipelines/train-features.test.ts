// Training on several encoders with categories: what the artifact holds, and that infer opens all of it again.
import { expect, test } from 'vitest';
import { CATEGORIES } from '../../src/data/category.js';
import { featureSpace, featuresOf } from '../../src/features/feature-space.js';
import { categoryOfTask } from '../../src/features/task-categories.js';
import { fromRows } from '../../src/math/matrix.js';
import { infer } from '../../src/pipelines/infer.js';
import { train } from '../../src/pipelines/train.js';
import { temporaryFolder } from '../temporary-folder.js';
import { configIn, jsonLines, listening, toyOutcomes } from './toy-project.js';

const folder = temporaryFolder();

test('static beside lexical with categories: trained, stored, opened again, and a category moves the scores', async () => {
  const rows = toyOutcomes(120).map((row) => ({ ...row, category: row.task_name === 'math' ? 'math' : 'other' }));
  folder.write('outcomes.jsonl', jsonLines(rows));
  const settings = { 'embedding.encoders': ['static', 'lexical'], 'embedding.lexical_dim': 64, 'train.folds': 0 };
  const { manifest } = await train(await configIn(folder.path, settings), listening());
  expect(manifest.embedder).toMatchObject({ id: 'static+lexical', dim: 192 });
  expect(manifest.features).toMatchObject({ dim: 206, categories: CATEGORIES, categoryWeight: 0.3, hard: false });
  expect(manifest.features.classifier).toMatchObject({ labels: ['math', 'other'], accuracy: 1 });
  expect(Object.keys(manifest.files)).toContain('features.safetensors');
  const decided = async (query: string, more = {}) => {
    const config = await configIn(folder.path, { 'infer.query': query, ...more });
    for await (const { decision } of infer(config, {})) return decision;
    throw new Error('nothing was decided');
  };
  expect((await decided('derivative of a polynomial equation')).model).toBe('mathematician');
  expect((await decided('butter and garlic in the oven')).model).toBe('cook');
  const scores = async (more = {}) => (await decided('something else', more)).ranking.map(({ score }) => score);
  expect(await scores({ 'infer.category': 'math' })).not.toEqual(await scores({ 'infer.category': 'other' }));
});

test('the block is w · category beside the embedding; no category and no classifier is zero', () => {
  const space = featureSpace({
    embeddingDim: 2,
    categories: ['math', 'other'],
    weight: 0.5,
    hard: false,
    classifier: undefined,
  });
  const embeddings = fromRows([
    [1, 0],
    [0, 1],
    [1, 0],
  ]);
  expect(featuresOf(space, embeddings, ['math', null, 'cooking'])).toEqual(
    fromRows([
      [1, 0, 0.5, 0],
      [0, 1, 0, 0],
      [1, 0, 0, 0.5],
    ]),
  );
});

test('tasks that are known have a category, mixed ones have none, and the user has the last word', () => {
  const of = (task: string, own = {}) => categoryOfTask(task, CATEGORIES, own);
  expect(['gsm8k', 'human_eval', 'mmlu_college_physics', 'mmlu', 'arc_challenge'].map((task) => of(task))).toEqual([
    'math',
    'computer science',
    'physics',
    null,
    null,
  ]);
  expect(of('mmlu', { mmlu: 'medicine' })).toBe('health');
});
