// Chooses and opens the engine that trains: native TensorFlow, its WASM backend, or plain JavaScript where it is named.
import { VsrError } from '../errors/vsr-error.js';
import { cudaHint, missingForCuda } from './cuda.js';
import { loadNative } from './load-native.js';
import { loadPlain } from './load-plain.js';
import { loadWasm } from './load-wasm.js';
import type { EngineTensor, TensorFlow } from './tensorflow.js';

export type EngineName = 'native' | 'wasm' | 'js';
export type EngineChoice = 'auto' | EngineName;
export type DeviceChoice = 'auto' | 'cpu' | 'cuda';
export const ENGINE_CHOICES: readonly EngineChoice[] = ['auto', 'native', 'wasm', 'js'];
export const DEVICE_CHOICES: readonly DeviceChoice[] = ['auto', 'cpu', 'cuda'];

/** An open engine. There is one of each kind a process; opening one makes it the current backend of TensorFlow.js. */
export interface Engine {
  readonly tf: TensorFlow;
  readonly name: EngineName;
  /** Package and library: `tfjs-node 4.22.0, TensorFlow 2.15.1`. */
  readonly version: string;
  readonly device: 'cpu' | 'cuda';
  /** Copies a tensor's values into `target`, of the same length. */
  copyOut(tensor: EngineTensor, target: Float32Array): void;
}

export interface EngineOptions {
  readonly engine?: EngineChoice;
  readonly device?: DeviceChoice;
}

/**
 * Opens an engine. `auto` is native TensorFlow where it loads, else WASM; `js` (40–80 times slower) only when named.
 * Throws `VSR_ENGINE` if a named engine does not load, or if `device: cuda` finds no usable GPU; it never falls back to the CPU then.
 */
export async function openEngine({ engine = 'auto', device = 'auto' }: EngineOptions = {}): Promise<Engine> {
  if (device === 'cuda') return openCuda(engine);
  if (engine === 'wasm') return loadWasm();
  if (engine === 'js') return loadPlain();
  const native = await loadNative(device);
  if ('engine' in native) return native.engine;
  if (engine === 'auto') return loadWasm();
  throw new VsrError('VSR_ENGINE', `engine native: ${native.why}`, { hint: native.remedy, cause: native.cause });
}

async function openCuda(engine: EngineChoice): Promise<Engine> {
  if (engine === 'wasm' || engine === 'js') {
    throw new VsrError('VSR_ENGINE', `device cuda: the engine ${engine} runs on the CPU only.`, {
      hint: 'Leave the engine on auto, or name native.',
    });
  }
  const missing = missingForCuda();
  if (missing.length > 0) {
    throw new VsrError('VSR_ENGINE', `device cuda: missing is ${missing.join('; ')}.`, { hint: cudaHint(missing) });
  }
  const native = await loadNative('cuda');
  if ('engine' in native) return native.engine;
  throw new VsrError('VSR_ENGINE', `device cuda: ${native.why}`, { hint: native.remedy, cause: native.cause });
}
