// What the nearest other training queries earned with each model: every query's first guess.
import { type Matrix, rowOf } from '../../math/matrix.js';
import { rowsByLabel } from '../../math/rows-by-label.js';
import { topK } from '../../math/top-k.js';
import type { TensorFlow } from '../../training/tensorflow.js';
import type { Component } from './components.js';
import { ESTIMATE_SHRINKAGE, SAME_QUERY } from './constants.js';
import type { QueryPool } from './query-pool.js';

/** Above this share of the training queries, neighbours are no neighbours any more. */
const LARGEST_SHARE = 0.1;
const BLOCK = 256;

/** How many neighbours are asked: as many as wished, at most a tenth of the training queries, at least one. */
export function neighbourCount(wished: number, rows: number): number {
  return wished === 0 ? 0 : Math.max(1, Math.min(wished, Math.floor(rows * LARGEST_SHARE)));
}

export interface NeighbourEstimates {
  /** Per component [P×M]. */
  readonly values: readonly Float32Array[];
  /** One query's, per component [M], as if the texts of these groups had no outcomes. */
  without(row: number, hidden: ReadonlySet<number>): readonly Float64Array[];
}

/**
 * (Σ K v + 10 g) / (Σ K + 10) over the nearest of the table's rows by cosine, per component. Rows of the query's own text are
 * left out, of the neighbours and of g.
 */
export function neighbourEstimates(
  tf: TensorFlow,
  { unit, groups }: QueryPool,
  components: readonly Component[],
  count: number,
): NeighbourEstimates {
  const N = components[0]!.values.length / components[0]!.prior.length;
  const neighbours: Int32Array[] = Array.from({ length: unit.rows }, () => new Int32Array());
  if (count > 0) {
    forEachSimilarityRow(tf, unit, N, (row, similarity) => {
      for (let i = 0; i < N; i++) {
        if (groups[i] === groups[row] || similarity[i]! > SAME_QUERY) similarity[i] = Number.NEGATIVE_INFINITY;
      }
      neighbours[row] = topK(similarity, count).filter((i) => similarity[i]! > Number.NEGATIVE_INFINITY);
    });
  }
  const priors = components.map((component) => priorWithout(component, groups.subarray(0, N)));
  const estimate = (row: number, near: Int32Array, hidden: ReadonlySet<number>) =>
    components.map((component, k) => shrunkenMean(component, near, priors[k]!(groups[row]!, hidden)));
  const values = components.map(({ prior }) => new Float32Array(unit.rows * prior.length));
  const nothing: ReadonlySet<number> = new Set();
  neighbours.forEach((near, row) => {
    estimate(row, near, nothing).forEach((means, k) => {
      values[k]!.set(means, row * means.length);
    });
  });
  const without = (row: number, hidden: ReadonlySet<number>) =>
    estimate(
      row,
      neighbours[row]!.filter((i) => !hidden.has(groups[i]!)),
      hidden,
    );
  return { values, without };
}

/** Cosines of every pool row to the first N rows. */
function forEachSimilarityRow(
  tf: TensorFlow,
  unit: Matrix,
  N: number,
  visit: (row: number, similarity: Float32Array) => void,
): void {
  tf.tidy(() => {
    const columns = tf.transpose(tf.tensor(unit.data.subarray(0, N * unit.cols), [N, unit.cols]));
    for (let start = 0; start < unit.rows; start += BLOCK) {
      const rows = Math.min(BLOCK, unit.rows - start);
      const block = { rows, cols: unit.cols, data: unit.data.subarray(start * unit.cols, (start + rows) * unit.cols) };
      tf.tidy(() => {
        // Nothing is returned from here: whatever is, gets searched for tensors, number by number.
        const products = tf.matMul(tf.tensor(block.data, [rows, unit.cols]), columns).dataSync();
        const similarities = { rows, cols: N, data: products as Float32Array };
        for (let i = 0; i < rows; i++) visit(start + i, rowOf(similarities, i));
      });
    }
  });
}

function shrunkenMean({ values, present }: Component, rows: ArrayLike<number>, prior: Float64Array): Float64Array {
  const M = prior.length;
  const sums = prior.map((g) => ESTIMATE_SHRINKAGE * g);
  const counts = new Float64Array(M).fill(ESTIMATE_SHRINKAGE);
  for (let i = 0; i < rows.length; i++) {
    for (let m = 0; m < M; m++) {
      sums[m]! += values[rows[i]! * M + m]!;
      counts[m]! += present[rows[i]! * M + m]!;
    }
  }
  return sums.map((sum, m) => sum / counts[m]!);
}

/** g [M] without the cells of a query's own text and of the hidden ones; a model that no other text has a cell of keeps its g. */
function priorWithout(
  { values, present, prior }: Component,
  groups: Int32Array,
): (own: number, hidden: ReadonlySet<number>) => Float64Array {
  const M = prior.length;
  const sums = new Float64Array(M);
  const counts = new Float64Array(M);
  for (let at = 0; at < values.length; at++) {
    sums[at % M]! += values[at]!;
    counts[at % M]! += present[at]!;
  }
  const members = rowsByLabel(groups);
  // A step asks for many rows without the same texts: those are left out once.
  const remainders = new WeakMap<ReadonlySet<number>, Remainder>();
  const subtract = ({ sums, counts }: Remainder, group: number) => {
    for (const row of members.get(group) ?? []) {
      for (let m = 0; m < M; m++) {
        sums[m]! -= values[row * M + m]!;
        counts[m]! -= present[row * M + m]!;
      }
    }
  };
  const remainderOf = (hidden: ReadonlySet<number>) => {
    const known = remainders.get(hidden);
    if (known) return known;
    const left = { sums: sums.slice(), counts: counts.slice() };
    for (const group of hidden) subtract(left, group);
    remainders.set(hidden, left);
    return left;
  };
  return (own, hidden) => {
    const common = remainderOf(hidden);
    const left = { sums: common.sums.slice(), counts: common.counts.slice() };
    if (!hidden.has(own)) subtract(left, own);
    return Float64Array.from(prior, (g, m) => (left.counts[m]! > 0 ? left.sums[m]! / left.counts[m]! : g));
  };
}

/** [M] each, of the cells that are left. */
interface Remainder {
  readonly sums: Float64Array;
  readonly counts: Float64Array;
}
