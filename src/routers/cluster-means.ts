// The averaging half of a Lloyd step: empty clusters get a point, and only clusters that changed get a new mean.
import { squaredEuclidean } from '../math/distance.js';
import { type Matrix, matrix64, rowOf } from '../math/matrix.js';
import { topK } from '../math/top-k.js';

/**
 * Where each point counts: its label, except that each empty cluster takes one point, in order of their distance to the
 * centre they were just assigned to, the farthest first.
 */
export function fillEmptyClusters(
  rows: Matrix,
  weights: Float64Array,
  centres: Matrix<Float64Array>,
  labels: Int32Array,
): Int32Array {
  const masses = new Float64Array(centres.rows);
  labels.forEach((c, i) => {
    masses[c]! += weights[i]!;
  });
  const empty = [...masses.keys()].filter((c) => masses[c] === 0);
  if (empty.length === 0) return labels;
  const distances = Float64Array.from(labels, (c, i) => squaredEuclidean(rowOf(rows, i), rowOf(centres, c)));
  const placed = labels.slice();
  topK(distances, empty.length).forEach((point, rank) => {
    placed[point] = empty[rank]!;
  });
  return placed;
}

export interface Step {
  /** Clusters whose centre was computed anew. */
  readonly moved: number[];
  /** Σ‖new − old‖² */
  readonly shift: number;
}

/** Keeps the sums of all clusters, moves the points that changed place, and writes the new means into `centres`. */
export function clusterMeans(
  rows: Matrix,
  weights: Float64Array,
  centres: Matrix<Float64Array>,
): (placed: Int32Array) => Step {
  const D = rows.cols;
  const sums = matrix64(centres.rows, D);
  const masses = new Float64Array(centres.rows);
  const place = new Int32Array(rows.rows).fill(-1);
  const count = (cluster: number, point: number, sign: number) => {
    const sum = rowOf(sums, cluster);
    const weight = sign * weights[point]!;
    for (let d = 0, at = point * D; d < D; d++, at++) sum[d]! += weight * rows.data[at]!;
    masses[cluster]! += weight;
  };
  return (placed) => {
    const touched = new Set<number>();
    placed.forEach((cluster, point) => {
      if (cluster === place[point]) return;
      for (const [c, sign] of [
        [place[point]!, -1],
        [cluster, 1],
      ] as const) {
        if (c < 0) continue;
        count(c, point, sign);
        touched.add(c);
      }
      place[point] = cluster;
    });
    const moved = [...touched].filter((c) => masses[c]! > 0).sort((a, b) => a - b); // without mass: the centre stays
    let shift = 0;
    for (const c of moved) {
      const mean = rowOf(sums, c).map((sum) => sum / masses[c]!);
      shift += squaredEuclidean(mean, rowOf(centres, c));
      centres.data.set(mean, c * D);
    }
    return { moved, shift };
  };
}
