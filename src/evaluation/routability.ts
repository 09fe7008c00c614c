// Can routing pay at all? What the outcomes alone say, before any router is trained.
import type { OutcomeTable } from '../data/outcome-table.js';
import { type Matrix, takeRows } from '../math/matrix.js';
import { LEAST_HEADROOM } from './advice.js';
import { allRows, argMax, columnMeans, rowMaxima, rowMeans, taskLookup, taskOf } from './baselines.js';
import { presentMean } from './choice-metrics.js';
import { type Locality, locality } from './locality.js';
import { orNull } from './or-null.js';
import { poolOrder } from './pool-order.js';

export interface Routability {
  readonly queries: number;
  /** Mean qualities on these very rows (in sample). */
  readonly random: number | null;
  readonly bestSingle: number | null;
  readonly lookup: number | null;
  readonly oracle: number | null;
  /** oracle − best single */
  readonly headroom: number | null;
  /** (lookup − best single)/headroom: what knowing the task is worth. */
  readonly taskShare: number | null;
  /** Queries with exactly one best model; with quality 0 for every model; with the same quality for every model. */
  readonly uniqueBest: number;
  readonly allZero: number;
  readonly allEqual: number;
  /** Share of queries with one, two or three best models. */
  readonly fewBest: number;
  readonly pool: readonly { readonly model: string; readonly oracle: number }[];
  /** By gain per dollar; null without costs. */
  readonly poolPerDollar: readonly { readonly model: string; readonly oracle: number }[] | null;
  /** null without vectors. */
  readonly locality: Locality | null;
  /** One sentence. */
  readonly advice: string;
}

/**
 * @param vectors [N×D] embeddings of the queries, for locality
 * @param rows where `vectors` holds only some: which
 */
export function routability(table: OutcomeTable, vectors: Matrix | null, seed: number, rows?: Int32Array): Routability {
  const { quality, cost, models } = table;
  const tasks = table.queries.map(taskOf);
  const means = columnMeans(quality);
  const best = argMax(means);
  const lookup = taskLookup(quality, tasks, allRows(quality));
  const bestSingle = best < 0 ? Number.NaN : means[best]!;
  const lookupQuality = presentMean(
    tasks.map((task, i) => quality.data[i * quality.cols + lookup.get(task)!] ?? Number.NaN),
  );
  const oracle = presentMean(rowMaxima(quality));
  const headroom = oracle - bestSingle;
  const named = (steps: ReturnType<typeof poolOrder>) =>
    steps.map(({ model, oracle }) => ({ model: models[model]!, oracle }));
  return {
    queries: table.queries.length,
    random: orNull(presentMean(rowMeans(quality))),
    bestSingle: orNull(bestSingle),
    lookup: orNull(lookupQuality),
    oracle: orNull(oracle),
    headroom: orNull(headroom),
    taskShare: headroom > 0 ? orNull((lookupQuality - bestSingle) / headroom) : null,
    ...bestCounts(quality),
    pool: named(poolOrder(quality, null)),
    poolPerDollar: cost.data.some((value) => value > 0) ? named(poolOrder(quality, cost)) : null,
    locality: vectors && locality(vectors, rows ? takeRows(quality, rows) : quality, seed),
    advice: adviceOn(headroom),
  };
}

/** Over rows with at least one cell; a row with one cell has no unique best and is not all equal. */
function bestCounts(quality: Matrix<Float64Array>) {
  const counts = { uniqueBest: 0, allZero: 0, allEqual: 0 };
  let few = 0;
  let rows = 0;
  for (let i = 0, at = 0; i < quality.rows; i++) {
    let [max, best, present] = [Number.NEGATIVE_INFINITY, 0, 0];
    for (let m = 0; m < quality.cols; m++, at++) {
      const value = quality.data[at]!;
      if (Number.isNaN(value)) continue;
      present++;
      if (value === max) best++;
      if (value <= max) continue;
      max = value;
      best = 1;
    }
    if (present === 0) continue;
    rows++;
    if (best === 1 && present > 1) counts.uniqueBest++;
    if (max === 0) counts.allZero++;
    if (best === present && present > 1) counts.allEqual++;
    if (best <= 3) few++;
  }
  return { ...counts, fewBest: rows === 0 ? 0 : few / rows };
}

function adviceOn(headroom: number): string {
  const points = (100 * headroom).toFixed(1);
  if (Number.isNaN(headroom)) return 'No outcome to judge by.';
  return headroom < LEAST_HEADROOM
    ? `Headroom of ${points} points, below 2: routing cannot pay in quality.`
    : `Headroom of ${points} points: a perfect router would gain that much over the best single model.`;
}
