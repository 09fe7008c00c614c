// How well scores put positives above negatives.

/** Probability that a positive gets a higher score than a negative, ties ½; null with one class only. */
export function auroc(scores: ArrayLike<number>, positive: ArrayLike<boolean | number>): number | null {
  const order = Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  let rankSum = 0;
  let positives = 0;
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && scores[order[end]!] === scores[order[start]!]) end++;
    const rank = (start + 1 + end) / 2; // the mean rank of a run of ties
    for (const i of order.slice(start, end)) {
      if (!positive[i]) continue;
      positives++;
      rankSum += rank;
    }
    start = end;
  }
  const negatives = order.length - positives;
  if (positives === 0 || negatives === 0) return null;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}
