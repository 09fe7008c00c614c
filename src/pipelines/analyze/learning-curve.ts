// What simple routing chooses after learning from a quarter, a half and all of the rows: cheap enough for every report.

import type { OutcomeTable } from '../../data/outcome-table.js';
import { uniformHash } from '../../data/splits.js';
import { taskLookup, taskOf } from '../../evaluation/baselines.js';
import type { CurveChoices } from '../../evaluation/learning-curve.js';
import { utilityMatrix } from '../../evaluation/utility-matrix.js';
import { type Matrix, rowOf, takeRows } from '../../math/matrix.js';
import type { Objective } from '../../math/utility.js';
import type { PipelineContext } from '../context.js';
import { policyFrom } from '../learning/learned-policy.js';
import type { OutcomeData } from '../learning/outcome-data.js';
import { choose, fitRouter } from '../train/fit-routers.js';

const SHARES = [0.25, 0.5, 1];
const NEIGHBOURS = 40;

export interface CurveParts {
  /** Rows of the table learned from, and judged by what was learned there. */
  readonly parts: readonly { readonly learn: Int32Array; readonly judge: Int32Array }[];
  /** All judged rows, in the order of the choices. */
  readonly judged: Int32Array;
  /** [N×D] of the whole table; null: no neighbours. */
  readonly vectors: Matrix | null;
  /** Ascending: the rows that have a vector; default all. Neighbours are looked for among these, for these. */
  readonly embedded?: Int32Array;
  readonly objective: Objective;
  readonly seed: number;
}

export async function curveChoices(
  data: OutcomeData,
  parts: CurveParts,
  context: PipelineContext,
): Promise<CurveChoices[]> {
  const { queries } = data.table;
  // by a hash of the text, so that a larger share holds the smaller one
  const drawOf = new Float64Array(queries.length).fill(Number.NaN);
  for (const { learn } of parts.parts) {
    for (const row of learn) {
      if (Number.isNaN(drawOf[row])) drawOf[row] = uniformHash(queries[row]!.query, parts.seed + 1);
    }
  }
  const utilities = utilityMatrix(data.table, parts.objective);
  const steps: CurveChoices[] = [];
  for (const share of SHARES) {
    const drawn = (row: number) => drawOf[row]! < share;
    steps.push(await stepOf({ share, drawn, utilities }, data, parts, context));
  }
  return steps;
}

interface Share {
  readonly share: number;
  readonly drawn: (row: number) => boolean;
  /** [N×M] of the whole table. */
  readonly utilities: Matrix<Float64Array>;
}

/** Learns from a share of the rows. */
async function stepOf(
  { share, drawn, utilities }: Share,
  { table, catalogue, groups }: OutcomeData,
  { parts, judged, vectors, embedded, objective, seed }: CurveParts,
  context: PipelineContext,
): Promise<CurveChoices> {
  const placeOf = new Map(Array.from(judged, (row, at) => [row, at]));
  const empty = () => new Int32Array(judged.length).fill(-1);
  const choices = { bestSingle: empty(), lookup: empty(), knn: (vectors && empty()) as Int32Array | null };
  const tasks = table.queries.map(taskOf);
  const hasVector = embedded && new Uint8Array(table.queries.length);
  for (const row of embedded ?? []) hasVector![row] = 1;
  const near = (rows: Int32Array) => (hasVector ? rows.filter((row) => hasVector[row] === 1) : rows);
  let learned = 0;
  for (const [f, { learn: all, judge }] of parts.entries()) {
    const learn = all.filter(drawn);
    if (learn.length === 0) continue;
    learned += learn.length;
    const policy = policyFrom(table, learn, { objective, catalogue, utilities });
    const best = table.models.indexOf(policy.fallback);
    const byTask = taskLookup(utilities, tasks, learn);
    for (const row of judge) {
      const known = byTask.get(tasks[row]!) ?? -1;
      choices.bestSingle[placeOf.get(row)!] = best;
      choices.lookup[placeOf.get(row)!] = known < 0 ? best : known;
    }
    const [among, asked] = [near(learn), near(judge)];
    if (!everyModelAnswered(table, among)) choices.knn = null; // nearest queries cannot be fitted then
    if (!vectors || !choices.knn) continue;
    const stage = `neighbours at ${100 * share} %${parts.length > 1 ? `, fold ${f + 1}` : ''}`;
    const params = { k: Math.max(1, Math.min(NEIGHBOURS, Math.floor(Math.sqrt(among.length)))) };
    const learning = { table, features: vectors, groups };
    const { fitted } = await fitRouter({ name: 'knn', params }, learning, among, { seed, stage }, context);
    const scores = await fitted.score({ features: takeRows(vectors, asked) });
    asked.forEach((row, h) => {
      choices.knn![placeOf.get(row)!] = choose(table, row, rowOf(scores, h), { ...policy, scale: fitted.scale });
    });
  }
  return { share, learned: Math.round(learned / parts.length), ...choices };
}

function everyModelAnswered({ models, quality }: OutcomeTable, rows: Int32Array): boolean {
  return models.every((_, m) => rows.some((row) => !Number.isNaN(quality.data[row * models.length + m])));
}
