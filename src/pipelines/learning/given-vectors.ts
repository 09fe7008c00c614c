// Vectors that were made before (data.embeddings): row i of the file is row i of the data, and a few are made again to see whose they are.
import { readFileSync } from 'node:fs';
import { readNpy } from '../../data/npy.js';
import { fileError } from '../../data/open-file.js';
import type { OutcomeTable } from '../../data/outcome-table.js';
import { readSafetensors, type StoredTensor } from '../../data/safetensors.js';
import type { Encoder } from '../../embeddings/encoder.js';
import { VsrError } from '../../errors/vsr-error.js';
import { dot } from '../../math/distance.js';
import { type Matrix, matrix, normaliseRows, rowOf } from '../../math/matrix.js';
import type { Images } from '../../routers/router.js';

export interface GivenVectors {
  /** [N×dim] of the table's rows, of length 1. */
  readonly embeddings: Matrix;
  /** Where the file holds them: a row without an image is zero. */
  readonly images: Images | undefined;
}

/** Rows that the encoder makes again. */
const PROBES = 3;
const LEAST_COSINE = 0.99;

/**
 * A .npy (or .safetensors with `embeddings`) of [rows × dim], or of an encoder that sees [rows × 2·dim (+ 1)]: text ‖ image (‖ has one).
 * @param ids of every row of the data file, in its order
 * Throws `VSR_FILE`, and `VSR_DATA` where rows or width do not fit, or the vectors are another encoder's.
 */
export async function givenVectors(
  path: string,
  { queries }: Pick<OutcomeTable, 'queries'>,
  ids: readonly string[],
  encoder: Encoder,
  signal?: AbortSignal,
): Promise<GivenVectors> {
  const { shape, data } = readVectors(path);
  const [rows, width] = shape as [number, number];
  if (shape.length !== 2 || rows !== ids.length) {
    throw new VsrError(
      'VSR_DATA',
      `${path}: expected ${ids.length} rows, one a query of the data, got [${shape.join('×')}].`,
    );
  }
  const { dim } = encoder;
  const seeing = encoder.images !== undefined && (width === 2 * dim || width === 2 * dim + 1);
  if (width !== dim && !seeing) {
    const also = encoder.images ? `, ${2 * dim} or ${2 * dim + 1}` : '';
    throw new VsrError('VSR_DATA', `${path}: vectors are ${width} wide, those of ${encoder.id} ${dim}${also}.`, {
      hint: 'Name the encoder that made them: new queries are embedded with it.',
    });
  }
  const at = new Map(ids.map((id, i) => [id, i]));
  const part = (start: number) => {
    const out = matrix(queries.length, dim);
    queries.forEach(({ id }, row) => {
      const from = at.get(id)! * width + start;
      for (let d = 0; d < dim; d++) out.data[row * dim + d] = Number(data[from + d]);
    });
    return normaliseRows(out);
  };
  const embeddings = part(0);
  await refuseOthers(path, queries, embeddings, encoder, signal);
  if (!seeing) return { embeddings, images: undefined };
  const features = part(dim);
  const present = Uint8Array.from(queries, (_, row) => Number(rowOf(features, row).some((value) => value !== 0)));
  return { embeddings, images: { features, present } };
}

function readVectors(path: string): StoredTensor {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw fileError(path, error);
  }
  if (!path.endsWith('.safetensors')) return readNpy(bytes, path);
  const stored = readSafetensors(bytes, path).tensors.embeddings;
  if (stored) return stored;
  throw new VsrError('VSR_DATA', `${path} holds no tensor "embeddings".`);
}

/** The first rows and the last, made again. */
async function refuseOthers(
  path: string,
  queries: OutcomeTable['queries'],
  embeddings: Matrix,
  encoder: Encoder,
  signal: AbortSignal | undefined,
): Promise<void> {
  const rows = [...new Set([...queries.keys()].slice(0, PROBES - 1).concat(queries.length - 1))];
  const { vectors } = await encoder.embed(
    rows.map((row) => queries[row]!.query),
    signal,
  );
  for (const [i, row] of rows.entries()) {
    const cosine = dot(rowOf(vectors, i), rowOf(embeddings, row));
    if (cosine >= LEAST_COSINE) continue;
    throw new VsrError(
      'VSR_DATA',
      `${path}: the vector of query ${queries[row]!.id} is not what ${encoder.id} makes of it (cosine ${cosine.toFixed(2)}, expected ${LEAST_COSINE} or more).`,
      { hint: 'Rows must stand in the order of the data, and the encoder must be the one that made them.' },
    );
  }
}
