// All queries that a fit meets, once each: the rows of the training table, then those that people rated and the table does not hold.
import { type Matrix, matrix, normaliseRows, rowOf } from '../../math/matrix.js';
import type { TrainingTable } from '../router.js';

export interface QueryPool {
  /** [P×D] unit rows; the first N are the table's. */
  readonly unit: Matrix;
  /** [P] rows of equal number hold the same text. */
  readonly groups: Int32Array;
  /** [P] task, −1 = none. */
  readonly tasks: Int32Array;
  /** [Q] pool row of each rated query. */
  readonly rated: Int32Array;
}

export function queryPool(table: TrainingTable): QueryPool {
  const own = normaliseRows(table.features);
  const { interactions } = table;
  const asked = interactions ? normaliseRows(interactions.features) : matrix(0, own.cols);
  const find = rowIndex(own);
  const rated = new Int32Array(asked.rows);
  const strangers: number[] = [];
  const firstOf = new Map<number, number>(); // pool row of a text that the table does not hold, by its query group
  for (let q = 0; q < asked.rows; q++) {
    const known = find(rowOf(asked, q)) ?? firstOf.get(interactions!.queryGroups[q]!);
    rated[q] = known ?? own.rows + strangers.length;
    if (known !== undefined) continue;
    firstOf.set(interactions!.queryGroups[q]!, rated[q]!);
    strangers.push(q);
  }
  const unit = matrix(own.rows + strangers.length, own.cols);
  unit.data.set(own.data);
  const groups = new Int32Array(unit.rows);
  groups.set(table.groups);
  const tasks = new Int32Array(unit.rows).fill(-1);
  if (table.tasks) tasks.set(table.tasks.of);
  const next = table.groups.reduce((a, b) => Math.max(a, b), -1) + 1;
  strangers.forEach((q, i) => {
    unit.data.set(rowOf(asked, q), (own.rows + i) * own.cols);
    groups[own.rows + i] = next + i;
    tasks[own.rows + i] = interactions?.queryTask?.[q] ?? -1;
  });
  return { unit, groups, tasks, rated };
}

/** Finds the first row that equals a vector, number by number. */
export function rowIndex(rows: Matrix): (row: Float32Array) => number | undefined {
  const byHash = new Map<number, number[]>();
  for (let i = 0; i < rows.rows; i++) {
    const hash = hashOf(rowOf(rows, i));
    const there = byHash.get(hash);
    if (there) there.push(i);
    else byHash.set(hash, [i]);
  }
  return (row) =>
    byHash.get(hashOf(row))?.find((i) => {
      const candidate = rowOf(rows, i);
      return row.every((value, at) => value === candidate[at]);
    });
}

function hashOf(row: Float32Array): number {
  let hash = 0;
  for (let i = 0; i < row.length; i++) hash = (Math.imul(hash, 31) + Math.round(row[i]! * 1e6)) | 0;
  return hash;
}
