// Cuts rows into mini-batches, in a seeded order.
import type { Random } from '../math/random.js';

/**
 * The rows in random order, cut into batches of `size`. A last batch with fewer than `smallest` rows joins the one before it
 * (batch statistics of one row mean nothing).
 */
export function shuffledBatches(rows: Int32Array, size: number, random: Random, smallest = 1): Int32Array[] {
  return cut(Int32Array.from(random.shuffle(rows)), size, smallest);
}

/** The rows as they stand, cut into pieces of `size`. */
export function consecutiveBatches(rows: Int32Array, size: number): Int32Array[] {
  return cut(rows, size, 1);
}

/** How many batches that makes. */
export function batchCount(rows: number, size: number, smallest = 1): number {
  const rest = rows % size;
  return Math.floor(rows / size) + (rest > 0 && (rest >= smallest || rows < size) ? 1 : 0);
}

function cut(rows: Int32Array, size: number, smallest: number): Int32Array[] {
  const count = batchCount(rows.length, size, smallest);
  return Array.from({ length: count }, (_, i) =>
    rows.subarray(i * size, i === count - 1 ? rows.length : (i + 1) * size),
  );
}
