// Out-of-fold scores: every row scored by routers that never saw its fold, the router chosen inside each fold.

import type { VsrConfig } from '../../config/schema.js';
import { contentText } from '../../data/content-text.js';
import { assignFolds } from '../../data/splits.js';
import { throwIfAborted } from '../../errors/vsr-error.js';
import { type Matrix, matrix, rowOf } from '../../math/matrix.js';
import type { DecisionPolicy } from '../../routers/decide.js';
import { loadRouter } from '../../routers/registry.js';
import type { PipelineContext } from '../context.js';
import { type PolicyOptions, policyFrom } from '../learning/learned-policy.js';
import { thresholdPlan, tunedThresholds, type UnseenScores } from '../learning/tuned-thresholds.js';
import { scoreRows } from '../people/objective-asker.js';
import { decidingPolicy } from '../trained/decision-basis.js';
import { calibrationOf } from './calibrate.js';
import { earned, type FitRun, fitRouter, type LearningData, type RouterRequest } from './fit-routers.js';
import { type Tuning, tuneRouter } from './tune.js';

export interface OutOfFold {
  /** Row numbers of the table that were folded. */
  readonly rows: Int32Array;
  /** [rows] fold of each. */
  readonly fold: Int32Array;
  /** Per router [rows × M]. */
  readonly scores: Readonly<Record<string, Matrix>>;
  /** [folds] name of the router that was best on that fold's own validation rows. */
  readonly selected: readonly string[];
}

export interface FoldOptions extends PolicyOptions {
  readonly folds: number;
  readonly seed: number;
  readonly training: FitRun['training'];
  readonly checkpoints: FitRun['checkpoints'];
  readonly tuning: Tuning;
  /** What is learned from where that depends on the learning rows; default: the data as given. */
  readonly learningFrom?: ((learn: Int32Array, stage: string) => Promise<LearningData>) | undefined;
  /** How routers are calibrated, and what thresholds are tuned for. */
  readonly config: VsrConfig;
  /** Share of a fold's learning rows held out to choose the router. */
  readonly validationShare: number;
}

/**
 * The whole training procedure, once a fold: tune and learn on the other folds less a validation part, choose the router
 * on that part, score the fold. So the pooled choices are those of a procedure that never saw the row.
 */
export async function outOfFold(
  requests: readonly RouterRequest[],
  data: LearningData,
  rows: Int32Array,
  options: FoldOptions,
  context: PipelineContext,
): Promise<OutOfFold> {
  const fold = assignFolds(textsOf(data, rows), options.folds, options.seed);
  const models = data.table.models.length;
  const scores = Object.fromEntries(requests.map(({ name }) => [name, matrix(rows.length, models)]));
  const selected: string[] = [];
  for (let f = 0; f < options.folds; f++) {
    throwIfAborted(context.signal);
    const inside = rows.filter((_, i) => fold[i] !== f);
    const held = Int32Array.from(fold.keys()).filter((i) => fold[i] === f);
    const { learn, validate } = holdOut(data, inside, options, f);
    const policy = policyFrom(data.table, learn, options);
    const own = (await options.learningFrom?.(learn, `fold ${f + 1} of ${options.folds}`)) ?? data;
    let best = { name: requests[0]!.name, utility: Number.NEGATIVE_INFINITY };
    for (const request of requests) {
      const stage = `fold ${f + 1} of ${options.folds}: ${request.name}`;
      const run = { ...options, stage };
      const tuned = await tuneRouter(request, own, learn, run, context);
      const { fitted } = await fitRouter(tuned.request, own, learn, run, context);
      const score = (some: Int32Array) => scoreRows(fitted, own, some, options.objective);
      const outside = await score(Int32Array.from(held, (i) => rows[i]!));
      held.forEach((i, h) => {
        scores[request.name]!.data.set(rowOf(outside, h), i * models);
      });
      const judged = { table: data.table, rows: validate, scores: await score(validate), scale: fitted.scale };
      const deciding = await decidingOn(judged, request.name, policy, options.config);
      const { utility } = earned(data.table, validate, judged.scores, deciding);
      if (utility > best.utility) best = { name: request.name, utility };
    }
    selected.push(best.name);
  }
  return { rows, fold, scores, selected };
}

/** As training would let the router decide, by what these rows tell. */
async function decidingOn(
  unseen: UnseenScores,
  name: string,
  policy: Omit<DecisionPolicy, 'scale'>,
  config: VsrConfig,
): Promise<DecisionPolicy> {
  const { table, rows, scores, scale } = unseen;
  const plan = thresholdPlan(config, scale, (await loadRouter(name)).decidesByThresholds, table);
  const calibration = plan && calibrationOf(table, rows, scores, scale, config.train.calibrate);
  const thresholds = tunedThresholds(plan, unseen, policy, calibration?.method);
  return decidingPolicy(policy, { scale, ...(calibration && { calibration }), ...(thresholds && { thresholds }) });
}

function holdOut(
  data: LearningData,
  rows: Int32Array,
  { validationShare, seed }: FoldOptions,
  fold: number,
): { learn: Int32Array; validate: Int32Array } {
  const texts = textsOf(data, rows);
  const groups = new Set(Array.from(rows, (row) => data.groups[row])).size;
  const parts = Math.min(Math.max(2, Math.round(1 / validationShare)), groups);
  if (parts < 2) return { learn: rows, validate: new Int32Array() };
  const part = assignFolds(texts, parts, seed + 1 + fold);
  return { learn: rows.filter((_, i) => part[i] !== 0), validate: rows.filter((_, i) => part[i] === 0) };
}

function textsOf(data: LearningData, rows: Int32Array): string[] {
  return Array.from(rows, (row) => data.units?.[row] ?? contentText(data.table.queries[row]!));
}
