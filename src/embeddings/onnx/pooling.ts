// From one vector a token to one vector a text.
import type { Pooling } from '../encoder-request.js';
import type { PaddedBatch } from './batches.js';

/**
 * hidden [rows × length × width] → [rows × width]. mean = Σ mask·h / max(1, Σ mask), accumulated in float64; max over the
 * text's own tokens; cls = its first token; last = its last. A text without tokens gives zeros.
 */
export function pooled(
  hidden: Float32Array,
  width: number,
  { rows, length, mask }: PaddedBatch,
  how: Pooling,
): Float64Array[] {
  return Array.from({ length: rows }, (_, row) => {
    const marks = mask.subarray(row * length, (row + 1) * length);
    const token = (t: number) => hidden.subarray((row * length + t) * width, (row * length + t + 1) * width);
    const tokens = [...marks.keys()].filter((t) => marks[t] === 1);
    if (tokens.length === 0) return new Float64Array(width);
    return how === 'cls'
      ? Float64Array.from(token(tokens[0]!))
      : how === 'last'
        ? Float64Array.from(token(tokens.at(-1)!))
        : POOLS[how](tokens.map(token), width);
  });
}

const POOLS = {
  mean: (tokens: readonly Float32Array[], width: number) => {
    const sum = new Float64Array(width);
    for (const token of tokens) for (let j = 0; j < width; j++) sum[j]! += token[j]!;
    return sum.map((value) => value / tokens.length);
  },
  max: (tokens: readonly Float32Array[], width: number) => {
    const most = new Float64Array(width).fill(Number.NEGATIVE_INFINITY);
    for (const token of tokens) for (let j = 0; j < width; j++) most[j] = Math.max(most[j]!, token[j]!);
    return most;
  },
} satisfies Partial<Record<Pooling, (tokens: readonly Float32Array[], width: number) => Float64Array>>;
