// The outcome rows as columns: what training and evaluation compute on.
import { type Matrix, matrix64 } from '../math/matrix.js';
import type { OutcomeRow } from './outcome.js';
import type { Query } from './query.js';

/** N queries × M models. In every matrix NaN marks a missing or unknown value. */
export interface OutcomeTable {
  readonly models: readonly string[];
  readonly queries: readonly Query[];
  /** [N×M] quality in [0, 1]; NaN = missing cell. */
  readonly quality: Matrix<Float64Array>;
  /** [N×M] milliseconds; NaN = unknown. */
  readonly latency: Matrix<Float64Array>;
  /** [N×M] US dollars; NaN = unknown. */
  readonly cost: Matrix<Float64Array>;
  /** [N×M] tokens; NaN = unknown. */
  readonly inputTokens: Matrix<Float64Array>;
  /** [N×M] tokens; NaN = unknown. */
  readonly outputTokens: Matrix<Float64Array>;
}

/** Columns in the order of `models`; a model without a cell in a row is NaN there. Rows keep their order. */
export function outcomeTable(rows: readonly OutcomeRow[], models: readonly string[]): OutcomeTable {
  const column = () =>
    matrix64(rows.length, models.length, new Float64Array(rows.length * models.length).fill(Number.NaN));
  const table = {
    models,
    queries: rows.map((row) => row.query),
    quality: column(),
    latency: column(),
    cost: column(),
    inputTokens: column(),
    outputTokens: column(),
  };
  rows.forEach((row, i) => {
    models.forEach((model, m) => {
      const cell = row.outcomes[model];
      if (!cell) return;
      const at = i * models.length + m;
      table.quality.data[at] = cell.quality ?? Number.NaN;
      table.latency.data[at] = cell.latency ?? Number.NaN;
      table.cost.data[at] = cell.cost ?? Number.NaN;
      table.inputTokens.data[at] = cell.inputTokens ?? Number.NaN;
      table.outputTokens.data[at] = cell.outputTokens ?? Number.NaN;
    });
  });
  return table;
}
