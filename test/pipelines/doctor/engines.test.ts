// The engine rows of doctor: live, or why not and what would help.
import { expect, test } from 'vitest';
import { VsrError } from '../../../src/errors/vsr-error.js';
import { cudaCheck, nodeCheck, onnxRuntimeCheck, tensorflowCheck } from '../../../src/pipelines/doctor/engines.js';

test('Node 20.19 and newer is fine, older is dead', () => {
  const state = (version: string) => nodeCheck(version).state;
  expect(['20.19.0', '20.20.1', '22.0.0', '24.3.0'].map(state)).toEqual(['ok', 'ok', 'ok', 'ok']);
  expect(['20.18.9', '18.20.0'].map(state)).toEqual(['dead', 'dead']);
});

test('ONNX Runtime that does not load is a gap with its reason and the command that closes it', () => {
  expect(onnxRuntimeCheck({ live: true, version: '1.30.0' })).toEqual({
    name: 'onnxruntime',
    state: 'ok',
    detail: 'live, 1.30.0',
  });
  expect(onnxRuntimeCheck({ live: false, reason: 'no package' })).toEqual({
    name: 'onnxruntime',
    state: 'gap',
    detail: 'not live: no package; plain arrays score instead, more slowly',
    fix: 'npm install onnxruntime-node',
  });
});

const NO_CUDA = { missingForCuda: ['the NVIDIA driver (libcuda.so.1)'], cudaRemedy: 'Install the NVIDIA driver.' };

test('the training engine: native is fine, another one a gap with its remedy, none a gap', () => {
  const live = { name: 'wasm', version: '4.22.0', device: 'cpu' } as const;
  expect(tensorflowCheck({ live: { ...live, name: 'native' }, notNative: null, ...NO_CUDA })).toEqual({
    name: 'tensorflow',
    state: 'ok',
    detail: 'live: native 4.22.0 on cpu',
  });
  expect(tensorflowCheck({ live, notNative: { why: 'not installed', remedy: 'npm install it' }, ...NO_CUDA })).toEqual({
    name: 'tensorflow',
    state: 'gap',
    detail: 'live: wasm 4.22.0 on cpu; not native: not installed',
    fix: 'npm install it',
  });
  expect(tensorflowCheck(new VsrError('VSR_ENGINE', 'No engine.', { hint: 'npm ci' }))).toEqual({
    name: 'tensorflow',
    state: 'gap',
    detail: 'No engine.',
    fix: 'npm ci',
  });
});

test('an engine that the configuration names and that does not load is dead', () => {
  const live = { name: 'wasm', version: '4.22.0', device: 'cpu' } as const;
  const status = { live, notNative: { why: 'not installed', remedy: 'npm install it' }, ...NO_CUDA };
  expect(tensorflowCheck(status, 'native').state).toBe('dead');
  expect(tensorflowCheck({ ...status, notNative: null }, 'native').state).toBe('ok');
});

test('what --device cuda lacks is told, and is dead only where the configuration asks for it', () => {
  const live = { name: 'wasm', version: '4.22.0', device: 'cpu' } as const;
  const missing = ['the NVIDIA driver (libcuda.so.1)', 'the package @tensorflow/tfjs-node-gpu'];
  const status = { live, notNative: null, missingForCuda: missing, cudaRemedy: 'Install the NVIDIA driver.' };
  const told = {
    name: 'cuda',
    state: 'gap',
    detail: 'missing for --device cuda: the NVIDIA driver (libcuda.so.1); the package @tensorflow/tfjs-node-gpu',
    fix: 'Install the NVIDIA driver.',
  };
  expect(cudaCheck(status, 'auto')).toEqual(told);
  expect(cudaCheck(status, 'cuda')).toEqual({ ...told, state: 'dead' });
  expect(cudaCheck({ ...status, missingForCuda: [], cudaRemedy: 'Check nvidia-smi.' }, 'cuda')).toEqual({
    name: 'cuda',
    state: 'dead',
    detail: 'all parts for --device cuda are here, but TensorFlow does not run on the GPU',
    fix: 'Check nvidia-smi.',
  });
  expect(cudaCheck({ ...status, live: { ...live, name: 'native', device: 'cuda' } }, 'cuda')).toEqual({
    name: 'cuda',
    state: 'ok',
    detail: 'live: training runs on the GPU',
  });
});
