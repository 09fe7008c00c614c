// Lloyd's algorithm (Lloyd 1982) from given centres, with scikit-learn's rules for stopping and for empty clusters.
// Two things make it fast and change no number: products come as one matrix product, and a cluster that neither gained
// nor lost a point keeps its centre, so only the moved centres are multiplied again.
import { throwIfAborted } from '../errors/vsr-error.js';
import { dot } from '../math/distance.js';
import { type Matrix, matrix, matrix64, rowOf } from '../math/matrix.js';
import { clusterMeans, fillEmptyClusters } from './cluster-means.js';
import type { Points } from './points.js';

export interface LloydOptions {
  readonly maxIter: number;
  /** A squared movement of all centres together that ends the run. */
  readonly tolerance: number;
  /** [N] weights of the points; default 1 each. */
  readonly weights?: Float64Array;
  readonly signal?: AbortSignal | undefined;
}

export interface Clustering {
  /** [k×D] means of their points. */
  readonly centres: Matrix<Float64Array>;
  /** [N] cluster of each point: its nearest centre, equal → lowest index. */
  readonly labels: Int32Array;
  /** Σ w‖x − centre‖² */
  readonly inertia: number;
  readonly iterations: number;
}

/**
 * Steps of assigning and averaging until the labels repeat, the centres move by at most the tolerance, or `maxIter`.
 * @param initial [k×D]. Throws `VSR_ABORTED`.
 */
export async function lloyd(points: Points, initial: Matrix<Float64Array>, options: LloydOptions): Promise<Clustering> {
  const { rows } = points;
  const weights = options.weights ?? new Float64Array(rows.rows).fill(1);
  const centres = matrix64(initial.rows, initial.cols, initial.data.slice());
  const nearest = nearestCentres(points, centres);
  const means = clusterMeans(rows, weights, centres);
  let labels = new Int32Array(rows.rows).fill(-1);
  let moved = Array.from({ length: centres.rows }, (_, c) => c);
  let settled = false;
  let iterations = 0;
  while (!settled && iterations < options.maxIter) {
    throwIfAborted(options.signal);
    iterations++;
    const next = await nearest(moved);
    settled = next.every((label, i) => label === labels[i]);
    labels = next;
    const step = means(fillEmptyClusters(rows, weights, centres, labels));
    moved = step.moved;
    if (settled || step.shift <= options.tolerance) break;
  }
  if (!settled) labels = await nearest(moved);
  return { centres, labels, inertia: inertiaOf(rows, weights, centres, labels), iterations };
}

/** How far Σ‖new − old‖² may be to count as standing still: `tol` × the mean over features of the points' variance. */
export function absoluteTolerance({ rows: N, cols: D, data }: Matrix, tol: number): number {
  let sum = 0;
  for (let d = 0; d < D; d++) {
    let mean = 0;
    for (let at = d; at < data.length; at += D) mean += data[at]! / N;
    for (let at = d; at < data.length; at += D) sum += (data[at]! - mean) ** 2;
  }
  return (tol * sum) / (N * D);
}

/** Labels [N] of the points; only the products of the `moved` centres are computed anew. */
function nearestCentres(
  points: Points,
  centres: Matrix<Float64Array>,
): (moved: readonly number[]) => Promise<Int32Array<ArrayBuffer>> {
  const N = points.rows.rows;
  const products = new Float32Array(centres.rows * N);
  return async (moved) => {
    if (moved.length) {
      const vectors = matrix(moved.length, centres.cols);
      moved.forEach((c, v) => {
        vectors.data.set(rowOf(centres, c), v * centres.cols);
      });
      const fresh = await points.products(vectors);
      moved.forEach((c, v) => {
        products.set(fresh.subarray(v * N, (v + 1) * N), c * N);
      });
    }
    const squaredLengths = Float64Array.from({ length: centres.rows }, (_, c) =>
      dot(rowOf(centres, c), rowOf(centres, c)),
    );
    return labelsFrom(products, squaredLengths, N);
  };
}

/** The centre of smallest ‖C‖² − 2x·C for each point: ‖x − C‖² less the ‖x‖² that all centres share. */
function labelsFrom(products: Float32Array, squaredLengths: Float64Array, N: number): Int32Array<ArrayBuffer> {
  const labels = new Int32Array(N);
  const best = new Float64Array(N).fill(Number.POSITIVE_INFINITY);
  for (let c = 0, at = 0; c < squaredLengths.length; c++) {
    const squaredLength = squaredLengths[c]!;
    for (let i = 0; i < N; i++, at++) {
      const distance = squaredLength - 2 * products[at]!;
      if (distance < best[i]!) {
        best[i] = distance;
        labels[i] = c;
      }
    }
  }
  return labels;
}

/** One plain loop: it runs over all values of all points, once a restart. */
function inertiaOf(rows: Matrix, weights: Float64Array, centres: Matrix<Float64Array>, labels: Int32Array): number {
  const D = rows.cols;
  const x = rows.data;
  const c = centres.data;
  let inertia = 0;
  for (let i = 0, at = 0; i < rows.rows; i++) {
    let sum = 0;
    for (let from = labels[i]! * D, d = 0; d < D; d++, at++) {
      const difference = x[at]! - c[from + d]!;
      sum += difference * difference;
    }
    inertia += weights[i]! * sum;
  }
  return inertia;
}
