// Bootstrap draws: how often each of n items is drawn in one resample of n items with replacement.

/** Fills `counts` [n] with one resample; the counts add up to n. */
export type DrawCounts = (counts: Float64Array) => void;

/**
 * Endless resamples of `n` items, the same for the same seed. The generator (sfc32) is written out here because a
 * bootstrap draws tens of millions of numbers, for which a call each is too slow.
 */
export function seededResamples(seed: number, n: number): DrawCounts {
  const scale = n / 2 ** 32;
  let a = seed | 0;
  let b = 0x9e3779b9 | 0;
  let c = 0x243f6a88 | 0;
  let counter = 1;
  const draw: DrawCounts = (counts) => {
    counts.fill(0);
    for (let i = 0; i < n; i++) {
      const out = (a + b + counter) | 0;
      counter = (counter + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + out) | 0;
      counts[((out >>> 0) * scale) | 0]! += 1;
    }
  };
  draw(new Float64Array(n).fill(0)); // the first draws still show the seed
  if (n < 16) for (let i = 0; i < 16; i++) draw(new Float64Array(n));
  return draw;
}
