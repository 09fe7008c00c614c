// --seeds: every router fitted again with other seeds, stored by train or made by analyze, and the spread told.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/math/random.js';
import { analyze } from '../../src/pipelines/analyze.js';
import { train } from '../../src/pipelines/train.js';
import { renderText } from '../../src/report/text.js';
import { temporaryFolder } from '../temporary-folder.js';
import { configIn, jsonLines, listening, toyOutcomes } from './toy-project.js';

const project = temporaryFolder();

beforeAll(async () => {
  // chance alone, so that what is chosen hangs on the draw of the centroids
  const random = seededRandom(5);
  const rows = toyOutcomes(240).map((row) => ({
    ...row,
    outcomes: Object.fromEntries(
      Object.entries(row.outcomes).map(([model, cell]) => [model, { ...(cell as object), quality: random.int(2) }]),
    ),
  }));
  project.write('outcomes.jsonl', jsonLines(rows));
  await train(await settings('seeds', { 'train.seeds': 3 }), listening());
  await train(await settings('plain'), listening());
}, 60_000);

const settings = (name: string, more: Record<string, unknown> = {}) =>
  configIn(project.path, {
    'train.output_dir': join(project.path, name),
    'analyze.artifacts': join(project.path, name),
    'objective.quality_weight': 1,
    'routers.kmeans': { clusters: 9, n_init: 1 },
    'train.folds': 0,
    ...more,
  });
const noiseOf = async (name: string, more: Record<string, unknown> = {}) =>
  (await analyze(await settings(name, more), listening())).reports[0].trainingNoise;

describe('--seeds', () => {
  test('train stores refits, and analyze tells their mean and range on the held-out test', async () => {
    const noise = (await noiseOf('seeds'))!;
    expect(noise.label).toBe('held-out test');
    expect(noise.routers.map(({ router, fits }) => [router, fits])).toEqual([
      ['knn', 3],
      ['kmeans', 3],
    ]);
    expect(noise.routers[0]!.alike).toBe(true);
    const { low, mean, high } = noise.routers[1]!.quality;
    expect(low).toBeLessThan(high);
    expect(mean).toBeGreaterThanOrEqual(low);
    expect(mean).toBeLessThanOrEqual(high);
  });

  test('analyze --seeds makes the same refits from an artifact that stored none', async () => {
    expect(await noiseOf('plain')).toBeUndefined();
    expect(await noiseOf('plain', { 'analyze.seeds': 3 })).toEqual(await noiseOf('seeds'));
  });

  test('fewer seeds than were stored are the first of them', async () => {
    const noise = (await noiseOf('seeds', { 'analyze.seeds': 2 }))!;
    expect(noise.routers.map(({ fits }) => fits)).toEqual([2, 2]);
    expect(noise).toEqual(await noiseOf('plain', { 'analyze.seeds': 2 }));
  });

  test('the text names the spread', async () => {
    const { reports } = await analyze(await settings('seeds'), listening());
    expect(await renderText(reports[0])).toMatch(/other seeds[\s\S]*knn \*[\s\S]*kmeans/);
  });

  test('outcomes of the held-out rows move no refit', async () => {
    const lines = readFileSync(join(project.path, 'outcomes.jsonl'), 'utf8');
    const stored = readFileSync(join(project.path, 'seeds/refits.safetensors'));
    const { ids } = JSON.parse(readFileSync(join(project.path, 'seeds/refits.json'), 'utf8')) as { ids: string[] };
    expect(ids.length).toBeGreaterThan(20);
    const { reports } = await analyze(await settings('seeds'), listening());
    const test = new Set(reports[0].decisions.map(({ query }) => query));
    const changed = lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { query: string; outcomes: Record<string, { quality: number }> })
      .map((row) =>
        test.has(row.query)
          ? {
              ...row,
              outcomes: Object.fromEntries(
                Object.entries(row.outcomes).map(([model, cell]) => [model, { ...cell, quality: 1 - cell.quality }]),
              ),
            }
          : row,
      );
    writeFileSync(join(project.path, 'changed.jsonl'), jsonLines(changed));
    await train(
      await settings('changed', { 'train.seeds': 3, 'data.outcomes': join(project.path, 'changed.jsonl') }),
      listening(),
    );
    expect(readFileSync(join(project.path, 'changed/refits.safetensors')).equals(stored)).toBe(true);
  });
});
