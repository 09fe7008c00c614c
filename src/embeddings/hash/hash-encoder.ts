// The hash encoder of vLLM semantic-router's fallback: a text's SHA-256 spread over a vector. It knows nothing of meaning.
import { createHash } from 'node:crypto';
import { throwIfAborted, VsrError } from '../../errors/vsr-error.js';
import { matrix } from '../../math/matrix.js';
import type { Encoder } from '../encoder.js';
import { fingerprintOf } from '../fingerprint.js';
import { scaleToUnit } from '../unit-length.js';

const DEFAULT_DIM = 768;

/**
 * v[i] = b[i mod 32]/255 + b[(i+1) mod 32]/510 − b[(i+31) mod 32]/510 over b = SHA-256(text), divided by its length. The
 * values repeat after 32 places, and unrelated texts have a mean cosine of 0.67: for reproducing results, not for routing.
 * Throws VSR_ENCODER for a dim below 1.
 */
export function openHashEncoder(dim: number = DEFAULT_DIM): Encoder {
  if (!Number.isInteger(dim) || dim < 1)
    throw new VsrError('VSR_ENCODER', `embedding.dim must be a whole number from 1 on, got ${dim}.`);
  return {
    id: 'hash',
    dim,
    fingerprint: fingerprintOf({ id: 'hash', dim }),
    request: { model: 'hash', dim },
    embed: async (texts, signal) => {
      throwIfAborted(signal);
      const vectors = matrix(texts.length, dim);
      texts.forEach((text, row) => {
        vectors.data.set(hashVector(text, dim), row * dim);
      });
      return { vectors, truncatedCount: 0 };
    },
  };
}

function hashVector(text: string, dim: number): Float64Array {
  const bytes = createHash('sha256').update(text).digest();
  const at = (i: number) => bytes[i % bytes.length]!;
  return scaleToUnit(Float64Array.from({ length: dim }, (_, i) => at(i) / 255 + at(i + 1) / 510 - at(i + 31) / 510));
}
