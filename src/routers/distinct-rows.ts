// Queries that count once in the clustering: one row per text, and one per vector.
import { type Matrix, rowOf, takeRows } from '../math/matrix.js';

export interface DistinctRows {
  /** [P×D] the first row of each. */
  readonly rows: Matrix;
  /** [N] which of them each training row stands for. */
  readonly pointOf: Int32Array;
}

/** @param unit [N×D]; groups [N] equal number = same text */
export function distinctRows(unit: Matrix, groups: Int32Array): DistinctRows {
  const byGroup = new Map<number, number>();
  const byVector = new Map<string, number>();
  const first: number[] = [];
  const pointOf = groups.map((group, i) => {
    const key = vectorKey(rowOf(unit, i));
    const point = byGroup.get(group) ?? byVector.get(key) ?? first.push(i) - 1;
    byGroup.set(group, point);
    byVector.set(key, point);
    return point;
  });
  return { rows: takeRows(unit, first), pointOf };
}

/** The bytes of a vector as a text, a byte a character. */
function vectorKey(row: Float32Array): string {
  return Buffer.from(row.buffer, row.byteOffset, row.byteLength).toString('latin1');
}
