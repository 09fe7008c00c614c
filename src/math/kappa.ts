// How far two judges agree beyond what chance would bring.

/**
 * Cohen's κ = (p_o − p_e)/(1 − p_e) of yes/no verdicts (Cohen 1960); null without a pair, or where both always say the same one thing.
 */
export function cohensKappa(pairs: readonly (readonly [boolean, boolean])[]): number | null {
  const n = pairs.length;
  if (n === 0) return null;
  const share = (of: (pair: readonly [boolean, boolean]) => boolean) => pairs.filter(of).length / n;
  const agreed = share(([a, b]) => a === b);
  const [first, second] = [share(([a]) => a), share(([, b]) => b)];
  const expected = first * second + (1 - first) * (1 - second);
  return expected >= 1 ? null : (agreed - expected) / (1 - expected);
}
