// Isotonic regression by pooling adjacent violators (Ayer et al. 1955; Zadrozny & Elkan 2002 for calibration).

/** A non-decreasing function: constant outside its knots, straight between them. */
export interface IsotonicCurve {
  /** Ascending. */
  readonly x: readonly number[];
  /** Non-decreasing. */
  readonly y: readonly number[];
}

/**
 * The non-decreasing values nearest to `outcomes` in squares; equal scores are one point.
 * @param scores [n]; @param outcomes [n] in [0, 1]
 */
export function fitIsotonic(scores: ArrayLike<number>, outcomes: ArrayLike<number>): IsotonicCurve {
  const order = Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  const blocks: { from: number; to: number; sum: number; n: number }[] = [];
  for (const i of order) {
    const last = blocks.at(-1);
    if (last && last.from === last.to && last.to === scores[i]) {
      last.sum += outcomes[i]!;
      last.n++;
      continue;
    }
    blocks.push({ from: scores[i]!, to: scores[i]!, sum: outcomes[i]!, n: 1 });
  }
  const pooled: typeof blocks = [];
  for (const block of blocks) {
    pooled.push({ ...block });
    while (pooled.length > 1) {
      const [before, after] = pooled.slice(-2) as [(typeof blocks)[0], (typeof blocks)[0]];
      if (before.sum / before.n <= after.sum / after.n) break;
      pooled.splice(-2, 2, { from: before.from, to: after.to, sum: before.sum + after.sum, n: before.n + after.n });
    }
  }
  const knots = pooled.flatMap(({ from, to, sum, n }) =>
    from === to
      ? [[from, sum / n]]
      : [
          [from, sum / n],
          [to, sum / n],
        ],
  ) as [number, number][];
  return { x: knots.map(([x]) => x), y: knots.map(([, y]) => y) };
}

/** NaN for a curve without knots. */
export function isotonicValue(score: number, { x, y }: IsotonicCurve): number {
  if (x.length === 0) return Number.NaN;
  let low = 0;
  let high = x.length - 1;
  if (score <= x[low]!) return y[low]!;
  if (score >= x[high]!) return y[high]!;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (x[middle]! <= score) low = middle;
    else high = middle;
  }
  const width = x[high]! - x[low]!;
  return width > 0 ? y[low]! + ((score - x[low]!) / width) * (y[high]! - y[low]!) : y[high]!;
}
