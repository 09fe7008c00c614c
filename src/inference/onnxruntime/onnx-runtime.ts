// The one place that imports ONNX Runtime, and remembers why it could not be imported.
import { VsrError } from '../../errors/vsr-error.js';

/** The part of onnxruntime-node that we use; named here because the package is optional. */
export interface OnnxRuntime {
  readonly InferenceSession: {
    /** A path also finds the external data files beside it. */
    create(model: Uint8Array | string, options: Readonly<Record<string, unknown>>): Promise<OnnxSession>;
  };
  readonly Tensor: new (
    type: 'float32' | 'float16' | 'int64' | 'int32',
    data: Float32Array | Uint16Array | BigInt64Array | Int32Array,
    dims: readonly number[],
  ) => OnnxTensor;
  readonly env: { logLevel?: string; readonly versions: { readonly node?: string } };
}

export interface OnnxSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly inputMetadata: readonly OnnxPort[];
  readonly outputMetadata: readonly OnnxPort[];
  /** `fetches`: the outputs that are wanted; default all. */
  run(
    feeds: Readonly<Record<string, OnnxTensor>>,
    fetches?: readonly string[],
  ): Promise<Readonly<Record<string, OnnxTensor>>>;
  release(): Promise<void>;
}

export interface OnnxPort {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly (number | string)[];
}

export interface OnnxTensor {
  readonly type: string;
  readonly data: Float32Array | BigInt64Array | Uint8Array | Uint16Array | Int32Array;
  readonly dims: readonly number[];
}

export interface OnnxRuntimeStatus {
  readonly live: boolean;
  readonly version?: string;
  /** Why it is not live, one line. */
  readonly reason?: string;
}

/** ONNX Runtime, imported once. Throws `VSR_ENGINE` where it does not load. */
export async function onnxRuntime(load = loadPackage): Promise<OnnxRuntime> {
  const loaded = await load();
  if ('runtime' in loaded) return loaded.runtime;
  throw new VsrError('VSR_ENGINE', `ONNX Runtime does not load: ${reason(loaded.error)}`, {
    hint: 'Install it (npm install onnxruntime-node), or leave the engine on auto: plain arrays give the same scores.',
    cause: loaded.error,
  });
}

/** Whether ONNX Runtime loads here, for doctor and for the choice of an engine. Never throws. */
export async function onnxRuntimeStatus(load = loadPackage): Promise<OnnxRuntimeStatus> {
  const loaded = await load();
  if ('error' in loaded) return { live: false, reason: reason(loaded.error) };
  const version = loaded.runtime.env.versions.node;
  return { live: true, ...(version && { version }) };
}

type Loaded = { readonly runtime: OnnxRuntime } | { readonly error: unknown };

let loadedOnce: Promise<Loaded> | undefined;

function loadPackage(): Promise<Loaded> {
  loadedOnce ??= loading(PACKAGE);
  return loadedOnce;
}

/** A variable, so that neither compiling nor bundling needs the package. */
const PACKAGE: string = 'onnxruntime-node';

/** Whatever goes wrong on import (no package, no binary for this machine, a library it cannot link) is a result. */
export async function loading(name: string): Promise<Loaded> {
  try {
    const module = await import(name);
    const runtime: OnnxRuntime = module.default ?? module;
    runtime.env.logLevel = 'error';
    return { runtime };
  } catch (error) {
    return { error };
  }
}

function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0]!;
}
