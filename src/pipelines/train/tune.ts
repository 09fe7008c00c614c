// --tune: random search for a router's parameters, by cross-validation inside the rows it may learn from.
// Bergstra & Bengio (2012), Random Search for Hyper-Parameter Optimization, JMLR 13.
import type { TuningTrial } from '../../artifacts/manifest.js';
import { contentText } from '../../data/content-text.js';
import { assignFolds } from '../../data/splits.js';
import { throwIfAborted, VsrError } from '../../errors/vsr-error.js';
import { seededRandom } from '../../math/random.js';
import { mean, standardDeviation } from '../../math/stats.js';
import { drawParams, type SearchSpace } from '../../routers/search-space.js';
import type { PipelineContext } from '../context.js';
import { type PolicyOptions, policyFrom } from '../learning/learned-policy.js';
import { scoreRows } from '../people/objective-asker.js';
import { type Earned, earned, type FitRun, fitRouter, type LearningData, type RouterRequest } from './fit-routers.js';

/** How many trials, of what; for all routers of a run. */
export interface Tuning {
  /** Random draws besides the parameters as configured; 0 = no tuning. */
  readonly trials: number;
  /** By router. */
  readonly spaces: Readonly<Record<string, SearchSpace>>;
}

/** A trial costs as many fits. */
export const FOLDS = 3;

export interface TuneOptions extends PolicyOptions, FitRun {
  readonly tuning: Tuning;
}

export interface Tuned {
  /** With the best parameters. */
  readonly request: RouterRequest;
  /** In the order of trying; absent where nothing was tuned. */
  readonly trials?: readonly TuningTrial[];
}

/**
 * The parameters as configured and seeded draws, each fitted on two thirds of `rows` and judged on the third, three
 * times over; equal texts stay together. The largest mean utility wins, equal: the earlier. No row outside `rows` is looked at.
 */
export async function tuneRouter(
  request: RouterRequest,
  data: LearningData,
  rows: Int32Array,
  options: TuneOptions,
  context: PipelineContext,
): Promise<Tuned> {
  const { trials: count, spaces } = options.tuning;
  const space = spaces[request.name] ?? {};
  if (count === 0 || Object.keys(space).length === 0) return { request };
  const groups = new Set(Array.from(rows, (row) => data.groups[row]!)).size;
  if (groups < FOLDS) {
    context.onWarning?.(`${request.name} is not tuned: ${groups} different train queries are too few.`);
    return { request };
  }
  const random = seededRandom(options.seed).fork(`tune ${request.name}`);
  const texts = Array.from(rows, (row) => contentText(data.table.queries[row]!));
  const fold = assignFolds(texts, FOLDS, options.seed);
  const draws = Array.from({ length: count }, (_, i) => drawParams(space, random.fork(`trial ${i + 1}`)));
  const trials: Omit<TuningTrial, 'chosen'>[] = [];
  for (const [i, params] of [{}, ...draws].entries()) {
    const stage = `${options.stage}: trial ${i} of ${draws.length}`;
    const tried = { ...request, params: { ...request.params, ...params } };
    trials.push({
      params,
      ...(await crossValidate(tried, data, rows, fold, { ...options, stage }, context)),
    });
  }
  const best = trials.reduce(
    (winner, { utility }, i) => ((utility ?? -1) > (trials[winner]!.utility ?? -1) ? i : winner),
    0,
  );
  return {
    request: { ...request, params: { ...request.params, ...trials[best]!.params } },
    trials: trials.map((trial, i) => ({ ...trial, chosen: i === best })),
  };
}

type Judgement = Pick<TuningTrial, 'utility' | 'utilityDeviation' | 'quality'>;

/** @param fold [rows] */
export async function crossValidate(
  request: RouterRequest,
  data: LearningData,
  rows: Int32Array,
  fold: Int32Array,
  options: TuneOptions,
  context: PipelineContext,
): Promise<Judgement> {
  const parts: Earned[] = [];
  for (let f = 0; f < FOLDS; f++) {
    throwIfAborted(context.signal);
    const learn = rows.filter((_, i) => fold[i] !== f);
    const held = rows.filter((_, i) => fold[i] === f);
    try {
      // A clamped k or a short table is said once, of the fit that counts.
      const run = { ...options, checkpoints: undefined };
      const { fitted } = await fitRouter(request, data, learn, run, { ...context, onWarning: undefined });
      const scores = await scoreRows(fitted, data, held, options.objective);
      parts.push(earned(data.table, held, scores, { ...policyFrom(data.table, learn, options), scale: fitted.scale }));
    } catch (error) {
      if (!(error instanceof VsrError) || error.code !== 'VSR_TRAINING_DATA') throw error;
      return { utility: null, utilityDeviation: null, quality: null };
    }
  }
  const utilities = parts.map(({ utility }) => utility);
  return {
    utility: mean(utilities),
    utilityDeviation: standardDeviation(utilities),
    quality: mean(parts.map(({ quality }) => quality)),
  };
}
