// The engine rows of doctor: live, or why not and what would help.
import { expect, test } from 'vitest';
import { VsrError } from '../../../src/errors/vsr-error.js';
import { nodeCheck, onnxRuntimeCheck, tensorflowCheck } from '../../../src/pipelines/doctor/engines.js';

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

test('the training engine: native is fine, another one a gap with its remedy, none a gap', () => {
  const live = { name: 'wasm', version: '4.22.0', device: 'cpu' } as const;
  expect(tensorflowCheck({ live: { ...live, name: 'native' }, notNative: null, missingForCuda: [] })).toEqual({
    name: 'tensorflow',
    state: 'ok',
    detail: 'live: native 4.22.0 on cpu',
  });
  expect(
    tensorflowCheck({ live, notNative: { why: 'not installed', remedy: 'npm install it' }, missingForCuda: [] }),
  ).toEqual({
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
