// The outcome rows as columns: what training and evaluation compute on.
import type { Matrix } from '../math/matrix.js';
import type { OutcomeRow } from './outcome.js';
import { OutcomeColumns } from './outcome-columns.js';
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
  readonly inputTokens: Counts;
  /** [N×M] tokens; NaN = unknown. */
  readonly outputTokens: Counts;
}

/** Whole numbers, which 32 bits hold as they are up to 16,777,216; 64 bits where one of them would be rounded. */
export type Counts = Matrix<Float32Array | Float64Array>;

/** Columns in the order of `models`; a model without a cell in a row is NaN there. Rows keep their order. */
export function outcomeTable(rows: readonly OutcomeRow[], models: readonly string[]): OutcomeTable {
  const columns = new OutcomeColumns(models, () => rows.length);
  for (const row of rows) columns.add(row);
  return columns.take(Int32Array.from(rows.keys()), models);
}
