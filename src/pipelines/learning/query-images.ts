// The newest image of every query as a vector, where the encoder sees.
import type { Query } from '../../data/query.js';
import type { Encoder } from '../../embeddings/encoder.js';
import { matrix } from '../../math/matrix.js';
import type { Images } from '../../routers/router.js';
import { imagePlaces } from '../benchmark/images.js';
import type { PipelineContext } from '../context.js';

/** Images embedded between two progress reports. */
const BLOCK = 128;

/**
 * [queries × Di] and which queries have one; undefined where none has, or the encoder reads texts alone.
 * @param file paths of images start at its folder
 * Throws `VSR_DATA` naming the query whose image cannot be read, `VSR_ENCODER` and `VSR_ENGINE` where the tower fails.
 */
export async function queryImages(
  encoder: Encoder,
  queries: readonly Query[],
  file: string,
  context: PipelineContext,
): Promise<Images | undefined> {
  const tower = encoder.images;
  const rows = queries.flatMap(({ images }, row) => (images.length > 0 ? [row] : []));
  if (!tower || rows.length === 0) return undefined;
  const features = matrix(queries.length, tower.dim);
  const present = new Uint8Array(queries.length);
  for (let start = 0; start < rows.length; start += BLOCK) {
    const block = rows.slice(start, start + BLOCK);
    const nameOf = (i: number) => `${file}: the image of query ${queries[block[i]!]!.id}`;
    const places = block.map((row, i) => imagePlaces(queries[row]!.images, file, nameOf(i)).at(-1)!);
    const { vectors } = await tower.embed(places, context.signal, nameOf);
    block.forEach((row, i) => {
      features.data.set(vectors.data.subarray(i * tower.dim, (i + 1) * tower.dim), row * tower.dim);
      present[row] = 1;
    });
    if (rows.length > BLOCK) {
      context.onProgress?.({ stage: `embed images (${encoder.id})`, done: start + block.length, total: rows.length });
    }
  }
  return { features, present };
}

export function imageCount(queries: readonly Query[], rows: Int32Array): number {
  return rows.reduce((sum, row) => sum + Number(queries[row]!.images.length > 0), 0);
}
