// NaN is how columns say "unknown"; reports say null.

export function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
