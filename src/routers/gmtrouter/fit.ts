// Learns from rated groups: the ranking for everybody first, then the network that departs from it where pasts tell more.
import { VsrError } from '../../errors/vsr-error.js';
import { fitByGradient } from '../fit-by-gradient.js';
import type { FitContext, RouterState, TrainingTable } from '../router.js';
import { pastsHelp } from './acceptance.js';
import type { GmtrouterParams } from './params.js';
import { priorStrengths } from './prior.js';
import { turnProblem } from './problem.js';
import { initialParameters, type NetworkShape } from './shape.js';
import { splitTurns } from './split.js';
import { type Strangers, scaledRows, toState } from './state.js';
import { type RatedGroup, ratedGroups } from './turns.js';

const FEWEST_USERS = 2;

/** Throws `VSR_TRAINING_DATA` where nobody, or one person alone, says which of two models is the better one. */
export async function fitGmtrouter(
  table: TrainingTable,
  params: GmtrouterParams,
  context: FitContext,
): Promise<RouterState> {
  const interactions = table.interactions!; // the table has been checked
  const groups = ratedGroups(interactions);
  const descriptions = describedModels(table);
  const shape: NetworkShape = {
    ...params,
    featureDim: table.features.cols,
    models: table.models.length,
    described: descriptions !== undefined,
  };
  const undescribed = shape.described ? undescribedModels(table) : [];
  const parameters = initialParameters(shape, context.seed, undescribed);
  // Invented users say what they would like, not what everybody does: of that the outcomes themselves tell.
  const strangers: Strangers = interactions.simulated ? 'ranking' : 'network';
  if (table.models.length === 1) return toState(parameters, descriptions, new Float64Array(1), strangers);
  refuseSilence(groups, interactions.users.length);
  const split = splitTurns(groups, interactions.queryGroups, context.seed);
  const prior = priorStrengths(
    interactions.simulated ? outcomeGroups(table) : Array.from(split.known, (number) => groups[number]!),
    table.models.length,
  );
  const data = { groups, queries: scaledRows(interactions.features), descriptions, prior, shape, strangers };
  const { weightDecay, clipNorm } = params;
  const fitted = await fitByGradient(table, params, context, turnProblem(data, params, parameters), {
    split,
    settings: { weightDecay, clipNorm, startCounts: true },
  });
  const helps =
    fitted.bestEpoch > 0 && (await pastsHelp(data, params, split.validationRows, fitted.parameters, context));
  if (!helps) {
    context.onWarning?.(
      'no past told more than the ranking for everybody, beyond chance: every user gets that ranking.',
    );
  }
  return toState(helps ? fitted.parameters : parameters, descriptions, prior, strangers);
}

/** The outcomes of each query as one group: what anybody would say who wants quality alone. */
function outcomeGroups({ quality: { rows, cols, data } }: TrainingTable): Pick<RatedGroup, 'models' | 'ratings'>[] {
  return Array.from({ length: rows }, (_, row) => {
    const own = data.subarray(row * cols, (row + 1) * cols);
    const models = Array.from(own.keys()).filter((m) => !Number.isNaN(own[m]));
    return { models, ratings: models.map((m) => own[m]!) };
  }).filter(({ models }) => models.length > 1);
}

/** [M × D] √D·x̂ of the models' descriptions, zeros where there is none; undefined = nobody has one. */
function describedModels({ profiles, models, features }: TrainingTable): Float32Array | undefined {
  if (!profiles?.some(({ description }) => description)) return undefined;
  const data = new Float32Array(models.length * features.cols);
  profiles.forEach(({ description }, m) => {
    if (description) data.set(description, m * features.cols);
  });
  return scaledRows({ rows: models.length, cols: features.cols, data });
}

function undescribedModels({ models, profiles }: TrainingTable): number[] {
  return models.map((_, m) => m).filter((m) => !profiles?.[m]?.description);
}

function refuseSilence(groups: readonly RatedGroup[], users: number): void {
  const telling = groups.filter(({ ratings }) => ratings.some((rating) => rating !== ratings[0]));
  const raters = new Set(groups.filter(({ models }) => models.length > 1).map(({ user }) => user));
  if (telling.length > 0 && raters.size >= FEWEST_USERS) return;
  throw new VsrError(
    'VSR_TRAINING_DATA',
    `gmtrouter: nothing to learn from: ${raters.size} of ${users} users rate two models on one query, and ${telling.length} of ${groups.length} groups prefer one.`,
    { hint: `Give at least one vote that is no tie, and votes of at least ${FEWEST_USERS} users.` },
  );
}
