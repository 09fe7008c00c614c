// Paired bootstrap over groups of queries: the same resamples for every statistic, percentile intervals, Holm's correction.
// Efron & Tibshirani, An Introduction to the Bootstrap (1993), ch. 13; Holm, Scand. J. Statist. 6 (1979).
import type { DrawCounts } from '../math/resample.js';
import { percentiles } from '../math/stats.js';

/** One value per query, summed by group: a mean over queries becomes Σ sums / Σ sizes over the drawn groups. */
export interface GroupedValues {
  /** [G] */
  readonly sums: Float64Array;
  /** [G] number of queries with a value */
  readonly sizes: Float64Array;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface GroupNumbers {
  /** [N] 0 … count − 1 */
  readonly ids: Int32Array;
  readonly count: number;
}

/** Any group labels as consecutive numbers, in order of appearance. */
export function groupNumbers<Label>(labels: ArrayLike<Label>): GroupNumbers {
  if (areNumbers(labels)) return { ids: Int32Array.from(labels), count: labels.length };
  const seen = new Map<Label, number>();
  const ids = Int32Array.from(labels, (label) => {
    const id = seen.get(label) ?? seen.size;
    seen.set(label, id);
    return id;
  });
  return { ids, count: seen.size };
}

/** 0, 1, 2 …: every query a group of its own, as usual. */
function areNumbers(labels: ArrayLike<unknown>): labels is ArrayLike<number> {
  for (let i = 0; i < labels.length; i++) if (labels[i] !== i) return false;
  return true;
}

/**
 * @param values [N] one per query; NaN = left out of the mean
 * @param rows the query of each value, where they are of some queries alone
 */
export function groupValues(values: ArrayLike<number>, groups: GroupNumbers, rows?: Int32Array): GroupedValues {
  const sums = new Float64Array(groups.count);
  const sizes = new Float64Array(groups.count);
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) continue;
    const group = groups.ids[rows ? rows[i]! : i]!;
    sums[group]! += values[i]!;
    sizes[group]! += 1;
  }
  return { sums, sizes };
}

/** Mean of every statistic in every resample: [statistics][resamples]; NaN where a resample drew no query of it. */
export function bootstrapMeans(
  statistics: readonly GroupedValues[],
  draw: DrawCounts,
  resamples: number,
): Float64Array[] {
  const groups = statistics[0]?.sums.length ?? 0;
  const sizes = distinct(statistics.map((one) => one.sizes));
  const terms = statistics.map(({ sums }, k) => ({ sum: sparse(sums), size: sizes.of[k]! }));
  const parts = sizes.distinct.map(sparse);
  const means = statistics.map(() => new Float64Array(resamples));
  const one = new Float64Array(groups);
  const counts = new Float64Array(BLOCK * groups);
  const drawn = parts.map(() => new Float64Array(BLOCK));
  const sums = new Float64Array(BLOCK);
  for (let start = 0; start < resamples; start += BLOCK) {
    const size = Math.min(BLOCK, resamples - start);
    for (let b = 0; b < size; b++) {
      draw(one);
      for (let g = 0; g < groups; g++) counts[BLOCK * g + b] = one[g]!;
    }
    for (let k = 0; k < parts.length; k++) weigh(parts[k]!, counts, drawn[k]!);
    for (let k = 0; k < terms.length; k++) {
      const own = drawn[terms[k]!.size]!;
      weigh(terms[k]!.sum, counts, sums);
      for (let b = 0; b < size; b++) means[k]![start + b] = sums[b]! / own[b]!;
    }
  }
  return means;
}

/** Percentile interval, with numpy's linear interpolation. @param confidence as in 0.95 */
export function percentileInterval(means: Float64Array, confidence: number): Interval {
  const present = means.some(Number.isNaN) ? means.filter((value) => !Number.isNaN(value)) : means;
  const tail = (100 * (1 - confidence)) / 2;
  const [low, high] = percentiles(present, [tail, 100 - tail]);
  return { low: low!, high: high! };
}

/** 2·min(share ≤ 0, share ≥ 0), at least 1/B, at most 1. */
export function twoSidedP(means: Float64Array): number {
  let below = 0;
  let above = 0;
  for (const value of means) {
    if (value <= 0) below++;
    if (value >= 0) above++;
  }
  return Math.min(1, Math.max(2 * Math.min(below, above), 1) / means.length);
}

/** Holm's step-down: p-values adjusted for their number, in the given order. */
export function holm(ps: readonly number[]): number[] {
  const order = ps.map((_, i) => i).sort((a, b) => ps[a]! - ps[b]!);
  const adjusted = new Array<number>(ps.length);
  let floor = 0;
  order.forEach((i, rank) => {
    floor = Math.max(floor, Math.min(1, ps[i]! * (ps.length - rank)));
    adjusted[i] = floor;
  });
  return adjusted;
}

/**
 * Queries needed to tell a gain of `minGain` from none with 80 % power at 5 %: N·((1.96 + 0.84)·se/δ)², se = (H − L)/3.92.
 * @param interval of 95 %, from `n` queries
 */
export function neededQueries(n: number, interval: Interval, minGain: number): number {
  const standardError = (interval.high - interval.low) / 3.92;
  return n * ((2.8 * standardError) / minGain) ** 2;
}

/** Resamples are drawn four at a time: one pass over a statistic then serves four sums. */
const BLOCK = 4;

/** base + Σ values[j]·count(group j): most differences between two routers are 0, most groups have size 1. */
interface SparseSum {
  /** The commonest value times the number of groups drawn. */
  readonly base: number;
  /** Where the counts of each group begin. */
  readonly at: Int32Array;
  /** What is left of the others above the commonest value. */
  readonly values: Float64Array;
}

function sparse(values: Float64Array): SparseSum {
  const common = commonest(values);
  const groups = Int32Array.from(values.keys()).filter((g) => values[g] !== common);
  return {
    base: common * values.length,
    at: groups.map((g) => BLOCK * g),
    values: Float64Array.from(groups, (g) => values[g]! - common),
  };
}

/** Most statistics of one arm know the same queries: each kind of sizes is weighed once. `of`: the kind of every vector. */
function distinct(vectors: readonly Float64Array[]): { distinct: Float64Array[]; of: number[] } {
  const kinds: Float64Array[] = [];
  const of = vectors.map((vector) => {
    const known = kinds.findIndex((kind) => kind.every((value, g) => value === vector[g]));
    return known < 0 ? kinds.push(vector) - 1 : known;
  });
  return { distinct: kinds, of };
}

function commonest(values: Float64Array): number {
  const counts = new Map<number, number>();
  let best = 0;
  for (const value of values) {
    const count = (counts.get(value) ?? 0) + 1;
    counts.set(value, count);
    if (count > (counts.get(best) ?? 0)) best = value;
  }
  return best;
}

/** @param counts of every group in each of the four resamples, side by side; @param out [4] */
function weigh({ base, at, values }: SparseSum, counts: Float64Array, out: Float64Array): void {
  let sum0 = base;
  let sum1 = base;
  let sum2 = base;
  let sum3 = base;
  for (let j = 0; j < at.length; j++) {
    const from = at[j]!;
    const value = values[j]!;
    sum0 += counts[from]! * value;
    sum1 += counts[from + 1]! * value;
    sum2 += counts[from + 2]! * value;
    sum3 += counts[from + 3]! * value;
  }
  out[0] = sum0;
  out[1] = sum1;
  out[2] = sum2;
  out[3] = sum3;
}
