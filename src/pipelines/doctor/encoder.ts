// The encoders that the configuration asks for: opened, tried on one text, and asked whether a batch changes their vectors.
import { environment } from '../../config/environment.js';
import type { VsrConfig } from '../../config/schema.js';
import type { EncoderRequest } from '../../embeddings/encoder-request.js';
import { VsrError } from '../../errors/vsr-error.js';
import type { Check } from '../doctor.js';
import { encoderParts } from '../learning/encoder-parts.js';

interface Finding {
  readonly detail: string;
  /** Where a batch changes the vectors. */
  readonly remedy?: string | undefined;
}

/** Throws `VSR_CONFIG`, what opening and encoding throw, and VSR_ENCODER for a vector that is zero or no number. */
export async function encoderCheck({ embedding }: VsrConfig): Promise<Check> {
  const parts = encoderParts(embedding, environment());
  const found = await Promise.all(
    parts.map(async ({ request, lexical, weight }): Promise<Finding> => {
      const one = request
        ? await opened(request)
        : { detail: `lexical, ${lexical!.dim} wide, learned from the texts of each training` };
      return parts.length === 1 ? one : { ...one, detail: `${one.detail}, weight ${weight}` };
    }),
  );
  const detail = found.map((one) => one.detail).join(' + ');
  const remedy = found.find((one) => one.remedy !== undefined)?.remedy;
  return { name: 'encoder', state: remedy === undefined ? 'ok' : 'gap', detail, ...(remedy && { fix: remedy }) };
}

async function opened(request: EncoderRequest): Promise<Finding> {
  const { openEncoder } = await import('../../embeddings/registry.js');
  const encoder = await openEncoder(request);
  const { vectors } = await encoder.embed(['What is the derivative of x^3?']);
  const length = Math.hypot(...vectors.data);
  if (!(length > 0 && Number.isFinite(length))) {
    throw new VsrError('VSR_ENCODER', `${encoder.id} gives a vector of length ${length}, expected 1.`);
  }
  const detail = `${encoder.id}, ${encoder.dim} wide, ${encoder.fingerprint.slice(0, 19)}`;
  const test = await encoder.selfTest?.();
  if (test === undefined) return { detail };
  const cosine = test.cosine.toFixed(5);
  if (test.agrees) return { detail: `${detail}; same vectors alone and in a batch (${cosine})` };
  return {
    detail: `${detail}; a text alone and in a batch agree only to a cosine of ${cosine}`,
    remedy: test.remedy,
  };
}
