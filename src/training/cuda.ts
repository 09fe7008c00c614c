// What a CUDA run needs and whether it is there: the driver, the runtime library, the package.
import { createRequire } from 'node:module';

/** How the presence of things is found out; replaced in tests. */
export interface CudaProbe {
  readonly platform: string;
  /** true if the dynamic linker finds the library. */
  library(name: string): boolean;
  package(name: string): boolean;
}

export const GPU_PACKAGE = '@tensorflow/tfjs-node-gpu';
/** Of the TensorFlow builds that tfjs-node-gpu can stand on: 2.15 (CUDA 12), 2.9 (CUDA 11). */
const RUNTIMES = ['libcudart.so.12', 'libcudart.so.11.0'];

/** Names of what is missing, in the order in which it should be installed; empty = all there. */
export function missingForCuda(probe: CudaProbe = systemProbe): string[] {
  if (probe.platform !== 'linux') return [`an operating system with CUDA training (Linux; this is ${probe.platform})`];
  const missing: string[] = [];
  if (!probe.library('libcuda.so.1')) missing.push('the NVIDIA driver (libcuda.so.1)');
  if (!RUNTIMES.some((name) => probe.library(name))) missing.push(`the CUDA runtime (${RUNTIMES.join(' or ')})`);
  if (!probe.package(GPU_PACKAGE)) missing.push(`the package ${GPU_PACKAGE}`);
  return missing;
}

/** What to do about the first thing that is missing. */
export function cudaHint(missing: readonly string[]): string {
  const first = missing[0] ?? '';
  if (first.includes('driver')) return 'Install the NVIDIA driver, or train on the CPU with --device cpu.';
  if (first.includes('runtime')) return 'Install the CUDA toolkit with cuDNN, or train on the CPU with --device cpu.';
  if (first.includes('package')) return `Run npm install ${GPU_PACKAGE}, or train on the CPU with --device cpu.`;
  return 'Train on the CPU with --device cpu.';
}

const systemProbe: CudaProbe = {
  platform: process.platform,
  library: (name) => {
    try {
      process.dlopen({ exports: {} }, name);
      return true;
    } catch (error) {
      // A library that loads is still no Node addon, and says so.
      return /did not self-register/.test(String(error));
    }
  },
  package: (name) => {
    try {
      createRequire(import.meta.url).resolve(`${name}/package.json`);
      return true;
    } catch {
      return false;
    }
  },
};
