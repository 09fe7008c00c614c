// TensorFlow.js's WASM backend, with its two repairs and its files read from the installed package.
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { VsrError } from '../errors/vsr-error.js';
import type { Engine } from './engine.js';
import { importUnion } from './import-union.js';
import { repairWasm } from './wasm-repairs.js';

let opened: Promise<Engine> | undefined;

/** Throws `VSR_ENGINE` if the backend does not start. */
export async function loadWasm(): Promise<Engine> {
  opened ??= openWasm();
  const engine = await opened;
  await engine.tf.setBackend('wasm');
  return engine;
}

async function openWasm(): Promise<Engine> {
  const tf = await importUnion();
  const wasm = await withoutNewListeners(async () => {
    const backend = await import('@tensorflow/tfjs-backend-wasm');
    const main = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
    backend.setWasmPaths(dirname(main) + sep);
    if (!(await tf.setBackend('wasm'))) {
      throw new VsrError('VSR_ENGINE', 'engine wasm: the WASM backend of TensorFlow.js did not start.', {
        hint: 'Reinstall @tensorflow/tfjs-backend-wasm: its .wasm files must lie beside its code.',
      });
    }
    return backend;
  });
  repairWasm(tf);
  const backend = tf.backend() as BackendWasm;
  return {
    tf,
    name: 'wasm',
    version: `tfjs-backend-wasm ${wasm.version_wasm}`,
    device: 'cpu',
    copyOut: (tensor, target) => target.set(backend.typedArrayFromHeap(tensor) as Float32Array),
  };
}

/** The backend's loader hooks uncaughtException and unhandledRejection, which would change how every error of the process ends. */
async function withoutNewListeners<T>(load: () => Promise<T>): Promise<T> {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => new Set(process.listeners(event as 'uncaughtException')));
  try {
    return await load();
  } finally {
    events.forEach((event, i) => {
      for (const listener of process.listeners(event as 'uncaughtException')) {
        if (!before[i]!.has(listener)) process.removeListener(event, listener);
      }
    });
  }
}
