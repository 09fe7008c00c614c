// `implementation: ml-knn`: neighbours by ml-knn's k-d tree instead of the scoring graph; the same scores, but for ties.
import { dot } from '../../math/distance.js';
import { type Matrix, matrix, normaliseRows, rowOf } from '../../math/matrix.js';
import { transpose } from '../../math/transpose.js';
import type { ScoringBatch } from '../router.js';
import type { KnnParams } from './params.js';
import type { KnnState } from './state.js';
import { neighbourSums, neighbourWeight } from './weights.js';

export interface Neighbour {
  readonly row: number;
  /** Euclidean. */
  readonly distance: number;
}

/** A search for the k nearest of `rows` [N×D], nearest first, equal distances in row order. */
export async function kdTreeSearch(rows: Matrix, k: number): Promise<(query: ArrayLike<number>) => Neighbour[]> {
  const { default: KNN } = await import('ml-knn');
  const dataset = Array.from({ length: rows.rows }, (_, i) => Array.from(rowOf(rows, i)));
  const labels = dataset.map((_, i) => i); // ml-knn keeps a row's label as its last coordinate
  const { kdTree } = new KNN(dataset, labels, { k });
  return (query) =>
    kdTree
      .nearest(Array.from(query), k)
      .map(([point, distance]) => ({ row: point[rows.cols]!, distance }))
      .sort((a, b) => a.distance - b.distance || a.row - b.row);
}

/** Scores by the tree, which is built on first use. */
export function kdTreeScore(state: KnnState, params: KnnParams): (batch: ScoringBatch) => Promise<Matrix> {
  let built: Promise<Tree> | undefined;
  const build = async (): Promise<Tree> => {
    const [D, N] = state.rows.shape as [number, number];
    const rows = transpose({ rows: D, cols: N, data: state.rows.data });
    return { rows, nearest: await kdTreeSearch(withZeroColumn(rows), state.k) };
  };
  return async ({ features }) => {
    built ??= build();
    const { rows, nearest } = await built;
    const queries = normaliseRows(features);
    const scores = matrix(queries.rows, state.prior.data.length);
    for (let q = 0; q < queries.rows; q++) {
      const query = rowOf(queries, q);
      const neighbours = nearest([...query, 0]).map(({ row }) => row);
      const sums = neighbourSums(state.quality.data, state.present.data, scores.cols);
      const similarity = neighbours.map((row) => dot(query, rowOf(rows, row)));
      const best = Math.max(...similarity);
      neighbours.forEach((row, i) => {
        sums.add(row, neighbourWeight(params.weights, similarity[i]!, best));
      });
      sums.scores(state.prior.data, params.shrinkage, rowOf(scores, q));
    }
    return scores;
  };
}

interface Tree {
  /** [N×D] */
  readonly rows: Matrix;
  nearest(query: ArrayLike<number>): Neighbour[];
}

/**
 * [N×D] → [N×(D+1)]. Between unit rows the order of Euclidean distances is the order of cosines. A zero row (cosine 0 with
 * everything) gets length 1 in a column of its own, and so stands where an orthogonal row stands.
 */
function withZeroColumn(rows: Matrix): Matrix {
  const out = matrix(rows.rows, rows.cols + 1);
  for (let i = 0; i < rows.rows; i++) {
    const row = rowOf(rows, i);
    out.data.set(row, i * out.cols);
    if (row.every((value) => value === 0)) out.data[i * out.cols + rows.cols] = 1;
  }
  return out;
}
