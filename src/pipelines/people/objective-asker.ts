// Scores of rows of a table as somebody would get them who weighs what the objective weighs: so all routers are comparable.
import type { OutcomeTable } from '../../data/outcome-table.js';
import { type Matrix, takeRows } from '../../math/matrix.js';
import type { ObjectiveWeights } from '../../math/utility.js';
import type { Askers } from '../../routers/people.js';
import type { FittedRouter, Images } from '../../routers/router.js';

/** [rows×M] */
export function scoreRows(
  fitted: FittedRouter,
  data: { readonly table: OutcomeTable; readonly features: Matrix; readonly images?: Images | undefined },
  rows: Int32Array,
  objective: ObjectiveWeights,
): Promise<Matrix> {
  const { table, features, images } = data;
  return fitted.score({
    features: takeRows(features, rows),
    askers: objectiveAsker(objective, rows.length),
    taskNames: Array.from(rows, (row) => table.queries[row]!.taskName),
    ...(images && { images: takeImages(images, rows) }),
  });
}

export function takeImages({ features, present }: Images, rows: Int32Array): Images {
  return { features: takeRows(features, rows), present: Uint8Array.from(rows, (row) => present[row]!) };
}

/** One person without a past asks all queries. */
export function objectiveAsker({ quality, latency, cost }: ObjectiveWeights, queries: number): Askers {
  return {
    people: [{ id: '', weights: { quality, latency, cost }, history: null }],
    asker: new Int32Array(queries),
  };
}
