// Several encoders as one: their vectors side by side, each times its weight, together of unit length.
import { VsrError } from '../errors/vsr-error.js';
import { matrix, rowOf } from '../math/matrix.js';
import type { Encoder } from './encoder.js';
import { fingerprintOf } from './fingerprint.js';

export interface WeightedEncoder {
  readonly encoder: Encoder;
  /** Above 0; the cosine of two texts is the mean of the parts' cosines weighted by the squares. */
  readonly weight: number;
}

export interface CombinedEncoder extends Encoder {
  readonly parts: readonly WeightedEncoder[];
}

/**
 * [w₁·e₁ ‖ w₂·e₂ ‖ …] / length: a text that one part knows nothing of (a zero vector) is left to the others. Images are those of
 * the first part that reads them. Throws `VSR_ENCODER` for no part or a weight that is not positive.
 */
export function combinedEncoder(parts: readonly WeightedEncoder[]): CombinedEncoder {
  const wrong = parts.find(({ weight }) => !(weight > 0 && Number.isFinite(weight)));
  if (parts.length === 0 || wrong) {
    throw new VsrError(
      'VSR_ENCODER',
      wrong
        ? `The weight of the encoder ${wrong.encoder.id} must be above 0, got ${wrong.weight}.`
        : 'A combination of encoders needs at least one, got none.',
      { hint: 'Leave the encoder out of embedding.encoders instead.' },
    );
  }
  const dim = parts.reduce((sum, { encoder }) => sum + encoder.dim, 0);
  const images = parts.find(({ encoder }) => encoder.images)?.encoder.images;
  return {
    id: parts.map(({ encoder }) => encoder.id).join('+'),
    dim,
    parts,
    fingerprint: fingerprintOf({
      id: 'combination',
      parts: parts.map(({ encoder, weight }) => ({ fingerprint: encoder.fingerprint, weight })),
      normalise: true,
      dim,
    }),
    ...(images && { images }),
    embed: async (texts, signal) => {
      const out = matrix(texts.length, dim);
      let truncatedCount = 0;
      let offset = 0;
      for (const { encoder, weight } of parts) {
        const embedded = await encoder.embed(texts, signal);
        truncatedCount = Math.max(truncatedCount, embedded.truncatedCount);
        for (let i = 0; i < texts.length; i++) {
          const target = out.data.subarray(i * dim + offset, i * dim + offset + encoder.dim);
          rowOf(embedded.vectors, i).forEach((value, j) => {
            target[j] = weight * value;
          });
        }
        offset += encoder.dim;
      }
      for (let i = 0; i < texts.length; i++) toUnitLength(rowOf(out, i));
      return { vectors: out, truncatedCount };
    },
  };
}

/** In place; a zero vector stays zero. */
function toUnitLength(vector: Float32Array): void {
  let sum = 0;
  for (const value of vector) sum += value * value;
  if (sum === 0) return;
  const scale = 1 / Math.sqrt(sum);
  for (let j = 0; j < vector.length; j++) vector[j]! *= scale;
}
