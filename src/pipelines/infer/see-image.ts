// The picture of one query as a vector, for queries that come one by one: a broken one is its sender's fault alone.
import type { Query } from '../../data/query.js';
import type { Encoder } from '../../embeddings/encoder.js';
import { matrix } from '../../math/matrix.js';
import type { Images } from '../../routers/router.js';
import type { PipelineContext } from '../context.js';
import { towerFailed, withoutImages } from './without-embedding.js';

/** [Di] of the newest picture; undefined without one, or where the encoder does not see. Throws `VSR_DATA` for what cannot be read. */
export type SeeImage = (query: Pick<Query, 'images'>, signal?: AbortSignal) => Promise<Float32Array | undefined>;

/** One picture after another: each may take hundreds of megabytes while it is decoded. A tower that fails is a warning, and no vector. */
export function imageSeer({ images: tower }: Encoder, context: PipelineContext): SeeImage {
  let before: Promise<unknown> = Promise.resolve();
  return ({ images }, signal) => {
    const image = images.at(-1);
    if (!tower || image === undefined) return Promise.resolve(undefined);
    const seen = before.then(async () => {
      try {
        const { vectors } = await tower.embed([image], signal, () => 'The image');
        return vectors.data.slice(0, tower.dim);
      } catch (error) {
        if (!towerFailed(error)) throw error;
        context.onWarning?.(withoutImages(error));
        return undefined;
      }
    });
    before = seen.catch(() => {});
    return seen;
  };
}

/** Those of a batch; undefined where none of it has one. */
export function imagesOf(vectors: readonly (Float32Array | undefined)[]): Images | undefined {
  const dim = vectors.find((vector) => vector !== undefined)?.length;
  if (dim === undefined) return undefined;
  const features = matrix(vectors.length, dim);
  vectors.forEach((vector, row) => {
    if (vector) features.data.set(vector, row * dim);
  });
  return { features, present: Uint8Array.from(vectors, (vector) => (vector ? 1 : 0)) };
}
