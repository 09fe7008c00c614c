// A mean of qualities with its 95 % interval: Wilson for right/wrong, the normal one for fractions.

export interface MeanWithInterval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly n: number;
}

const Z = 1.959963984540054;

/** Values that are NaN are left out; null if none is left. Bounds stay in [0, 1]. */
export function meanInterval(values: Iterable<number>): MeanWithInterval | null {
  let n = 0;
  let sum = 0;
  let squares = 0;
  let binary = true;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    n++;
    sum += value;
    squares += value * value;
    binary &&= value === 0 || value === 1;
  }
  if (n === 0) return null;
  const mean = sum / n;
  if (binary) return { mean, n, ...wilson(mean, n) };
  const deviation = Math.sqrt(Math.max(0, squares - n * mean * mean) / Math.max(1, n - 1));
  const half = (Z * deviation) / Math.sqrt(n);
  return { mean, n, low: Math.max(0, mean - half), high: Math.min(1, mean + half) };
}

/** Wilson's score interval of a share of n (J. Am. Stat. Assoc. 22, 1927). */
function wilson(share: number, n: number): { low: number; high: number } {
  const centre = share + (Z * Z) / (2 * n);
  const half = Z * Math.sqrt((share * (1 - share)) / n + (Z * Z) / (4 * n * n));
  const scale = 1 + (Z * Z) / n;
  return { low: Math.max(0, (centre - half) / scale), high: Math.min(1, (centre + half) / scale) };
}
