// How long answers take: percentiles of the recorded milliseconds, of every model and of what routers chose.
import type { OutcomeTable } from '../data/outcome-table.js';
import { orderStatistics } from '../math/order-statistics.js';
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
  const values = new Float64Array(quality.rows); // used again for every row of the report
  const known = (of: (i: number) => number) => {
    let n = 0;
    for (let i = 0; i < quality.rows; i++) {
      const m = of(i);
      const value = m < 0 || Number.isNaN(quality.data[i * M + m]) ? Number.NaN : latency.data[i * M + m]!;
      if (!Number.isNaN(value)) values[n++] = value;
    }
    return values.subarray(0, n);
  };
  const row = (name: string, of: (i: number) => number) => {
    const present = known(of);
    return present.length > 0 ? [latencyRow(name, present)] : [];
  };
  const report = {
    models: models.flatMap((model, m) => row(model, () => m)),
    arms: arms.flatMap(({ name, choices }) => (choices ? row(name, (i) => choices[i]!) : [])),
  };
  return report.models.length > 0 ? report : null;
}

/** @param values reordered */
export function latencyRow(name: string, values: Float64Array): LatencyRow {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  const ranks = [50, 95, 99].map((p) => Math.max(0, Math.ceil((p / 100) * values.length) - 1));
  const [p50, p95, p99] = orderStatistics(values, ranks);
  return { name, n: values.length, mean: sum / values.length, p50: p50!, p95: p95!, p99: p99! };
}
