// Do predicted qualities mean what they say? Brier score, log loss and the calibration error by bins.

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
    sums[b]!.n++;
    sums[b]!.predicted += predicted[i]!;
    sums[b]!.observed += observed[i]!;
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

/** The same error over bins of equal numbers of cells, in order of the prediction (the last bins may hold one less). */
export function equalMassEce(predicted: ArrayLike<number>, observed: ArrayLike<number>, bins = 10): number {
  const order = Array.from({ length: predicted.length }, (_, i) => i).sort((a, b) => predicted[a]! - predicted[b]!);
  let error = 0;
  for (let b = 0; b < bins; b++) {
    const members = order.slice(Math.ceil((b * order.length) / bins), Math.ceil(((b + 1) * order.length) / bins));
    error += Math.abs(members.reduce((sum, i) => sum + observed[i]! - predicted[i]!, 0));
  }
  return error / order.length;
}
