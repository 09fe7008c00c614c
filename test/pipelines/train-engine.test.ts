// train --engine and --device: who trains is said once, written down, and never swapped in silence.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { parseManifest } from '../../src/artifacts/manifest.js';
import { train } from '../../src/pipelines/train.js';
import { trainingEngine } from '../../src/routers/training-engine.js';
import { missingForCuda } from '../../src/training/cuda.js';
import { temporaryFolder } from '../temporary-folder.js';
import { configIn, jsonLines, listening, toyOutcomes } from './toy-project.js';

const project = temporaryFolder();
beforeAll(() => {
  project.write('outcomes.jsonl', jsonLines(toyOutcomes(80)));
});

const settings = (output: string, more: Record<string, unknown>) =>
  configIn(project.path, {
    'train.output_dir': join(project.path, output),
    'train.folds': 2,
    'routers.knn': { k: 5 },
    'routers.mlp': { hidden_layers: [4], epochs: 2 },
    'routers.mf': { num_factors: 2, epochs: 2 },
    ...more,
  });
const stored = (output: string) =>
  parseManifest(readFileSync(join(project.path, output, 'manifest.json'), 'utf8'), 'manifest');

test('the engine that trains is named in one notice and in the manifest, whatever the number of fits', async () => {
  const context = listening();
  const { version } = await trainingEngine({ engine: 'wasm' });
  const config = await settings('wasm', { 'train.engine': 'wasm', 'train.router': ['knn', 'mlp', 'mf'] });
  await train(config, context);
  expect(context.notices).toEqual([`mlp, mf will be trained by wasm (${version}) on cpu.`]);
  expect(stored('wasm').engine).toEqual({ name: 'wasm', version, device: 'cpu' });
});

test('where nothing learns by gradient there is no engine, and asking for one is answered', async () => {
  const quiet = listening();
  await train(await settings('knn', { 'train.router': ['knn'] }), quiet);
  expect([quiet.notices, stored('knn').engine]).toEqual([[], null]);

  const asked = listening();
  await train(await settings('asked', { 'train.router': ['knn'], 'train.device': 'cpu' }), asked);
  expect(asked.notices).toEqual(['--engine, --device and --resume have no effect: of knn none learns by gradient.']);
});

test.skipIf(missingForCuda().length === 0)('cuda without a GPU is refused before anything is written', async () => {
  const config = await settings('cuda', { 'train.router': ['knn', 'mlp'], 'train.device': 'cuda' });
  await expect(train(config, listening())).rejects.toMatchObject({
    code: 'VSR_ENGINE',
    message: `device cuda: missing is ${missingForCuda().join('; ')}.`,
  });
  expect(existsSync(join(project.path, 'cuda'))).toBe(false);
});

test('an engine that cannot use the GPU is refused on every machine', async () => {
  const config = await settings('both', {
    'train.router': ['mlp'],
    'train.engine': 'wasm',
    'train.device': 'cuda',
  });
  await expect(train(config, listening())).rejects.toMatchObject({
    code: 'VSR_ENGINE',
    message: 'device cuda: the engine wasm runs on the CPU only.',
  });
});

test('an unknown engine or device is a configuration error', async () => {
  await expect(settings('x', { 'train.engine': 'torch' })).rejects.toMatchObject({ code: 'VSR_CONFIG' });
  await expect(settings('x', { 'train.device': 'tpu' })).rejects.toMatchObject({ code: 'VSR_CONFIG' });
});
