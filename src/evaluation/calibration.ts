// Do predicted qualities mean what they say? Brier score, log loss and the calibration error by bins.
import { orderStatistics } from '../math/order-statistics.js';

export interface ReliabilityBin {
  readonly n: number;
  /** Mean prediction and mean quality; null for an empty bin. */
  readonly predicted: number | null;
  readonly observed: number | null;
}

export interface Reliability {
  /** Σ n/N·|observed − predicted| (ECE) and the largest gap (MCE). */
  readonly ece: number;
  readonly mce: number;
  readonly bins: readonly ReliabilityBin[];
}

/** Mean (p − s)². */
export function brierScore(predicted: ArrayLike<number>, observed: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < predicted.length; i++) sum += (predicted[i]! - observed[i]!) ** 2;
  return sum / predicted.length;
}

/** Mean −(s·ln p + (1 − s)·ln(1 − p)), p clipped to [clip, 1 − clip]. */
export function logLoss(predicted: ArrayLike<number>, observed: ArrayLike<number>, clip = 1e-6): number {
  let sum = 0;
  for (let i = 0; i < predicted.length; i++) {
    const p = Math.min(1 - clip, Math.max(clip, predicted[i]!));
    sum -= observed[i]! * Math.log(p) + (1 - observed[i]!) * Math.log(1 - p);
  }
  return sum / predicted.length;
}

/** Equal-width bins (lo, hi], 0 in the first, as scikit-learn's calibration_curve. */
export function reliability(predicted: ArrayLike<number>, observed: ArrayLike<number>, bins = 10): Reliability {
  const sums = Array.from({ length: bins }, () => ({ n: 0, predicted: 0, observed: 0 }));
  for (let i = 0; i < predicted.length; i++) {
    let b = 0;
    while (b < bins - 1 && predicted[i]! > (b + 1) * (1 / bins)) b++;
    const bin = sums[b]!;
    bin.n++;
    bin.predicted += predicted[i]!;
    bin.observed += observed[i]!;
  }
  const gaps = sums.map(({ n, predicted, observed }) => (n === 0 ? 0 : Math.abs(observed - predicted) / n));
  return {
    ece: gaps.reduce((sum, gap, b) => sum + (sums[b]!.n / predicted.length) * gap, 0),
    mce: Math.max(...gaps),
    bins: sums.map(({ n, predicted, observed }) => ({
      n,
      predicted: n === 0 ? null : predicted / n,
      observed: n === 0 ? null : observed / n,
    })),
  };
}

/**
 * The same error over bins of equal numbers of cells, in order of the prediction (the last bins may hold one less); equal
 * predictions stand in the order they came in. Finds where the bins start without sorting.
 */
export function equalMassEce(predicted: ArrayLike<number>, observed: ArrayLike<number>, bins = 10): number {
  const n = predicted.length;
  const starts = Array.from({ length: bins }, (_, b) => Math.ceil((b * n) / bins));
  const inside = starts.filter((start) => start < n);
  const found = orderStatistics(Float64Array.from(predicted), inside);
  const bounds = Float64Array.from(starts, (_, b) => found[b] ?? Number.POSITIVE_INFINITY);
  /** Predictions that stand at the start of a bin: only among these the place decides. */
  const divided = new Map<number, number>();
  for (const bound of found.slice(1)) if (!divided.has(bound)) divided.set(bound, countBelow(predicted, bound));
  const errors = new Float64Array(bins);
  for (let i = 0; i < n; i++) {
    const value = predicted[i]!;
    let b = bins - 1;
    while (b > 0 && value < bounds[b]!) b--;
    if (b > 0 && value === bounds[b]) {
      const place = divided.get(value)!;
      while (b > 0 && place < starts[b]!) b--;
      divided.set(value, place + 1);
    }
    errors[b]! += observed[i]! - value;
  }
  return errors.reduce((sum, error) => sum + Math.abs(error), 0) / n;
}

function countBelow(values: ArrayLike<number>, bound: number): number {
  let count = 0;
  for (let i = 0; i < values.length; i++) if (values[i]! < bound) count++;
  return count;
}
