// A session on a model file of any origin: what it takes and gives by name and type, with its external data files beside it.
import { availableParallelism } from 'node:os';
import { VsrError } from '../../errors/vsr-error.js';
import { widenFloat16 } from './float16.js';
import { onnxRuntime } from './onnx-runtime.js';
import { readWithSignedWeights } from './signed-weights.js';

/** An input or output as the model declares it. */
export interface ModelPort {
  readonly name: string;
  /** float32, int64, float16 … */
  readonly type: string;
  /** A size that only the data decides has a name, or is −1. */
  readonly shape: readonly (number | string)[];
}

/** Values and their shape; whole numbers go in as int64 or int32, as the model declares. */
export interface ModelTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

export interface ModelSession {
  readonly inputs: readonly ModelPort[];
  readonly outputs: readonly ModelPort[];
  /** Runs the model for one of its outputs, widened to float32. Throws VSR_ENGINE where it stops. */
  run(inputs: Readonly<Record<string, ModelTensor>>, output: string): Promise<ModelTensor & { data: Float32Array }>;
  dispose(): Promise<void>;
}

export interface ModelSessionOptions {
  /** Default: the machine's, at most 4. */
  readonly threads?: number | undefined;
}

/** Types that an input may have. */
export type ModelInputType = keyof typeof WRITERS;

export function isModelInputType(type: string): type is ModelInputType {
  return Object.hasOwn(WRITERS, type);
}

/** Throws VSR_ENGINE where ONNX Runtime does not load or refuses the file. */
export async function openModelSession(path: string, options: ModelSessionOptions = {}): Promise<ModelSession> {
  const runtime = await onnxRuntime();
  const session = await opened();
  const inputs = portsOf(session.inputMetadata);
  const outputs = portsOf(session.outputMetadata);
  return {
    inputs,
    outputs,
    run: async (given, output) => {
      const feeds = Object.fromEntries(
        Object.entries(given).map(([name, { shape, data }]) => {
          const { type } = inputs.find((port) => port.name === name)!;
          if (!isModelInputType(type)) throw refused(path, `the type ${type} of input ${name} cannot be written`);
          return [name, new runtime.Tensor(type, WRITERS[type](data), shape)];
        }),
      );
      try {
        const result = (await session.run(feeds, [output]))[output]!;
        return { shape: result.dims, data: float32(result.data, result.type, `${path}: output ${output}`) };
      } catch (cause) {
        if (cause instanceof VsrError) throw cause;
        throw refused(path, (cause as Error).message, cause);
      }
    },
    dispose: () => session.release(),
  };

  async function opened() {
    const settings = {
      intraOpNumThreads: options.threads ?? Math.min(MAX_THREADS, availableParallelism()),
      logSeverityLevel: 3,
    };
    try {
      const signed = await readWithSignedWeights(path);
      if (signed) return await runtime.InferenceSession.create(signed, settings);
    } catch {
      // What is wrong with the file, ONNX Runtime says below; a form of it that it refuses is no loss.
    }
    try {
      return await runtime.InferenceSession.create(path, settings);
    } catch (cause) {
      throw refused(path, (cause as Error).message, cause);
    }
  }
}

const MAX_THREADS = 4;

const WRITERS = {
  int64: (data: Float32Array | Int32Array) => BigInt64Array.from(data, BigInt),
  int32: (data: Float32Array | Int32Array) => Int32Array.from(data),
  float32: (data: Float32Array | Int32Array) => Float32Array.from(data),
  float16: (data: Float32Array | Int32Array) => {
    if (data.some((value) => value !== 0)) throw new VsrError('VSR_ENGINE', 'Only zeros are written as float16.');
    return new Uint16Array(data.length);
  },
} satisfies Record<string, (data: Float32Array | Int32Array) => unknown>;

function portsOf(metadata: readonly ModelPort[]): ModelPort[] {
  return metadata.map(({ name, type, shape }) => ({ name, type, shape: [...shape] }));
}

function float32(data: unknown, type: string, where: string): Float32Array {
  if (data instanceof Float32Array) return data;
  if (type === 'float16') return widenFloat16(data as Uint16Array | Float32Array);
  throw refused(where, `values of type ${type}, expected float32 or float16`);
}

function refused(where: string, what: string, cause?: unknown): VsrError {
  return new VsrError('VSR_ENGINE', `${where}: ONNX Runtime cannot run the model: ${what}`, {
    hint: 'Fetch or export the model again; a model in several files needs all of them in one folder.',
    cause,
  });
}
