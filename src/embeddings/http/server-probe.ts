// A fixed sentence's vector, by which a changed model behind an unchanged name is noticed.

export const PROBE = 'Which of these models should answer this question?';

/** Values of the probe that an artifact keeps. */
const KEPT = 64;
/** Servers that compute on graphics processors never give quite the same values twice. */
const AGREE = 0.999;

/**
 * What identifies the server: the first values of the sentence's vector, or those that were kept before, where the two
 * agree. Rounding alone would not do: among many values one always lies at the edge of two roundings.
 */
export function probeOf(vector: Float64Array, kept: readonly number[] | undefined): readonly number[] {
  const fresh = [...vector.subarray(0, KEPT)].map((value) => Math.round(value * 1e4) / 1e4);
  return kept !== undefined && agrees(fresh, kept) ? kept : fresh;
}

function agrees(a: readonly number[], b: readonly number[]): boolean {
  const dot = (x: readonly number[], y: readonly number[]) => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  return a.length === b.length && dot(a, b) > AGREE * Math.sqrt(dot(a, a) * dot(b, b));
}

/** What enters a fingerprint: few and coarse, so that a small difference seldom shows. */
export function rounded(probe: readonly number[]): readonly number[] {
  return probe.slice(0, 8).map((value) => Math.round(value * 100) / 100 + 0);
}
