// Per-model means over given rows, and the best single model among them.
import type { ModelStats } from '../../artifacts/manifest.js';
import type { OutcomeTable } from '../../data/outcome-table.js';
import type { Matrix } from '../../math/matrix.js';
import { type Objective, utility } from '../../math/utility.js';

/** Dollars per million tokens; null = unknown. */
export type Prices = Pick<ModelStats, 'inputPrice' | 'outputPrice'>;

/** Means of the present cells of each model over `rows`; in the order of `table.models`. */
export function modelStats(
  table: OutcomeTable,
  rows: ArrayLike<number>,
  catalogue: ReadonlyMap<string, Prices>,
): ModelStats[] {
  return table.models.map((model, m) => {
    const entry = catalogue.get(model);
    return {
      quality: columnMean(table.quality, rows, m) ?? 0,
      latency: columnMean(table.latency, rows, m),
      cost: columnMean(table.cost, rows, m),
      outputTokens: columnMean(table.outputTokens, rows, m),
      inputPrice: entry?.inputPrice ?? null,
      outputPrice: entry?.outputPrice ?? null,
      n: countPresent(table.quality, rows, m),
    };
  });
}

/** Index of the model with the largest mean utility over its present cells of `rows`; ties to the lowest index. */
export function bestSingle(table: OutcomeTable, rows: ArrayLike<number>, objective: Objective): number {
  let best = 0;
  let bestMean = Number.NEGATIVE_INFINITY;
  for (let m = 0; m < table.models.length; m++) {
    let sum = 0;
    let n = 0;
    for (let r = 0; r < rows.length; r++) {
      const value = cellUtility(table, rows[r]!, m, objective);
      if (Number.isNaN(value)) continue;
      sum += value;
      n++;
    }
    if (n > 0 && sum / n > bestMean + 1e-12) {
      bestMean = sum / n;
      best = m;
    }
  }
  return best;
}

/** Utility of what the model really did with the query; NaN for a missing cell. */
export function cellUtility(table: OutcomeTable, row: number, m: number, objective: Objective): number {
  const at = row * table.models.length + m;
  const quality = table.quality.data[at]!;
  if (Number.isNaN(quality)) return Number.NaN;
  return utility(quality, known(table.latency.data[at]!), known(table.cost.data[at]!), objective);
}

function columnMean(column: Matrix<Float64Array>, rows: ArrayLike<number>, m: number): number | null {
  let sum = 0;
  let n = 0;
  for (let r = 0; r < rows.length; r++) {
    const value = column.data[rows[r]! * column.cols + m]!;
    if (Number.isNaN(value)) continue;
    sum += value;
    n++;
  }
  return n === 0 ? null : sum / n;
}

function countPresent(column: Matrix<Float64Array>, rows: ArrayLike<number>, m: number): number {
  let n = 0;
  for (let r = 0; r < rows.length; r++) if (!Number.isNaN(column.data[rows[r]! * column.cols + m]!)) n++;
  return n;
}

function known(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
