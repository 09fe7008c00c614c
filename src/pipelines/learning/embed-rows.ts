// Vectors of the rows that training may see, through the cache.
import type { OutcomeTable } from '../../data/outcome-table.js';
import { cachedEncoder } from '../../embeddings/cache.js';
import type { Encoder } from '../../embeddings/encoder.js';
import { type Matrix, matrix, rowOf } from '../../math/matrix.js';
import type { PipelineContext } from '../context.js';

/** Texts encoded between two looks at the abort signal and two progress reports. */
const BLOCK = 512;

/** [N×D] for the whole table; only the given rows are embedded, all others stay zero. */
export async function embedRows(
  encoder: Encoder,
  table: OutcomeTable,
  parts: readonly Int32Array[],
  cacheDirectory: string,
  context: PipelineContext,
): Promise<Matrix> {
  const rows = [...new Set(parts.flatMap((part) => [...part]))].sort((a, b) => a - b);
  const cached = cachedEncoder(encoder, cacheDirectory, context);
  const features = matrix(table.queries.length, encoder.dim);
  let truncated = 0;
  for (let start = 0; start < rows.length; start += BLOCK) {
    const block = rows.slice(start, start + BLOCK);
    const { vectors, truncatedCount } = await cached.embed(
      block.map((row) => table.queries[row]!.query),
      context.signal,
    );
    block.forEach((row, i) => {
      features.data.set(rowOf(vectors, i), row * encoder.dim);
    });
    truncated += truncatedCount;
    context.onProgress?.({ stage: `embed (${encoder.id})`, done: start + block.length, total: rows.length });
  }
  if (truncated > 0)
    context.onWarning?.(`${truncated} of ${rows.length} texts were longer than ${encoder.id} reads, and were cut.`);
  return features;
}
