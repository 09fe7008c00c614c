// train --query-limit: a seeded sample, the same for train and for the analyze that judges it.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { analyze } from '../../src/pipelines/analyze.js';
import { train } from '../../src/pipelines/train.js';
import { temporaryFolder } from '../temporary-folder.js';
import { configIn, jsonLines, listening, toyOutcomes } from './toy-project.js';

const project = temporaryFolder();

test('learns from so many queries, even over tasks, and is judged on the same', async () => {
  project.write('outcomes.jsonl', jsonLines(toyOutcomes(200)));
  const config = await configIn(project.path, {
    'train.query_limit': 60,
    'train.folds': 3,
    'train.router': ['knn'],
    'routers.knn': { k: 5 },
  });
  const { manifest } = await train(config, listening());
  const { train: learn, validation, test: held } = manifest.data.split;
  expect([manifest.data.queryLimit, learn + validation + held]).toEqual([60, 60]);
  const { reports } = await analyze(config, listening());
  expect(reports[0].data.queries).toBe(60);
});

test('0 takes all', async () => {
  project.write('outcomes.jsonl', jsonLines(toyOutcomes(80)));
  const config = await configIn(project.path, {
    'train.output_dir': join(project.path, 'all'),
    'train.folds': 0,
    'train.router': ['knn'],
    'routers.knn': { k: 5 },
  });
  const { manifest } = await train(config, listening());
  expect(manifest.data.queries).toBe(80);
});
