// Every encoder by name, each imported only when it is opened.
import { nearestName } from '../errors/nearest.js';
import { VsrError } from '../errors/vsr-error.js';
import type { Encoder } from './encoder.js';

export interface EncoderRequest {
  /** A name of `ENCODERS`. */
  readonly model: string;
  /** Folder with the encoder's files; default: the bundled ones, where there are any. */
  readonly path?: string;
}

const OPENERS: Readonly<Record<string, (path: string | undefined) => Promise<Encoder>>> = {
  static: async (path) => (await import('./static/static-encoder.js')).openStaticEncoder(path),
};

export const ENCODERS: readonly string[] = Object.keys(OPENERS);

/** Throws VSR_ENCODER for an unknown name, and what opening the encoder throws. */
export async function openEncoder({ model, path }: EncoderRequest): Promise<Encoder> {
  const open = Object.hasOwn(OPENERS, model) ? OPENERS[model] : undefined;
  if (open) return open(path);
  const nearest = nearestName(model, ENCODERS);
  throw new VsrError('VSR_ENCODER', `embedding.model must be one of ${ENCODERS.join(', ')}, got "${model}".`, {
    hint: nearest === undefined ? `Use ${ENCODERS[0]}, which needs no download.` : `Did you mean ${nearest}?`,
  });
}
