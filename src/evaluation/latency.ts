// How long answers take: percentiles of the recorded milliseconds, of every model and of what routers chose.
import type { OutcomeTable } from '../data/outcome-table.js';
import type { Arm } from './arm.js';

/** Milliseconds; percentiles by nearest rank. */
export interface LatencyRow {
  readonly name: string;
  /** Answers whose latency is known. */
  readonly n: number;
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export interface LatencyReport {
  readonly models: readonly LatencyRow[];
  /** The best single model and the routers, by the cells that they chose. */
  readonly arms: readonly LatencyRow[];
}

/** null where no latency is known. */
export function latencyReport({ latency, quality, models }: OutcomeTable, arms: readonly Arm[]): LatencyReport | null {
  const M = models.length;
  const known = (of: (i: number) => number) => {
    const values = new Float64Array(quality.rows);
    let n = 0;
    for (let i = 0; i < quality.rows; i++) {
      const m = of(i);
      const value = m < 0 || Number.isNaN(quality.data[i * M + m]) ? Number.NaN : latency.data[i * M + m]!;
      if (!Number.isNaN(value)) values[n++] = value;
    }
    return values.subarray(0, n);
  };
  const rows = (named: readonly (readonly [string, Float64Array])[]) =>
    named.flatMap(([name, values]) => (values.length > 0 ? [latencyRow(name, values)] : []));
  const report = {
    models: rows(models.map((model, m) => [model, known(() => m)])),
    arms: rows(arms.flatMap(({ name, choices }) => (choices ? [[name, known((i) => choices[i]!)] as const] : []))),
  };
  return report.models.length > 0 ? report : null;
}

/** @param values sorted in place */
export function latencyRow(name: string, values: Float64Array): LatencyRow {
  values.sort();
  let sum = 0;
  for (const value of values) sum += value;
  const rank = (p: number) => values[Math.max(0, Math.ceil((p / 100) * values.length) - 1)]!;
  return { name, n: values.length, mean: sum / values.length, p50: rank(50), p95: rank(95), p99: rank(99) };
}
