// What the baselines choose for every judged query, learned on train alone or, with folds, on the other folds.
import type { OutcomeTable } from '../data/outcome-table.js';
import type { Matrix } from '../math/matrix.js';
import type { Mixture } from './arm.js';
import { allRows, argMax, argMin, columnMeans, taskLookup, taskOf } from './baselines.js';
import { presentMean } from './choice-metrics.js';
import { mixtureAtCost, nonDecreasingHull } from './cost-curve.js';

/** Rows of `table` that may be learned from, and the judged rows that this serves. */
export interface LearningPart {
  readonly table: OutcomeTable;
  /** Utilities of `table` [N×M]. */
  readonly utilities: Matrix<Float64Array>;
  readonly learn: Int32Array;
  /** Row numbers of the judged table. */
  readonly judge: Int32Array;
}

/** Model index per judged query; -1 = none. */
export interface LearnedChoices {
  readonly bestSingle: Int32Array;
  readonly bestSingleByQuality: Int32Array;
  readonly cheapest: Int32Array;
  readonly fastest: Int32Array;
  readonly lookup: Int32Array;
  readonly lookupByQuality: Int32Array;
}

/** One part for a plain train/test pair; one part a fold where the judged rows carry folds. */
export function learningParts(
  train: { readonly table: OutcomeTable; readonly utilities: Matrix<Float64Array> },
  judgedRows: number,
  folds: Int32Array | undefined,
): LearningPart[] {
  if (!folds) return [{ ...train, learn: allRows(train.table.quality), judge: allRows({ rows: judgedRows }) }];
  const rows = allRows({ rows: judgedRows });
  return [...new Set(folds)].map((fold) => ({
    ...train,
    learn: rows.filter((i) => folds[i] !== fold),
    judge: rows.filter((i) => folds[i] === fold),
  }));
}

export function learnedChoices(parts: readonly LearningPart[], judged: OutcomeTable): LearnedChoices {
  const empty = () => new Int32Array(judged.queries.length).fill(-1);
  const choices = {
    bestSingle: empty(),
    bestSingleByQuality: empty(),
    cheapest: empty(),
    fastest: empty(),
    lookup: empty(),
    lookupByQuality: empty(),
  };
  for (const { table, utilities, learn, judge } of parts) {
    const tasks = table.queries.map(taskOf);
    const best = argMax(columnMeans(utilities, learn));
    const bestByQuality = argMax(columnMeans(table.quality, learn));
    const cheapest = argMin(columnMeans(table.cost, learn));
    const fastest = argMin(columnMeans(table.latency, learn));
    const byTask = taskLookup(utilities, tasks, learn);
    const byTaskQuality = taskLookup(table.quality, tasks, learn);
    for (const i of judge) {
      const task = taskOf(judged.queries[i]!);
      choices.bestSingle[i] = best;
      choices.bestSingleByQuality[i] = bestByQuality;
      choices.cheapest[i] = cheapest;
      choices.fastest[i] = fastest;
      choices.lookup[i] = seen(byTask.get(task), best);
      choices.lookupByQuality[i] = seen(byTaskQuality.get(task), bestByQuality);
    }
  }
  return choices;
}

/**
 * The zero router: single models mixed at random along the hull of train, so that the mixture costs on the judged queries
 * what the router spent there; one mixture a learning part. null where costs are unknown.
 * @param spent [N] dollars of the router; NaN = unknown
 */
export function zeroRouterMixture(
  parts: readonly LearningPart[],
  judged: OutcomeTable,
  spent: Float64Array,
): Mixture | null {
  const part = new Int32Array(judged.queries.length);
  const weights: Float64Array[] = [];
  for (const [number, { table, learn, judge }] of parts.entries()) {
    const hull = learnedHull(table, learn);
    const cost = presentMean(Float64Array.from(judge, (i) => spent[i]!));
    const mixture = mixtureAtCost(hull, columnMeans(judged.cost, judge), cost);
    if (hull.length === 0 || mixture.some(Number.isNaN)) return null;
    weights.push(mixture);
    for (const i of judge) part[i] = number;
  }
  return { part, weights };
}

/** Models in the order of the hull of their mean cost and quality, found once for the rows of a part. */
function learnedHull(table: OutcomeTable, learn: Int32Array): readonly number[] {
  const known = hulls.get(learn);
  if (known) return known;
  const quality = columnMeans(table.quality, learn);
  const points = Array.from(columnMeans(table.cost, learn), (cost, model) => ({
    model,
    cost,
    quality: quality[model]!,
  }));
  const hull = nonDecreasingHull(points).map(({ model }) => model);
  hulls.set(learn, hull);
  return hull;
}

/** By the rows of a part, which belong to one table. */
const hulls = new WeakMap<Int32Array, readonly number[]>();

/** An unseen task, or one without a single cell on train, falls back to the best single model. */
function seen(model: number | undefined, best: number): number {
  return model === undefined || model < 0 ? best : model;
}
