// Which settings an encoder heeds: one that would change vectors, and cannot here, is refused instead of passed over.
import { VsrError } from '../errors/vsr-error.js';
import type { EncoderRequest, EncoderSource } from './encoder-request.js';

type Setting =
  | 'path'
  | 'url'
  | 'file'
  | 'dim'
  | 'maxLength'
  | 'pooling'
  | 'padding'
  | 'prompt'
  | 'normalise'
  | 'longText';

const SPELLED: Readonly<Record<Setting, string>> = {
  path: 'path',
  url: 'url',
  file: 'file',
  dim: 'dim',
  maxLength: 'max_length',
  pooling: 'pooling',
  padding: 'padding',
  prompt: 'prompt',
  normalise: 'normalise',
  longText: 'long_text',
};

const SERVER: readonly Setting[] = ['url', 'dim', 'prompt'];

const HEEDED: Readonly<Record<EncoderSource, readonly Setting[]>> = {
  static: ['path', 'dim'],
  hash: ['dim'],
  onnx: ['path', 'file', 'dim', 'maxLength', 'pooling', 'padding', 'prompt', 'normalise', 'longText'],
  clip: ['path', 'dim', 'prompt'],
  openai: SERVER,
  tei: SERVER,
  ollama: SERVER,
  huggingface: SERVER,
  nvclip: SERVER,
};

/** Throws VSR_ENCODER for a setting that means nothing to this kind of encoder. */
export function refuseIdleSettings(request: EncoderRequest, source: EncoderSource): void {
  const idle = (Object.keys(SPELLED) as Setting[]).find(
    (setting) => request[setting] !== undefined && !HEEDED[source].includes(setting),
  );
  if (idle === undefined) return;
  const heeded = HEEDED[source].map((setting) => SPELLED[setting]).join(', ');
  throw new VsrError('VSR_ENCODER', `embedding.${SPELLED[idle]} means nothing to an encoder of the kind ${source}.`, {
    hint: `Leave it out; ${source} heeds ${heeded}.`,
  });
}
