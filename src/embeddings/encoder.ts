// What every encoder offers: texts in, one vector a text out, and an identity that artifacts are checked against.
import type { Matrix } from '../math/matrix.js';
import type { EncoderRequest } from './encoder-request.js';

export interface Encoder {
  readonly id: string;
  /** `sha256:…` of everything that changes a vector: model, tokenizer, pooling, prompt, length, dimension. */
  readonly fingerprint: string;
  readonly dim: number;
  /** Opens the same encoder again; plain JSON without keys, headers or passwords, for an artifact's manifest. */
  readonly request?: StoredEncoderRequest;
  /** [texts × dim], rows of unit length (a text without any known token is a zero row). */
  embed(texts: readonly string[], signal?: AbortSignal): Promise<Embedded>;
  /** Where the encoder reads images too: their vectors lie in the same space as those of texts. */
  readonly images?: ImageEncoder;
  /** Compares vectors of texts alone with those of a mixed batch; absent where every text is encoded by itself anyway. */
  selfTest?(signal?: AbortSignal): Promise<SelfTest>;
}

/** What a request keeps in an artifact. */
export type StoredEncoderRequest = Omit<EncoderRequest, 'apiKey' | 'headers'>;

export interface Embedded {
  readonly vectors: Matrix;
  /** How many texts were longer than the encoder reads. */
  readonly truncatedCount: number;
}

export interface ImageEncoder {
  readonly dim: number;
  /**
   * An image is a path, a data URL, or where allowed an http(s) URL; null = this item has none.
   * Throws VSR_DATA for an image that cannot be read, naming it as `nameOf` does; default its position.
   */
  embed(images: readonly (string | null)[], signal?: AbortSignal, nameOf?: NameOfImage): Promise<EmbeddedImages>;
  /** SHA-256 of the image's bytes, by which its vector can be kept; null for an address, where something else may stand tomorrow. */
  digest?(image: string, where: string, signal?: AbortSignal): Promise<Buffer | null>;
}

/** What an image is called in an error: `queries.jsonl: the image of query 9f…`. */
export type NameOfImage = (position: number) => string;

export interface EmbeddedImages {
  /** [items × dim], rows of unit length; an item without an image is a zero row. */
  readonly vectors: Matrix;
  /** [items] 1 = this item has an image. */
  readonly present: Uint8Array;
}

export interface SelfTest {
  /** The smallest cosine between a text's vector alone and in a mixed batch. */
  readonly cosine: number;
  /** false: below 0.9999. */
  readonly agrees: boolean;
  /** What follows from a disagreement, a sentence. */
  readonly remedy: string;
}
