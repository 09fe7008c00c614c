// What every encoder offers: texts in, one vector a text out, and an identity that artifacts are checked against.
import type { Matrix } from '../math/matrix.js';

export interface Encoder {
  readonly id: string;
  /** `sha256:…` of everything that changes a vector: model, tokenizer, pooling, prompt, length, dimension. */
  readonly fingerprint: string;
  readonly dim: number;
  /** [texts × dim], rows of unit length (a text without any known token is a zero row). */
  embed(texts: readonly string[], signal?: AbortSignal): Promise<Embedded>;
}

export interface Embedded {
  readonly vectors: Matrix;
  /** How many texts were longer than the encoder reads. */
  readonly truncatedCount: number;
}
