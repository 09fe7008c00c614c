// Paired bootstrap over groups of queries: the same resamples for every statistic, percentile intervals, Holm's correction.
// Efron & Tibshirani, An Introduction to the Bootstrap (1993), ch. 13; Holm, Scand. J. Statist. 6 (1979).
import type { DrawCounts } from '../math/resample.js';
import { percentile } from '../math/stats.js';

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
export function groupNumbers(labels: ArrayLike<number>): GroupNumbers {
  const seen = new Map<number, number>();
  const ids = Int32Array.from(labels, (label) => {
    const id = seen.get(label) ?? seen.size;
    seen.set(label, id);
    return id;
  });
  return { ids, count: seen.size };
}

/** @param values [N] one per query; NaN = left out of the mean */
export function groupValues(values: ArrayLike<number>, groups: GroupNumbers): GroupedValues {
  const sums = new Float64Array(groups.count);
  const sizes = new Float64Array(groups.count);
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) continue;
    sums[groups.ids[i]!]! += values[i]!;
    sizes[groups.ids[i]!]! += 1;
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
  const counts = new Float64Array(groups);
  const terms = statistics.map(({ sums, sizes }) => ({ sum: sparse(sums), size: sparseSizes(sizes) }));
  const means = statistics.map(() => new Float64Array(resamples));
  for (let b = 0; b < resamples; b++) {
    draw(counts);
    for (let k = 0; k < terms.length; k++) {
      const { sum, size } = terms[k]!;
      means[k]![b] = weighted(sum, counts) / weighted(size, counts);
    }
  }
  return means;
}

/** Percentile interval, with numpy's linear interpolation. @param confidence as in 0.95 */
export function percentileInterval(means: Float64Array, confidence: number): Interval {
  const present = means.filter((value) => !Number.isNaN(value));
  const tail = (100 * (1 - confidence)) / 2;
  return { low: percentile(present, tail), high: percentile(present, 100 - tail) };
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

/** base·(groups drawn) + Σ values[j]·counts[at[j]]: most differences between two routers are 0, most groups have size 1. */
interface SparseSum {
  readonly base: number;
  readonly at: Int32Array;
  readonly values: Float64Array;
}

function sparse(values: Float64Array, base = 0): SparseSum {
  const at = Int32Array.from(values.keys()).filter((g) => values[g] !== base);
  return { base: base * values.length, at, values: Float64Array.from(at, (g) => values[g]! - base) };
}

function sparseSizes(sizes: Float64Array): SparseSum {
  const fromZero = sparse(sizes);
  const fromOne = sparse(sizes, 1);
  return fromOne.at.length < fromZero.at.length ? fromOne : fromZero;
}

function weighted({ base, at, values }: SparseSum, counts: Float64Array): number {
  const even = at.length - (at.length % 2);
  let first = base;
  let second = 0;
  for (let j = 0; j < even; j += 2) {
    first += counts[at[j]!]! * values[j]!;
    second += counts[at[j + 1]!]! * values[j + 1]!;
  }
  if (even < at.length) first += counts[at[even]!]! * values[even]!;
  return first + second;
}
