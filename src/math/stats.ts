// Small statistics over plain arrays: mean, median, percentile.
import { orderStatistics } from './order-statistics.js';

export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

export function median(values: ArrayLike<number>): number {
  return percentile(values, 50);
}

/** Percentile with linear interpolation at p/100·(n−1), as numpy's default; NaN for no values. */
export function percentile(values: ArrayLike<number>, p: number): number {
  return percentiles(values, [p])[0]!;
}

/** Several of them at once; NaN counts as the largest value. */
export function percentiles(values: ArrayLike<number>, ps: readonly number[]): number[] {
  if (values.length === 0) return ps.map(() => Number.NaN);
  const last = values.length - 1;
  const places = ps.map((p) => {
    const position = (p / 100) * last;
    const low = Math.floor(position);
    return { low, high: Math.min(low + 1, last), part: position - low };
  });
  const at = valuesAt(
    new Float64Array(values),
    places.flatMap(({ low, high }) => [low, high]),
  );
  return places.map(({ low, high, part }) => at.get(low)! + part * (at.get(high)! - at.get(low)!));
}

function valuesAt(values: Float64Array, ranks: readonly number[]): Map<number, number> {
  const distinct = [...new Set(ranks)].sort((a, b) => a - b);
  if (values.some(Number.isNaN)) {
    values.sort();
    return new Map(distinct.map((rank) => [rank, values[rank]!]));
  }
  const found = orderStatistics(values, distinct);
  return new Map(distinct.map((rank, k) => [rank, found[k]!]));
}

/** Sample standard deviation (n − 1). */
export function standardDeviation(values: ArrayLike<number>): number {
  const m = mean(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i]! - m) ** 2;
  return Math.sqrt(sum / (values.length - 1));
}
