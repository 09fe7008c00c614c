// What the routers of an artifact see of rows and of queries.
import type { OutcomeTable } from '../../data/outcome-table.js';
import { featuresOf } from '../../features/feature-space.js';
import type { Matrix } from '../../math/matrix.js';
import type { PipelineContext } from '../context.js';
import { embedRows } from '../learning/embed-rows.js';
import type { Trained } from './trained-router.js';

/** [N×D] for the whole table; only the given rows mean something. Embeddings come through the cache. */
export async function featureRows(
  { encoder, space }: Trained,
  table: OutcomeTable,
  parts: readonly Int32Array[],
  cacheDirectory: string,
  context: PipelineContext,
): Promise<Matrix> {
  const embeddings = await embedRows(encoder, table, parts, cacheDirectory, context);
  return featuresOf(
    space,
    embeddings,
    table.queries.map(({ category }) => category),
  );
}
