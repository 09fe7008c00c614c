// Opens the configured encoder and embeds the rows; with embedding.use_fallback, lexical features where that fails.
import type { VsrConfig } from '../../config/schema.js';
import type { Encoder } from '../../embeddings/encoder.js';
import { VsrError } from '../../errors/vsr-error.js';
import { type Matrix, rowOf } from '../../math/matrix.js';
import type { Images } from '../../routers/router.js';
import type { PipelineContext } from '../context.js';
import { embedRows } from './embed-rows.js';
import { givenVectors } from './given-vectors.js';
import { openConfiguredEncoder } from './open-encoder.js';
import type { OutcomeData } from './outcome-data.js';

export interface Embeddings {
  readonly encoder: Encoder;
  /** [N×P] of the whole table; rows outside `rows` are zero. */
  readonly embeddings: Matrix;
  /** Of data.embeddings, where that holds them. */
  readonly images?: Images | undefined;
}

const FAILURES = new Set(['VSR_ENCODER', 'VSR_PROVIDER', 'VSR_FILE']);

/** @param learning rows a lexical encoder learns from. Throws what opening and embedding throw. */
export async function embedForTraining(
  config: VsrConfig,
  { table, ids }: Pick<OutcomeData, 'table' | 'ids'>,
  learning: Int32Array,
  rows: readonly Int32Array[],
  context: PipelineContext,
): Promise<Embeddings> {
  const texts = Array.from(learning, (row) => table.queries[row]!.query);
  const embedWith = async (embedding: VsrConfig['embedding']) => {
    const encoder = await openConfiguredEncoder(embedding, texts, context);
    const given = config.data.embeddings;
    if (given !== undefined) return { encoder, ...(await givenVectors(given, table, ids, encoder, context.signal)) };
    return { encoder, embeddings: await embedRows(encoder, table, rows, embedding.cacheDir, context) };
  };
  try {
    const found = await embedWith(config.embedding);
    if (allEqual(found.embeddings, learning)) {
      context.onWarning?.(
        `All ${learning.length} texts to learn from have the same vector from ${found.encoder.id}: no router can tell them apart by it, and each gives the models' means.`,
      );
    }
    return found;
  } catch (error) {
    if (!(error instanceof VsrError) || !FAILURES.has(error.code)) throw error;
    if (!config.embedding.useFallback) {
      throw new VsrError(error.code, error.message, {
        hint: [error.hint, 'Or learn on lexical features instead: --use-fallback.'].filter(Boolean).join(' '),
        cause: error,
      });
    }
    context.onWarning?.(
      `${error.message} Going on with lexical features (--use-fallback): words count, meanings do not.`,
    );
    const { cacheDir, useFallback, lexicalDim, lexicalCharacters } = config.embedding;
    return embedWith({ cacheDir, useFallback, lexicalDim, lexicalCharacters, model: 'lexical' });
  }
}

/** One row alone is not called equal. */
function allEqual(embeddings: Matrix, rows: Int32Array): boolean {
  const first = rows.length > 1 ? rowOf(embeddings, rows[0]!) : undefined;
  return first !== undefined && rows.every((row) => rowOf(embeddings, row).every((value, d) => value === first[d]));
}
