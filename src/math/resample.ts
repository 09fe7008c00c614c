// Bootstrap draws: how often each of n items is drawn in one resample of n items with replacement.

/** Fills `counts` [n] with one resample; the counts add up to n. */
export type DrawCounts = (counts: Float64Array) => void;

/**
 * Endless resamples of `n` items, the same for the same seed. The generator (sfc32) is written out here because a
 * bootstrap draws tens of millions of numbers, for which a call each is too slow.
 */
export function seededResamples(seed: number, n: number): DrawCounts {
  const scale = n / 2 ** 32;
  const state = Int32Array.of(seed, 0x9e3779b9, 0x243f6a88, 1);
  const draw: DrawCounts = (counts) => {
    counts.fill(0);
    let [a, b, c, counter] = state as unknown as [number, number, number, number];
    for (let i = 0; i < n; i++) {
      const out = (a + b + counter) | 0;
      counter = (counter + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + out) | 0;
      counts[((out >>> 0) * scale) | 0]! += 1;
    }
    state.set([a, b, c, counter]);
  };
  // the first dozen numbers still show the seed
  const unused = new Float64Array(n);
  for (let drawn = 0; drawn < 16; drawn += Math.max(1, n)) draw(unused);
  return draw;
}
