// Scores of rows of a table as somebody would get them who weighs what the objective weighs: so all routers are comparable.
import type { OutcomeTable } from '../../data/outcome-table.js';
import { type Matrix, takeRows } from '../../math/matrix.js';
import type { ObjectiveWeights } from '../../math/utility.js';
import type { Askers } from '../../routers/people.js';
import type { FittedRouter } from '../../routers/router.js';

/** [rows×M] */
export function scoreRows(
  fitted: FittedRouter,
  { table, features }: { readonly table: OutcomeTable; readonly features: Matrix },
  rows: Int32Array,
  objective: ObjectiveWeights,
): Promise<Matrix> {
  return fitted.score({
    features: takeRows(features, rows),
    askers: objectiveAsker(objective, rows.length),
    taskNames: Array.from(rows, (row) => table.queries[row]!.taskName),
  });
}

/** One person without a past asks all queries. */
export function objectiveAsker({ quality, latency, cost }: ObjectiveWeights, queries: number): Askers {
  return {
    people: [{ id: '', weights: { quality, latency, cost }, history: null }],
    asker: new Int32Array(queries),
  };
}
