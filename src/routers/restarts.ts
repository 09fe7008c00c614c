// k-means with restarts: the clustering of lowest inertia among `nInit`, by our own Lloyd or by ml-kmeans.
import { throwIfAborted } from '../errors/vsr-error.js';
import type { Matrix } from '../math/matrix.js';
import { matrix64, takeRows } from '../math/matrix.js';
import { seededRandom } from '../math/random.js';
import { absoluteTolerance, type Clustering, lloyd } from './lloyd.js';
import { mlKmeans } from './ml-kmeans.js';
import { greedyPlusPlus } from './plus-plus.js';
import type { Points } from './points.js';

export interface ClusteringOptions {
  /** Restarts. */
  readonly nInit: number;
  readonly maxIter: number;
  /** Times the mean variance of a feature; see `absoluteTolerance`. */
  readonly tol: number;
  readonly implementation: 'own' | 'ml-kmeans';
}

export interface RestartContext {
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
  /** After every restart. */
  readonly onRestart?: (done: number) => void;
}

/** The best of the restarts (equal: the first). Throws `VSR_ABORTED`. */
export async function bestClustering(
  points: Points,
  k: number,
  options: ClusteringOptions,
  context: RestartContext,
): Promise<Clustering> {
  const random = seededRandom(context.seed).fork(`k-means ${k}`);
  const generators = Array.from({ length: options.nInit }, (_, r) => random.fork(`restart ${r}`));
  const tolerance = absoluteTolerance(points.rows, options.tol);
  const { maxIter } = options;
  const { signal } = context;
  const own = options.implementation === 'own';
  const starts = own ? await greedyPlusPlus(points, k, generators, signal) : [];
  let best: Clustering | undefined;
  for (const [r, generator] of generators.entries()) {
    const run = own
      ? await lloyd(points, startingCentres(points.rows, starts[r]!), { maxIter, tolerance, signal })
      : await mlKmeans(points.rows, k, { maxIter, tolerance, signal, seed: generator.int(0x7fffffff) });
    if (!best || run.inertia < best.inertia) best = run;
    context.onRestart?.(r + 1);
    throwIfAborted(signal);
  }
  return best!;
}

function startingCentres(rows: Matrix, start: Int32Array): Matrix<Float64Array> {
  return matrix64(start.length, rows.cols, Float64Array.from(takeRows(rows, start).data));
}
