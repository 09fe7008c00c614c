// Native TensorFlow through tfjs-node or tfjs-node-gpu, or a sentence that says why it does not load.
import { cudaHint, GPU_PACKAGE, missingForCuda } from './cuda.js';
import type { DeviceChoice, Engine } from './engine.js';
import { importUnion } from './import-union.js';
import { restoreUtilFunctions } from './node-shim.js';
import type { TensorFlow } from './tensorflow.js';

export type NativeResult = { readonly engine: Engine } | NativeFailure;

export interface NativeFailure {
  /** One sentence. */
  readonly why: string;
  /** The command that would bring the native engine. */
  readonly remedy: string;
  readonly cause: unknown;
}

/** What to do where everything is there and TensorFlow still finds no GPU. */
export const GPU_UNSEEN = 'Check nvidia-smi and that cuDNN is installed.';
const CPU_PACKAGE = '@tensorflow/tfjs-node';
const results = new Map<string, Promise<NativeResult>>();

/** `auto` takes the GPU package where it is installed with all that it needs, else the CPU's. Never throws. */
export async function loadNative(device: DeviceChoice): Promise<NativeResult> {
  if (device !== 'cpu' && missingForCuda().length === 0) {
    const gpu = await loadOnce(GPU_PACKAGE);
    if (device === 'cuda' || 'engine' in gpu) return gpu;
  }
  return loadOnce(CPU_PACKAGE);
}

async function loadOnce(name: string): Promise<NativeResult> {
  const loading = results.get(name) ?? load(name);
  results.set(name, loading);
  const result = await loading;
  if ('engine' in result) await result.engine.tf.setBackend('tensorflow');
  return result;
}

async function load(name: string): Promise<NativeResult> {
  try {
    await importUnion();
    restoreUtilFunctions();
    const tf = tensorflowOf(await import(name));
    await tf.setBackend('tensorflow');
    const backend = tf.backend() as unknown as NodeBackend;
    const device = backend.isUsingGpuDevice ? 'cuda' : 'cpu';
    if (name === GPU_PACKAGE && device === 'cpu') {
      const why = `${GPU_PACKAGE} loads, but TensorFlow sees no GPU it can use.`;
      return { why, remedy: GPU_UNSEEN, cause: undefined };
    }
    return {
      engine: {
        tf,
        name: 'native',
        version: `${name.slice(name.indexOf('/') + 1)} ${tf.version['tfjs-node'] ?? tf.version.tfjs}, TensorFlow ${backend.binding.TF_Version}`,
        device,
        copyOut: (tensor, target) => target.set(tensor.dataSync() as Float32Array),
      },
    };
  } catch (cause) {
    return explain(name, cause);
  }
}

/** What we read of tfjs-node's backend beside the common interface. */
interface NodeBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: { readonly TF_Version: string };
}

/** An ESM import of a CommonJS package may hold its exports under `default` alone. */
function tensorflowOf(
  imported: TensorFlow & { default?: TensorFlow },
): TensorFlow & { version: Record<string, string> } {
  return (imported.default ?? imported) as TensorFlow & { version: Record<string, string> };
}

export function explain(name: string, cause: unknown): NativeFailure {
  const text = cause instanceof Error ? cause.message : String(cause);
  const first = text.split('\n')[0]!;
  if (/Cannot find (package|module)/.test(first) && first.includes(`'${name}'`)) {
    return { why: `${name} is not installed.`, remedy: remedy(name), cause };
  }
  if (/native addon module|tfjs_binding\.node|Cannot find module/.test(text)) {
    return {
      why: `${name} is installed, but its compiled part (tfjs_binding.node) is missing.`,
      remedy: remedy(name),
      cause,
    };
  }
  if (/cannot open shared object file|image not found|could not be found/i.test(text)) {
    return { why: `${name} is installed, but a library it needs does not load: ${first}`, remedy: remedy(name), cause };
  }
  return { why: `${name} does not load: ${first}`, remedy: remedy(name), cause };
}

function remedy(name: string): string {
  if (name === GPU_PACKAGE) return cudaHint([`the package ${GPU_PACKAGE}`]);
  return `Run npm install ${CPU_PACKAGE}; where its download of TensorFlow fails, run vsr doctor --fix native.`;
}
