import { expect, test } from 'vitest';
import { type CudaProbe, cudaHint, missingForCuda } from '../../src/training/cuda.js';

const probe = (present: readonly string[], platform = 'linux'): CudaProbe => ({
  platform,
  library: (name) => present.includes(name),
  package: (name) => present.includes(name),
});

test('names all that is missing, in the order of installing', () => {
  const missing = missingForCuda(probe([]));
  expect(missing).toEqual([
    'the NVIDIA driver (libcuda.so.1)',
    'the CUDA runtime (libcudart.so.12 or libcudart.so.11.0)',
    'the package @tensorflow/tfjs-node-gpu',
  ]);
  expect(cudaHint(missing)).toBe('Install the NVIDIA driver, or train on the CPU with --device cpu.');
});

test('is content with either runtime', () => {
  const rest = ['libcuda.so.1', '@tensorflow/tfjs-node-gpu'];
  expect(missingForCuda(probe(['libcudart.so.12', ...rest]))).toEqual([]);
  expect(missingForCuda(probe(['libcudart.so.11.0', ...rest]))).toEqual([]);
});

test('with driver and runtime, asks for the package by its command', () => {
  const missing = missingForCuda(probe(['libcuda.so.1', 'libcudart.so.12']));
  expect(missing).toEqual(['the package @tensorflow/tfjs-node-gpu']);
  expect(cudaHint(missing)).toBe('Run npm install @tensorflow/tfjs-node-gpu, or train on the CPU with --device cpu.');
});

test('says where there is no CUDA at all', () => {
  expect(missingForCuda(probe([], 'darwin'))).toEqual([
    'an operating system with CUDA training (Linux; this is darwin)',
  ]);
});

test.skipIf(process.platform !== 'linux')('the probe of this machine answers for each thing without throwing', () => {
  const all = ['the NVIDIA driver', 'the CUDA runtime', 'the package'];
  const missing = missingForCuda();
  expect(missing.map((thing) => all.findIndex((name) => thing.startsWith(name)))).not.toContain(-1);
});
