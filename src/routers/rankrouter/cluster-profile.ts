// What a model is good at: its mean over each cluster of queries, drawn towards its mean over all where cells are few.
import { type Matrix, matrix64 } from '../../math/matrix.js';
import { mean } from '../../math/stats.js';
import type { Cells } from './preferences.js';

/** κ: how many average cells a model's mean over all clusters counts for in each. */
const SHRINKAGE = 20;
/** Folds of queries: a pair learns from profiles that its own fold did not enter. */
export const FOLDS = 5;
/** A column that spreads less says nothing. */
const SMALLEST_DEVIATION = 1e-6;

export interface ClusterProfile {
  /** [M×k] v = (n_mc·w_mc + κ·w_m)/(n_mc + κ) */
  readonly values: Matrix<Float64Array>;
  /** [M] w_m: the mean over all clusters. */
  readonly means: Float64Array;
}

/**
 * The profiles without each fold in turn, and last of all cells. Cells of fold −1 enter none.
 * @param labels [Q] cluster of each query
 * @param fold [Q] 0 … FOLDS − 1, or −1
 */
export function foldedProfiles(
  cells: Cells,
  labels: Int32Array,
  fold: Int32Array,
  clusters: number,
  models: number,
): ClusterProfile[] {
  const size = models * clusters;
  const sums = Array.from({ length: FOLDS + 1 }, () => ({
    value: new Float64Array(size),
    count: new Float64Array(size),
  }));
  cells.query.forEach((query, i) => {
    if (fold[query]! < 0) return;
    const at = cells.model[i]! * clusters + labels[query]!;
    for (const { value, count } of [sums[fold[query]!]!, sums[FOLDS]!]) {
      value[at]! += cells.weight[i]! * cells.value[i]!;
      count[at]! += cells.weight[i]!;
    }
  });
  const all = sums[FOLDS]!;
  return sums.map(({ value, count }, f) => {
    if (f === FOLDS) return shrunk(value, count, clusters);
    const without = (whole: Float64Array, part: Float64Array) => whole.map((sum, at) => sum - part[at]!);
    return shrunk(without(all.value, value), without(all.count, count), clusters);
  });
}

/** The profile of one model from its cells. @param labels [n] clusters of the queries, values [n] */
export function ownProfile(labels: Int32Array, values: ArrayLike<number>, clusters: number): ClusterProfile {
  const sums = new Float64Array(clusters);
  const counts = new Float64Array(clusters);
  labels.forEach((cluster, i) => {
    sums[cluster]! += values[i]!;
    counts[cluster]! += 1;
  });
  return shrunk(sums, counts, clusters);
}

/** A model without cells has the mean of the others (½ where nobody has any). */
function shrunk(sums: Float64Array, counts: Float64Array, clusters: number): ClusterProfile {
  const models = clusters > 0 ? sums.length / clusters : 0;
  const total = (of: Float64Array, m: number) =>
    of.subarray(m * clusters, (m + 1) * clusters).reduce((sum, value) => sum + value, 0);
  const known = Array.from({ length: models }, (_, m) => m).filter((m) => total(counts, m) > 1e-9);
  const own = (m: number) => total(sums, m) / total(counts, m);
  const others = known.length > 0 ? mean(known.map(own)) : 0.5;
  const means = Float64Array.from({ length: models }, (_, m) => (known.includes(m) ? own(m) : others));
  const values = matrix64(models, clusters);
  values.data.forEach((_, at) => {
    values.data[at] = (sums[at]! + SHRINKAGE * means[Math.floor(at / clusters)]!) / (counts[at]! + SHRINKAGE);
  });
  return { values, means };
}

/** [k×M] v − w_m: what a cluster tells beyond how good the model is overall. */
export function advantages({ values: { rows: M, cols: k, data }, means }: ClusterProfile): Float32Array {
  const out = new Float32Array(k * M);
  for (let m = 0; m < M; m++) for (let c = 0; c < k; c++) out[c * M + m] = data[m * k + c]! - means[m]!;
  return out;
}

/** How one column of the profile is brought to mean 0 and deviation 1 over the models. */
export interface ColumnScale {
  readonly mean: number;
  /** 0 = the column says nothing. */
  readonly deviation: number;
}

export function columnScale(values: readonly number[]): ColumnScale {
  const centre = mean(values);
  const deviation = Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
  return { mean: centre, deviation: deviation < SMALLEST_DEVIATION ? 0 : deviation };
}

/** 0 where the column says nothing. */
export function scaled(value: number, scale: ColumnScale): number {
  return scale.deviation > 0 ? (value - scale.mean) / scale.deviation : 0;
}

/** The scale of each cluster's column [k], and the column itself scaled, [k×M]. */
export function standardised({ values: { rows: M, cols: k, data } }: ClusterProfile): {
  readonly scales: ColumnScale[];
  readonly columns: Float32Array;
} {
  const column = (c: number) => Array.from({ length: M }, (_, m) => data[m * k + c]!);
  const scales = Array.from({ length: k }, (_, c) => columnScale(column(c)));
  return { scales, columns: Float32Array.from(scales.flatMap((scale, c) => column(c).map((v) => scaled(v, scale)))) };
}
