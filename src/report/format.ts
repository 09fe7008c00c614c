// Numbers as the report prints them; a dash where a number is unknown.

export const UNKNOWN = '–';

type Known = number | null | undefined;

interface Bounds {
  readonly low: number;
  readonly high: number;
}

/** 0.6513 → "0.651" */
export function share(value: Known): string {
  return value == null ? UNKNOWN : value.toFixed(3);
}

/** "0.651 [0.640, 0.662]" */
export function shareWithInterval(value: Known, interval: Bounds | null): string {
  return interval ? `${share(value)} [${share(interval.low)}, ${share(interval.high)}]` : share(value);
}

/** 0.0302 → "+3.0": a difference in points of 100; never "-0.0". */
export function points(difference: number): string {
  const text = (100 * difference).toFixed(1);
  if (Number(text) === 0) return '0.0';
  return difference > 0 ? `+${text}` : text;
}

/** "+3.0 [+2.2, +3.8]" */
export function pointsWithInterval(estimate: (Bounds & { readonly delta: number }) | null): string {
  return estimate ? `${points(estimate.delta)} [${points(estimate.low)}, ${points(estimate.high)}]` : UNKNOWN;
}

/** 0.415 → "42 %" */
export function percent(value: Known, decimals = 0): string {
  return value == null ? UNKNOWN : `${(100 * value).toFixed(decimals)} %`;
}

/** Dollars per query → per 1,000 queries, three digits. */
export function perThousand(dollars: Known): string {
  if (dollars == null) return UNKNOWN;
  const amount = 1000 * dollars;
  return amount >= 1000 || amount === 0 ? amount.toFixed(0) : amount.toPrecision(3);
}

export function count(n: number): string {
  return n.toLocaleString('en-US');
}

/** "1 query", "2 queries" */
export function counted(n: number, one: string, many: string): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** Bytes as "4.4 MB", below a million as "12 kB". */
export function fileSize(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** 0.0001 → "<.001" as papers do, else three decimals. */
export function pValue(p: Known): string {
  if (p == null) return UNKNOWN;
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

/** What differences are in: utility, or quality where it alone counts. */
export function objectiveName({
  method,
}: {
  readonly method: { readonly objective: { readonly quality: number } };
}): string {
  return method.objective.quality < 1 ? 'utility' : 'quality';
}
