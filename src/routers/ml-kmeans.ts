// `implementation: ml-kmeans`: one run of the ml-kmeans package, in our terms.
import { throwIfAborted } from '../errors/vsr-error.js';
import { squaredEuclidean } from '../math/distance.js';
import { type Matrix, matrix64, rowOf } from '../math/matrix.js';
import type { Clustering } from './lloyd.js';

export interface MlKmeansOptions {
  readonly maxIter: number;
  /** A squared movement; the package asks it of each centre, not of all together. */
  readonly tolerance: number;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
}

/** @param rows [N×D]. Throws `VSR_ABORTED`. */
export async function mlKmeans(rows: Matrix, k: number, options: MlKmeansOptions): Promise<Clustering> {
  const { kmeansGenerator } = await import('ml-kmeans');
  const data = Array.from({ length: rows.rows }, (_, i) => Array.from(rowOf(rows, i)));
  const { maxIter: maxIterations, tolerance, seed } = options;
  let centres = matrix64(k, rows.cols);
  let last: { nearest(data: number[][]): number[] } | undefined;
  let iterations = 0;
  for (const step of kmeansGenerator(data, k, { initialization: 'kmeans++', maxIterations, tolerance, seed })) {
    throwIfAborted(options.signal);
    centres = matrix64(k, rows.cols, Float64Array.from(step.centroids.flat()));
    iterations = step.iterations;
    last = step;
  }
  const labels = Int32Array.from(last!.nearest(data)); // its own labels belong to the centres one step earlier
  const inertia = labels.reduce((sum, c, i) => sum + squaredEuclidean(rowOf(rows, i), rowOf(centres, c)), 0);
  return { centres, labels, inertia, iterations };
}
