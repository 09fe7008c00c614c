// --tune: how much a query's category counts beside its embedding, chosen once for all routers, which see one feature space.
import type { WeightTrial } from '../../artifacts/manifest.js';
import { assignFolds } from '../../data/splits.js';
import { mean } from '../../math/stats.js';
import { loadRouter } from '../../routers/registry.js';
import type { PipelineContext } from '../context.js';
import type { LearningData, RouterRequest } from './fit-routers.js';
import { crossValidate, FOLDS, type TuneOptions } from './tune.js';

/** The usual one first: it stays where another is only as good. */
export const WEIGHTS: readonly number[] = [0.3, 0, 0.15, 0.6, 1];

export interface WeightChoice {
  readonly weight: number;
  /** In the order of trying. */
  readonly trials: readonly WeightTrial[];
}

/**
 * The weight with the largest mean utility over routers, each with its configured parameters cross-validated inside `rows`.
 * The judges are the routers that go by distance, where there are any: one that learns by gradient rescales the block itself.
 * undefined where every router knows the person, or too few queries differ.
 * @param dataWith what routers see under a weight
 */
export async function chooseCategoryWeight(
  requests: readonly RouterRequest[],
  dataWith: (weight: number) => LearningData,
  rows: Int32Array,
  options: TuneOptions,
  context: PipelineContext,
): Promise<WeightChoice | undefined> {
  const judges = await judgesOf(requests);
  const { groups, table } = dataWith(WEIGHTS[0]!);
  if (judges.length === 0 || new Set(Array.from(rows, (row) => groups[row]!)).size < FOLDS) return undefined;
  const fold = assignFolds(
    Array.from(rows, (row) => table.queries[row]!.query),
    FOLDS,
    options.seed,
  );
  const trials: Omit<WeightTrial, 'chosen'>[] = [];
  for (const weight of WEIGHTS) {
    const data = dataWith(weight);
    const utilities: number[] = [];
    for (const request of judges) {
      const stage = `${options.stage} ${weight}: ${request.name}`;
      const { utility } = await crossValidate(request, data, rows, fold, { ...options, stage }, context);
      if (utility !== null) utilities.push(utility);
    }
    trials.push({ weight, utility: utilities.length > 0 ? mean(utilities) : null });
  }
  const best = trials.reduce((top, trial) => ((trial.utility ?? -1) > (top.utility ?? -1) ? trial : top));
  return { weight: best.weight, trials: trials.map((trial) => ({ ...trial, chosen: trial === best })) };
}

async function judgesOf(requests: readonly RouterRequest[]): Promise<RouterRequest[]> {
  const needs = await Promise.all(requests.map(async ({ name }) => (await loadRouter(name)).needs));
  const able = requests.filter((_, i) => !needs[i]!.users && !needs[i]!.interactions);
  const byDistance = able.filter((request) => !needs[requests.indexOf(request)]!.gradient);
  return byDistance.length > 0 ? byDistance : able;
}
