// An encoder that remembers: vectors of texts seen before come from `<directory>/<first 16 of the fingerprint>/`.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { matrix, rowOf } from '../math/matrix.js';
import { cachedImages, type ImageStore } from './cached-images.js';
import { type CombinedEncoder, combinedEncoder } from './combination.js';
import type { Encoder } from './encoder.js';
import { openVectorFile, type VectorFile } from './vector-file.js';

export interface CacheOptions {
  /** Told once, in a sentence, when the cache cannot be read or written; encoding goes on without it. */
  readonly onWarning?: (sentence: string) => void;
}

/**
 * The same encoder with a cache on disk. A text is encoded once, also within one call. Nothing is opened before the first call.
 * `truncatedCount` counts the texts encoded in this call, not those that came from the cache.
 */
export function cachedEncoder(
  encoder: Encoder | CombinedEncoder,
  directory: string,
  options: CacheOptions = {},
): Encoder {
  if ('parts' in encoder) {
    return combinedEncoder(
      encoder.parts.map((part) => ({ ...part, encoder: cachedEncoder(part.encoder, directory, options) })),
    );
  }
  if ('lexical' in encoder) return encoder; // counting words again is quicker than reading thousands of numbers
  const folder = join(directory, encoder.fingerprint.replace(/^sha256:/, '').slice(0, 16));
  let file: VectorFile | undefined;
  let usable = true;
  return {
    id: encoder.id,
    fingerprint: encoder.fingerprint,
    dim: encoder.dim,
    embed: async (texts, signal) => {
      const digests = texts.map((text) => createHash('sha256').update(text).digest());
      const keys = digests.map((digest) => digest.toString('latin1'));
      const vectors = new Map<string, Float32Array>();
      const missing = new Map<string, string>();
      guarded(() => {
        if (file) file.refresh();
        else file = openVectorFile(folder, encoder, options.onWarning);
      });
      texts.forEach((text, i) => {
        const key = keys[i]!;
        if (vectors.has(key) || missing.has(key)) return;
        const vector = guarded(() => file?.get(digests[i]!));
        if (vector) vectors.set(key, vector);
        else missing.set(key, text);
      });

      let truncatedCount = 0;
      if (missing.size > 0) {
        const fresh = await encoder.embed([...missing.values()], signal);
        truncatedCount = fresh.truncatedCount;
        const rows = [...missing.keys()].map((key, i) => [key, rowOf(fresh.vectors, i)] as const);
        for (const [key, vector] of rows) vectors.set(key, vector);
        guarded(() => file?.append(rows.map(([key, vector]) => [Buffer.from(key, 'latin1'), vector] as const)));
      }
      const out = matrix(texts.length, encoder.dim);
      keys.forEach((key, i) => {
        out.data.set(vectors.get(key)!, i * encoder.dim);
      });
      return { vectors: out, truncatedCount };
    },
    ...(encoder.images && { images: cachedImages(encoder.images, imageStore()) }),
  };

  /** Images lie beside the texts: their vectors are of one width, and no text is the bytes of a picture. */
  function imageStore(): ImageStore | undefined {
    if (encoder.images?.dim !== encoder.dim) return undefined;
    return {
      open: () => {
        guarded(() => {
          if (file) file.refresh();
          else file = openVectorFile(folder, encoder, options.onWarning);
        });
      },
      get: (digest) => guarded(() => file?.get(digest)),
      append: (rows) => void guarded(() => file?.append(rows)),
    };
  }

  /** What the disk does, until it fails once. */
  function guarded<T>(work: () => T): T | undefined {
    if (!usable) return undefined;
    try {
      return work();
    } catch (error) {
      usable = false;
      options.onWarning?.(
        `The embedding cache ${folder} cannot be used (${(error as Error).message}); going on without it.`,
      );
      return undefined;
    }
  }
}
