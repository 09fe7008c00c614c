// The lexical encoder: hashed TF-IDF. It knows no meaning, but every language, code and made-up name, and it is exact about words.
// Weinberger et al. (2009), Feature Hashing for Large Scale Multitask Learning, ICML.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { throwIfAborted, VsrError } from '../../errors/vsr-error.js';
import { matrix } from '../../math/matrix.js';
import type { Encoder } from '../encoder.js';
import { fingerprintOf, sha256 } from '../fingerprint.js';
import { type LexicalSettings, lexicalCounts } from './lexical-features.js';

/** Everything a fitted lexical encoder is. */
export interface LexicalState extends LexicalSettings {
  /** [D] ln((1 + N)/(1 + df)) + 1, df = learning texts that touch the bucket. */
  readonly idf: Float32Array;
}

/** Texts between two chances for Ctrl-C to be heard. */
const TURN = 256;

/** Learns how rare each bucket is among `texts`. */
export async function fitLexical(
  texts: readonly string[],
  settings: LexicalSettings,
  signal?: AbortSignal,
): Promise<LexicalState> {
  const touching = new Float64Array(settings.dim);
  for (const [i, text] of texts.entries()) {
    if (i % TURN === TURN - 1) await nextTurn();
    throwIfAborted(signal);
    for (const bucket of lexicalCounts(text, settings).buckets) touching[bucket]!++;
  }
  const { dim, characters } = settings;
  return { dim, characters, idf: Float32Array.from(touching, (df) => Math.log((1 + texts.length) / (1 + df)) + 1) };
}

/** Vectors Σ sign · (1 + ln tf) · idf by bucket, divided by their length; a text without a word is the zero vector. Throws `VSR_ENCODER` for an idf of another width. */
export function lexicalEncoder({ dim, characters, idf }: LexicalState): Encoder & { readonly lexical: LexicalState } {
  if (idf.length !== dim) {
    throw new VsrError('VSR_ENCODER', `lexical.idf holds ${idf.length} values, expected ${dim}.`, {
      hint: 'Run vsr train again.',
    });
  }
  const settings = { dim, characters };
  return {
    id: 'lexical',
    dim,
    lexical: { dim, characters, idf },
    fingerprint: fingerprintOf({
      id: 'lexical',
      idf: sha256(new Uint8Array(idf.buffer, idf.byteOffset, idf.byteLength)),
      characters,
      normalise: true,
      dim,
    }),
    embed: async (texts, signal) => {
      const vectors = matrix(texts.length, dim);
      let truncatedCount = 0;
      for (const [i, text] of texts.entries()) {
        if (i % TURN === TURN - 1) await nextTurn();
        throwIfAborted(signal);
        const { buckets, values, cut } = lexicalCounts(text, settings);
        if (cut) truncatedCount++;
        const weighted = values.map((value, j) => value * idf[buckets[j]!]!);
        const length = Math.sqrt(weighted.reduce((sum, value) => sum + value * value, 0));
        if (length === 0) continue;
        buckets.forEach((bucket, j) => {
          vectors.data[i * dim + bucket] = weighted[j]! / length;
        });
      }
      return { vectors, truncatedCount };
    },
  };
}
