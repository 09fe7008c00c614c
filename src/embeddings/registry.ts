// Every encoder by its source, each imported only when it is opened.
import type { Fetch } from '../http/client.js';
import type { Wait } from '../http/wait.js';
import { refuseIdleSettings } from './applicable.js';
import type { Encoder } from './encoder.js';
import type { EncoderRequest, EncoderSource } from './encoder-request.js';
import { BUILT_IN, sourceOf } from './encoder-source.js';
import { PRESETS } from './presets.js';

export type { EncoderRequest } from './encoder-request.js';

/** What an encoder may use of the world. */
export interface EncoderTools {
  /** For encoders on a server; default: the platform's. */
  readonly fetch?: Fetch | undefined;
  /** Between two attempts at a server; default: a timer. */
  readonly wait?: Wait | undefined;
  /** Told what the user should know, a sentence each. */
  readonly onWarning?: ((sentence: string) => void) | undefined;
}

type Open = (request: EncoderRequest, tools: EncoderTools) => Promise<Encoder>;

const OPENERS: Readonly<Record<EncoderSource, Open>> = {
  static: async ({ path, dim }) => (await import('./static/static-encoder.js')).openStaticEncoder(path, dim),
  hash: async ({ dim }) => (await import('./hash/hash-encoder.js')).openHashEncoder(dim),
  onnx: async (request, tools) => (await import('./onnx/onnx-encoder.js')).openOnnxEncoder(request, tools),
  clip: async (request, tools) => (await import('./clip/clip-encoder.js')).openClipEncoder(request, tools),
  openai: onServer('openai'),
  tei: onServer('tei'),
  ollama: onServer('ollama'),
  huggingface: onServer('huggingface'),
  nvclip: onServer('nvclip'),
};

/** Names that `model` knows: the built-in encoders, and those whose files the user fetches. */
export const ENCODERS: readonly string[] = [...BUILT_IN, ...Object.keys(PRESETS)];

/** Throws VSR_ENCODER for a request that names no encoder, and what opening the encoder throws. */
export async function openEncoder(request: EncoderRequest, tools: EncoderTools = {}): Promise<Encoder> {
  const source = sourceOf(request);
  refuseIdleSettings(request, source);
  return OPENERS[source](request, tools);
}

function onServer(source: 'openai' | 'tei' | 'ollama' | 'huggingface' | 'nvclip'): Open {
  return async (request, tools) =>
    (await import('./http/http-encoder.js')).openHttpEncoder({ ...request, source }, tools);
}
