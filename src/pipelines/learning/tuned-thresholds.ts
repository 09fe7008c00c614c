// Thresholds for the routers that decide by them, tuned to a goal on rows that they did not learn from.
import type { RouterEntry, TunedThresholds } from '../../artifacts/manifest.js';
import type { VsrConfig } from '../../config/schema.js';
import { contentText } from '../../data/content-text.js';
import type { OutcomeTable } from '../../data/outcome-table.js';
import { assignFolds } from '../../data/splits.js';
import { VsrError } from '../../errors/vsr-error.js';
import { argMax, columnMeans } from '../../evaluation/baselines.js';
import { type Matrix, matrix, matrix64, takeRows } from '../../math/matrix.js';
import { type DecisionPolicy, expectedQualities } from '../../routers/decide.js';
import { expectedCost, maskReason } from '../../routers/decide-masks.js';
import type { Scale } from '../../routers/router.js';
import {
  type Goal,
  type ThresholdRows,
  type ThresholdSetting,
  thresholdSettings,
  tuneThresholds,
} from '../../routers/tune-thresholds.js';
import { rowFacts } from '../train/fit-routers.js';
import { crossCalibrated } from './calibrated-scores.js';

/** What thresholds are tuned for; undefined: the router decides by utility. */
export type ThresholdPlan = Pick<TunedThresholds, 'mode' | 'target'> | undefined;

/** Rows that a router scored without having learned from them. */
export interface UnseenScores {
  readonly table: OutcomeTable;
  readonly rows: Int32Array;
  /** [rows×M] */
  readonly scores: Matrix;
  readonly scale: Scale;
  /** [rows] whoever is calibrated on one fold is compared on the others; default five folds by text. */
  readonly fold?: Int32Array;
  /** [rows×M] where they are known to be calibrated already. */
  readonly chance?: Matrix | undefined;
}

type Policy = Omit<DecisionPolicy, 'scale'>;
type Method = NonNullable<RouterEntry['calibration']>['method'];

const FOLDS = 5;

/**
 * @param usual the router decides by thresholds unless the configuration says otherwise
 * Throws `VSR_CONFIG` where thresholds are asked for and no cost is known.
 */
export function thresholdPlan(
  { objective: { thresholds } }: Pick<VsrConfig, 'objective'>,
  scale: Scale,
  usual: boolean,
  table: OutcomeTable,
): ThresholdPlan {
  const { mode, quality, margin, budget } = thresholds;
  const isGoal = quality !== undefined || budget !== undefined;
  if (mode === 'off' || scale !== 'quality' || (mode === 'auto' && !usual)) return undefined;
  if (!table.cost.data.some((dollars) => !Number.isNaN(dollars))) {
    if (mode === 'auto' && !isGoal) return undefined;
    throw new VsrError('VSR_CONFIG', 'Thresholds find the cheapest model that is good enough, and no cost is known.', {
      hint: 'Add prices (data.models), or set objective.thresholds.mode: off.',
    });
  }
  const target = budget === undefined ? { quality: quality ?? ('best_single' as const), margin } : { budget };
  return { mode: mode === 'auto' ? 'shared' : mode, target };
}

/** undefined where nothing is planned, or there is no row to tune on. */
export function tunedThresholds(
  plan: ThresholdPlan,
  unseen: UnseenScores,
  policy: Policy,
  method: Method | undefined,
): TunedThresholds | undefined {
  if (!plan || unseen.rows.length === 0) return undefined;
  const rows = thresholdRows(unseen, policy, method);
  const goal = goalOf(plan.target, unseen, policy);
  const tuned = tuneThresholds(rows, plan.mode, goal);
  if (!tuned) return undefined;
  return {
    ...plan,
    goal,
    point: tuned.point,
    reached: tuned.reached,
    n: unseen.rows.length,
    outOfFold: unseen.fold !== undefined,
    models: tuned.thresholds,
  };
}

/** What decisions see of the rows; calibrated by the other folds, as a query to come is calibrated by other queries. */
export function thresholdRows(unseen: UnseenScores, policy: Policy, method: Method | undefined): ThresholdRows {
  const { table, rows, scores, scale } = unseen;
  const M = table.models.length;
  const expected = matrix(rows.length, M);
  const costs = matrix64(rows.length, M);
  const eligible = new Uint8Array(rows.length * M);
  rows.forEach((row, i) => {
    expected.data.set(expectedQualities(scores.data.subarray(i * M, (i + 1) * M), scale), i * M);
    const facts = rowFacts(table, row);
    for (let m = 0; m < M; m++) {
      costs.data[i * M + m] = expectedCost(policy.stats[m]!, facts.inputTokens) ?? Number.NaN;
      eligible[i * M + m] = maskReason(m, facts, policy) ? 0 : 1;
    }
  });
  const fold = unseen.fold ?? foldsOf(unseen);
  return {
    models: table.models,
    chance: unseen.chance ?? (method && fold ? crossCalibrated(expected, table, rows, fold, method) : expected),
    expected: costs,
    eligible,
    quality: takeRows(table.quality, rows),
    cost: takeRows(table.cost, rows),
  };
}

/** Settings shown of a curve. */
const SHOWN = 41;

/** The whole trade of cost for quality that thresholds offer on these rows: at most 41 settings, the ends among them. */
export function thresholdCurve(rows: ThresholdRows, mode: TunedThresholds['mode']): ThresholdSetting[] {
  const all = thresholdSettings(rows, mode);
  if (all.length <= SHOWN) return all;
  return Array.from({ length: SHOWN }, (_, k) => all[Math.round((k * (all.length - 1)) / (SHOWN - 1))]!);
}

function goalOf(target: TunedThresholds['target'], { table, rows }: UnseenScores, { stats }: Policy): Goal {
  if ('budget' in target) return target;
  const { quality, margin } = target;
  if (quality !== 'best_single') return { quality: quality - margin };
  const best = argMax(Float64Array.from(stats, (one) => (one.n > 0 ? one.quality : Number.NaN)));
  return { quality: columnMeans(table.quality, rows)[best]! - margin };
}

/** undefined where the rows are too few to be parted. */
function foldsOf({ table, rows }: UnseenScores): Int32Array | undefined {
  const texts = Array.from(rows, (row) => contentText(table.queries[row]!));
  const folds = Math.min(FOLDS, new Set(texts).size);
  return folds < 2 || rows.length < 2 * FOLDS ? undefined : assignFolds(texts, folds, 1);
}
