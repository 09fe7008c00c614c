// Topics of queries: k-means over unit vectors, fixed before anything is trained, so that a cluster means the same for ever.
import { dot } from '../../math/distance.js';
import { type Matrix, matrix, rowOf, takeRows } from '../../math/matrix.js';
import { distinctRows } from '../distinct-rows.js';
import { openPoints } from '../points.js';
import { bestClustering } from '../restarts.js';
import type { FitContext } from '../router.js';

/** Fewer queries than this in a cluster, on average, tell little of a model. */
const SMALLEST_CLUSTER = 20;
const CLUSTERING = { nInit: 10, maxIter: 300, tol: 1e-4, implementation: 'own' } as const;
/** What a squared distance is divided by before the softmax of soft clusters. */
export const SOFT_SCALE = 0.1;

/** [k×E] centres of the distinct `rows`. @param unit [Q×E] of length 1. Throws `VSR_ABORTED`. */
export async function queryCentres(
  unit: Matrix,
  groups: Int32Array,
  rows: Int32Array,
  clusters: number,
  { seed, signal }: Pick<FitContext, 'seed' | 'signal'>,
): Promise<Matrix> {
  const distinct = distinctRows(
    takeRows(unit, rows),
    rows.map((row) => groups[row]!),
  ).rows;
  const k = Math.max(1, Math.min(clusters, Math.floor(distinct.rows / SMALLEST_CLUSTER)));
  const points = await openPoints(distinct);
  try {
    const { centres } = await bestClustering(points, k, CLUSTERING, { seed, signal });
    return matrix(k, unit.cols, Float32Array.from(centres.data));
  } finally {
    await points.dispose();
  }
}

/** [Q] the nearest centre of each row, equal → lowest index. */
export function nearestCentres(unit: Matrix, centres: Matrix): Int32Array {
  const distances = squaredDistances(unit, centres);
  return Int32Array.from({ length: unit.rows }, (_, q) => {
    const own = rowOf(distances, q);
    return own.indexOf(Math.min(...own));
  });
}

/** [Q×k] how much of each centre a row is: all of the nearest (hard), or by closeness (soft). */
export function clusterShares(unit: Matrix, centres: Matrix, feature: 'hard' | 'soft'): Matrix {
  const k = centres.rows;
  const shares = matrix(unit.rows, k);
  if (feature === 'hard') {
    nearestCentres(unit, centres).forEach((c, q) => {
      shares.data[q * k + c] = 1;
    });
    return shares;
  }
  const distances = squaredDistances(unit, centres);
  for (let q = 0; q < unit.rows; q++) {
    const own = rowOf(distances, q);
    const least = Math.min(...own);
    const odds = Array.from(own, (distance) => Math.exp((least - distance) / SOFT_SCALE));
    const total = odds.reduce((sum, value) => sum + value, 0);
    shares.data.set(
      odds.map((value) => value / total),
      q * k,
    );
  }
  return shares;
}

/** [Q×k] ‖μ‖² − 2 x̂·μ: squared distances, less what all centres of a row share. */
function squaredDistances(unit: Matrix, centres: Matrix): Matrix {
  const out = matrix(unit.rows, centres.rows);
  const lengths = Array.from({ length: centres.rows }, (_, c) => dot(rowOf(centres, c), rowOf(centres, c)));
  for (let q = 0; q < unit.rows; q++) {
    const row = rowOf(unit, q);
    lengths.forEach((length, c) => {
      out.data[q * centres.rows + c] = length - 2 * dot(row, rowOf(centres, c));
    });
  }
  return out;
}
