// The table of token vectors of a static encoder, in the two layouts that exist, and the sum of a text's rows.
// ours: embeddings I8 [V×D], scale F32 [V]; Model2Vec: embeddings F32 or F16 [R×D], optional mapping [V] (row) and weights [V] (factor)
import { readSafetensors, type StoredTensor } from '../../data/safetensors.js';
import { VsrError } from '../../errors/vsr-error.js';
import { firstNonFinite } from '../../math/matrix.js';

export interface TokenTable {
  /** Tokens the table knows: ids run from 0 to tokens − 1. */
  readonly tokens: number;
  readonly dim: number;
  /** Σ factor[id] · row(id), not divided by anything; zeros for no ids. Throws VSR_ENCODER for an id beyond the table. */
  sum(ids: readonly number[]): Float64Array;
}

/** `where` names the file in errors. Throws VSR_ENCODER unless the tensors have one of the two layouts. */
export function readTokenTable(bytes: Uint8Array, where: string): TokenTable {
  const { tensors } = readSafetensors(bytes, where, 'VSR_ENCODER');
  const { embeddings, scale, mapping, weights } = tensors;
  const [rows, dim] = embeddings?.shape ?? [];
  const values = embeddings?.data;
  if (
    !(values instanceof Float32Array || values instanceof Int8Array) ||
    embeddings!.shape.length !== 2 ||
    !rows ||
    !dim
  )
    throw unfit(where, 'embeddings must be I8, F16 or F32 [tokens × dim]');
  const rowOfToken = mapping && numbersOf(mapping, where, 'mapping');
  const factors = (scale ?? weights) && numbersOf((scale ?? weights)!, where, scale ? 'scale' : 'weights');
  const tokens = rowOfToken?.length ?? rows;
  if (factors && factors.length !== tokens)
    throw unfit(where, `${scale ? 'scale' : 'weights'} must hold ${tokens} values, got ${factors.length}`);
  if (rowOfToken?.some((row) => !(row >= 0 && row < rows) || !Number.isInteger(row)))
    throw unfit(where, `mapping must hold rows from 0 to ${rows - 1}`);
  if ((factors && firstNonFinite(factors) >= 0) || (values instanceof Float32Array && firstNonFinite(values) >= 0))
    throw unfit(where, 'every value must be finite');
  return {
    tokens,
    dim,
    sum: (ids) => {
      const sum = new Float64Array(dim);
      for (const id of ids) {
        if (!(id < tokens)) throw unfit(where, `the tokenizer gave token ${id}, but the table ends at ${tokens - 1}`);
        const factor = factors ? factors[id]! : 1;
        const start = (rowOfToken ? rowOfToken[id]! : id) * dim;
        for (let j = 0; j < dim; j++) sum[j]! += factor * values[start + j]!;
      }
      return sum;
    },
  };
}

/** A one-dimensional tensor of whole or real numbers as plain numbers. */
function numbersOf({ shape, data }: StoredTensor, where: string, name: string): Float64Array {
  if (shape.length !== 1) throw unfit(where, `${name} must have one dimension, got [${shape.join('×')}]`);
  return data instanceof BigInt64Array || data instanceof BigUint64Array
    ? Float64Array.from(data, Number)
    : new Float64Array(data);
}

function unfit(where: string, what: string): VsrError {
  return new VsrError('VSR_ENCODER', `${where}: ${what}.`, {
    hint: 'Use the files of one static encoder together: static.safetensors (or model.safetensors) and tokenizer.json.',
  });
}
