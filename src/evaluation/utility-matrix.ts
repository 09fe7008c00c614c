// The utility of every cell: what the model really did with the query, weighed by the objective.
import type { OutcomeTable } from '../data/outcome-table.js';
import { type Matrix, matrix64 } from '../math/matrix.js';
import { type Objective, utility } from '../math/utility.js';
import { orNull } from './or-null.js';

/** [N×M]; NaN where the quality is missing. An unknown latency or cost counts as in math/utility.ts. */
export function utilityMatrix(table: OutcomeTable, objective: Objective): Matrix<Float64Array> {
  const { rows, cols } = table.quality;
  const out = matrix64(rows, cols);
  for (let at = 0; at < out.data.length; at++) {
    const quality = table.quality.data[at]!;
    out.data[at] = Number.isNaN(quality)
      ? Number.NaN
      : utility(quality, orNull(table.latency.data[at]!), orNull(table.cost.data[at]!), objective);
  }
  return out;
}
