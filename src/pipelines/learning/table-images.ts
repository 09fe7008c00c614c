// The images of the rows that training or judging may see, through the cache; said openly where nobody looks at them.
import { cachedEncoder } from '../../embeddings/cache.js';
import type { Encoder } from '../../embeddings/encoder.js';
import { matrix, rowOf } from '../../math/matrix.js';
import { loadRouter } from '../../routers/registry.js';
import type { Images } from '../../routers/router.js';
import type { PipelineContext } from '../context.js';
import type { OutcomeData } from './outcome-data.js';
import { imageCount, queryImages } from './query-images.js';

/**
 * For the whole table; rows outside `parts` have none. undefined where no row has one, or none of `routers` looks at images.
 * Throws what `queryImages` throws.
 */
export async function tableImages(
  cacheDirectory: string,
  { table, path }: Pick<OutcomeData, 'table' | 'path'>,
  encoder: Encoder,
  parts: readonly Int32Array[],
  routers: readonly string[],
  context: PipelineContext,
): Promise<Images | undefined> {
  const rows = Int32Array.from(new Set(parts.flatMap((part) => [...part]))).sort();
  const count = imageCount(table.queries, rows);
  if (count === 0) return undefined;
  const many = `${path}: ${count} of ${rows.length} queries ${count === 1 ? 'carries an image' : 'carry images'}`;
  if (!encoder.images) {
    context.onNotice?.(
      `${many}, and ${encoder.id} reads texts alone: they count as their texts. An encoder that sees: a CLIP folder, with --embedding-path.`,
    );
    return undefined;
  }
  const looking = await Promise.all(routers.map(async (name) => (await loadRouter(name)).needs.images === true));
  const [seeing, blind] = [true, false].map((looks) => routers.filter((_, i) => looking[i] === looks)) as [
    string[],
    string[],
  ];
  if (blind.length > 0)
    context.onNotice?.(`${many}; ${blind.join(', ')} ${blind.length === 1 ? 'knows' : 'know'} their texts alone.`);
  if (seeing.length === 0) return undefined;
  const cached = cachedEncoder(encoder, cacheDirectory, context);
  const found = await queryImages(
    cached,
    Array.from(rows, (row) => table.queries[row]!),
    path,
    context,
  );
  if (!found) return undefined;
  const images = {
    features: matrix(table.queries.length, found.features.cols),
    present: new Uint8Array(table.queries.length),
  };
  rows.forEach((row, i) => {
    images.features.data.set(rowOf(found.features, i), row * found.features.cols);
    images.present[row] = found.present[i]!;
  });
  return images;
}
