// Two models, weak and strong: what sending a growing share to the strong one buys (RouteLLM, arXiv 2406.18665, §3.1).

export interface ShareCurve {
  /** Share of queries sent to the strong model, ascending from 0. */
  readonly share: readonly number[];
  /** Mean quality at that share. */
  readonly quality: readonly number[];
}

/**
 * A query goes to the strong model where its win score is at least the threshold; the first point sends none.
 * @param win [N] predicted strong-minus-weak
 * @param thresholds descending; default every distinct win score, so that tied queries move together
 */
export function strongWeakCurve(
  win: ArrayLike<number>,
  strong: ArrayLike<number>,
  weak: ArrayLike<number>,
  thresholds: readonly number[] = [...new Set(Array.from(win))].sort((a, b) => b - a),
): ShareCurve {
  const points = [Number.POSITIVE_INFINITY, ...thresholds].map((threshold) => {
    let sent = 0;
    let quality = 0;
    for (let i = 0; i < win.length; i++) {
      const toStrong = win[i]! >= threshold;
      if (toStrong) sent++;
      quality += toStrong ? strong[i]! : weak[i]!;
    }
    return { share: sent / win.length, quality: quality / win.length };
  });
  return { share: points.map(({ share }) => share), quality: points.map(({ quality }) => quality) };
}

/** PGR = (quality − weak)/(strong − weak) at every point; null where the two models are equal. */
export function performanceGapRecovered(curve: ShareCurve, weak: number, strong: number): (number | null)[] {
  return curve.quality.map((quality) => (strong > weak ? (quality - weak) / (strong - weak) : null));
}

/** APGR = ∫ PGR over the share, by trapezoids, over the curve's own range; a random router gets ½. null where the models are equal. */
export function averageGapRecovered({ share, quality }: ShareCurve, weak: number, strong: number): number | null {
  const width = share.at(-1)! - share[0]!;
  let area = 0;
  for (let k = 1; k < share.length; k++) area += ((share[k]! - share[k - 1]!) * (quality[k]! + quality[k - 1]!)) / 2;
  return strong > weak && width > 0 ? (area - weak * width) / ((strong - weak) * width) : null;
}

/** CPT(p): the least share at which PGR reaches `recovered` (as in 0.5), linear between points; null if it never does. */
export function callShareFor(
  { share, quality }: ShareCurve,
  weak: number,
  strong: number,
  recovered: number,
): number | null {
  if (!(strong > weak)) return null;
  const target = weak + recovered * (strong - weak);
  const k = quality.findIndex((value) => value >= target);
  if (k <= 0) return k === 0 ? share[0]! : null;
  const part = (target - quality[k - 1]!) / (quality[k]! - quality[k - 1]!);
  return share[k - 1]! + (share[k]! - share[k - 1]!) * part;
}
