// init: a starting project that loads, never over what is there.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.js';
import { readQueries } from '../../src/data/read-queries.js';
import { init } from '../../src/pipelines/init.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vsr-init-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('writes three files, and a second run leaves them alone', async () => {
  expect(await init(folder)).toEqual({ written: ['queries.jsonl', 'models.yaml', 'vsr.yaml'], kept: [] });
  writeFileSync(join(folder, 'vsr.yaml'), 'seed: 1\n');
  rmSync(join(folder, 'models.yaml'));
  expect(await init(folder)).toEqual({ written: ['models.yaml'], kept: ['queries.jsonl', 'vsr.yaml'] });
  expect(readFileSync(join(folder, 'vsr.yaml'), 'utf8')).toBe('seed: 1\n');
  expect(readdirSync(folder).sort()).toEqual(['models.yaml', 'queries.jsonl', 'vsr.yaml']);
});

test('what it writes loads: two models of one endpoint, keys only by name', async () => {
  await init(folder);
  const { config, origin, warnings, missingKeys } = await loadConfig({ cwd: folder, environment: {} });
  expect(origin).toEqual({ file: 'vsr.yaml', modelsFile: 'models.yaml', sets: [], flags: [] });
  expect(warnings).toEqual([]);
  expect(missingKeys).toEqual([{ path: ['vllmEndpoints', 0, 'apiKey'], variable: 'OPENAI_API_KEY' }]);
  expect(Object.keys(config.modelConfig)).toEqual(['gpt-4o-mini', 'gpt-4o']);
  expect(config.data.queries).toBe('queries.jsonl');
});

test('its three questions are read with their truths and metrics', async () => {
  await init(folder);
  const { queries, ...counts } = await readQueries(join(folder, 'queries.jsonl'));
  expect(queries.map(({ metric, groundTruth }) => [metric, groundTruth])).toEqual([
    ['em_mc', 'B'],
    ['GSM8K', '85'],
    ['f1_score', ['Canberra', 'the city of Canberra']],
  ]);
  expect(Object.values(counts).every((count) => count === 0)).toBe(true);
});

test('a folder that is not there is refused', async () => {
  await expect(init(join(folder, 'gone'))).rejects.toMatchObject({
    code: 'VSR_FILE',
    hint: 'Run vsr init in a folder that you may write to.',
  });
});
