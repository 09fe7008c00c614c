// The encoder that the configuration asks for: opened, tried on one text, and asked whether a batch changes its vectors.
import { environment } from '../../config/environment.js';
import type { VsrConfig } from '../../config/schema.js';
import { VsrError } from '../../errors/vsr-error.js';
import type { Check } from '../doctor.js';
import { configuredEncoder } from '../encoder-request.js';

/** Throws what opening and encoding throw, and VSR_ENCODER for a vector that is zero or no number. */
export async function encoderCheck({ embedding }: VsrConfig): Promise<Check> {
  const { openEncoder } = await import('../../embeddings/registry.js');
  const encoder = await openEncoder(configuredEncoder(embedding, environment()));
  const { vectors } = await encoder.embed(['What is the derivative of x^3?']);
  const length = Math.hypot(...vectors.data);
  if (!(length > 0 && Number.isFinite(length))) {
    throw new VsrError('VSR_ENCODER', `${encoder.id} gives a vector of length ${length}, expected 1.`);
  }
  const name = 'encoder';
  const detail = `${encoder.id}, ${encoder.dim} wide, ${encoder.fingerprint.slice(0, 19)}`;
  const test = await encoder.selfTest?.();
  if (test === undefined) return { name, state: 'ok', detail };
  const cosine = test.cosine.toFixed(5);
  if (test.agrees) return { name, state: 'ok', detail: `${detail}; same vectors alone and in a batch (${cosine})` };
  return {
    name,
    state: 'gap',
    detail: `${detail}; a text alone and in a batch agree only to a cosine of ${cosine}`,
    fix: test.remedy,
  };
}
