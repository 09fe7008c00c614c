// What the judged queries know of every model.
import type { OutcomeTable } from '../data/outcome-table.js';
import { columnMeans } from './baselines.js';
import { meanInterval } from './mean-interval.js';
import { orNull } from './or-null.js';
import type { ModelData } from './report.js';

export function modelData({ models, quality, cost, latency }: OutcomeTable): ModelData[] {
  const costs = columnMeans(cost);
  const latencies = columnMeans(latency);
  return models.map((model, m) => {
    const column = new Float64Array(quality.rows);
    for (let i = 0, at = m; i < column.length; i++, at += quality.cols) column[i] = quality.data[at]!;
    const interval = meanInterval(column);
    return {
      model,
      n: interval?.n ?? 0,
      missingShare: 1 - (interval?.n ?? 0) / quality.rows,
      quality: interval?.mean ?? null,
      qualityInterval: interval && { low: interval.low, high: interval.high },
      cost: orNull(costs[m]!),
      latency: orNull(latencies[m]!),
    };
  });
}
