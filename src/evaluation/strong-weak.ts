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
  thresholds: ArrayLike<number> = distinctDescending(win),
): ShareCurve {
  const order = Int32Array.from({ length: win.length }, (_, i) => i).sort((a, b) => win[b]! - win[a]!);
  let quality = 0;
  for (let i = 0; i < win.length; i++) quality += weak[i]!;
  const share = [0];
  const means = [quality / win.length];
  let sent = 0;
  for (let t = 0; t < thresholds.length; t++) {
    for (; sent < order.length && win[order[sent]!]! >= thresholds[t]!; sent++) {
      quality += strong[order[sent]!]! - weak[order[sent]!]!;
    }
    share.push(sent / win.length);
    means.push(quality / win.length);
  }
  return { share, quality: means };
}

function distinctDescending(values: ArrayLike<number>): Float64Array {
  const sorted = Float64Array.from(values).sort().reverse();
  return sorted.filter((value, i) => value !== sorted[i - 1]);
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
