// Per-model means over given rows, and the best single model among them.
import type { ModelStats } from '../../artifacts/manifest.js';
import type { OutcomeTable } from '../../data/outcome-table.js';
import { argMax, columnMeans } from '../../evaluation/baselines.js';
import { orNull } from '../../evaluation/or-null.js';
import { utilityMatrix } from '../../evaluation/utility-matrix.js';
import type { Matrix } from '../../math/matrix.js';
import type { Objective } from '../../math/utility.js';

/** Dollars per million tokens; null = unknown. */
export type Prices = Pick<ModelStats, 'inputPrice' | 'outputPrice'>;

/** Means of the present cells of each model over `rows`; in the order of `table.models`. */
export function modelStats(
  table: OutcomeTable,
  rows: ArrayLike<number>,
  catalogue: ReadonlyMap<string, Prices>,
): ModelStats[] {
  const [quality, latency, cost, outputTokens] = [table.quality, table.latency, table.cost, table.outputTokens].map(
    (column) => columnMeans(column, rows),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array];
  return table.models.map((model, m) => {
    const entry = catalogue.get(model);
    return {
      quality: orNull(quality[m]!) ?? 0,
      latency: orNull(latency[m]!),
      cost: orNull(cost[m]!),
      outputTokens: orNull(outputTokens[m]!),
      inputPrice: entry?.inputPrice ?? null,
      outputPrice: entry?.outputPrice ?? null,
      n: countPresent(table.quality, rows, m),
    };
  });
}

/**
 * Index of the model with the largest mean utility over its present cells of `rows`; ties to the lowest index.
 * @param utilities [N×M] of the table, where they are known already
 */
export function bestSingle(
  table: OutcomeTable,
  rows: ArrayLike<number>,
  objective: Objective,
  utilities: Matrix<Float64Array> = utilityMatrix(table, objective),
): number {
  return argMax(columnMeans(utilities, rows));
}

function countPresent(column: Matrix<Float64Array>, rows: ArrayLike<number>, m: number): number {
  let n = 0;
  for (let r = 0; r < rows.length; r++) if (!Number.isNaN(column.data[rows[r]! * column.cols + m]!)) n++;
  return n;
}
