// Inner validation without a held-out part: every training row is judged by the rows of all other groups.
// Rows of equal text are one group, so no row is ever scored with its own outcome under another name.

import { rowsByLabel } from '../math/rows-by-label.js';
import type { Outcomes } from './outcomes.js';
import type { TrainingTable } from './router.js';

export interface LeaveGroupOut {
  /** The rows of row i's group, i among them. */
  groupOf(row: number): readonly number[];
  /** [M] g over the rows of other groups; a model that no other group has a cell of keeps its g. Valid until the next call. */
  priorWithout(row: number): Float64Array;
}

export function leaveGroupOut({ groups }: TrainingTable, { quality, present, prior }: Outcomes): LeaveGroupOut {
  const M = prior.length;
  const rows = rowsByLabel(groups);
  const sums = new Float64Array(M);
  const counts = new Float64Array(M);
  for (let at = 0; at < quality.length; at++) {
    sums[at % M]! += quality[at]!;
    counts[at % M]! += present[at]!;
  }
  const without = new Float64Array(M);
  const groupOf = (row: number) => rows.get(groups[row]!)!;
  return {
    groupOf,
    priorWithout(row) {
      for (let m = 0; m < M; m++) {
        let sum = sums[m]!;
        let count = counts[m]!;
        for (const i of groupOf(row)) {
          sum -= quality[i * M + m]!;
          count -= present[i * M + m]!;
        }
        without[m] = count > 0 ? sum / count : prior[m]!;
      }
      return without;
    },
  };
}
