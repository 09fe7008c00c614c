// An image tower that remembers: a picture seen before is found by its bytes, wherever its file lies now.
import { matrix, rowOf } from '../math/matrix.js';
import type { ImageEncoder } from './encoder.js';

/** Where vectors are kept. What fails there is its own to tell: `get` then knows nothing. */
export interface ImageStore {
  open(): void;
  get(digest: Buffer): Float32Array | undefined;
  append(rows: readonly (readonly [Buffer, Float32Array])[]): void;
}

/** The same tower; without a store, or where the tower tells no digest, every image is embedded anew. */
export function cachedImages(tower: ImageEncoder, store: ImageStore | undefined): ImageEncoder {
  const { digest } = tower;
  if (!store || !digest) return tower;
  return {
    ...tower,
    embed: async (images, signal, nameOf = (position) => `Image ${position + 1}`) => {
      store.open();
      const vectors = matrix(images.length, tower.dim);
      const missing: { row: number; key: Buffer | null }[] = [];
      for (const [row, image] of images.entries()) {
        if (image === null) continue;
        const key = await digest(image, nameOf(row), signal);
        const known = key && store.get(key);
        if (known) vectors.data.set(known, row * tower.dim);
        else missing.push({ row, key });
      }
      if (missing.length > 0) {
        const places = missing.map(({ row }) => images[row]!);
        const fresh = await tower.embed(places, signal, (i) => nameOf(missing[i]!.row));
        const rows = missing.map(({ row, key }, i) => ({ row, key, vector: rowOf(fresh.vectors, i) }));
        for (const { row, vector } of rows) vectors.data.set(vector, row * tower.dim);
        store.append(rows.flatMap(({ key, vector }) => (key ? [[key, vector] as const] : [])));
      }
      return { vectors, present: Uint8Array.from(images, (image) => (image === null ? 0 : 1)) };
    },
  };
}
