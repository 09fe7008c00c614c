// Learns the network, and decides whether its personal part has earned its place.
import { VsrError } from '../../errors/vsr-error.js';
import { seededRandom } from '../../math/random.js';
import type { Engine } from '../../training/engine.js';
import { fitByGradient } from '../fit-by-gradient.js';
import { innerSplit } from '../inner-validation.js';
import type { FitContext, RouterState, TrainingTable } from '../router.js';
import { chosenParameters, likingHelps } from './acceptance.js';
import type { Step } from './draw-step.js';
import { initialParameters } from './initial.js';
import { type LearningData, type LearningPerson, learningData } from './learning-data.js';
import { likingShrinkage, MOST_SHRINKAGE, modelResiduals } from './liking.js';
import type { PersonalizedRouterParams } from './params.js';
import { type JudgedPerson, splitPeople, unseenTexts } from './people-split.js';
import { personalProblem } from './problem.js';
import { ratedTargets } from './rated-targets.js';
import { settledState } from './settle.js';
import { inferredWeights, residuals } from './user-weights.js';

/** Queries shown while validating. */
const VISIBLE_IN_VALIDATION = 512;

export async function fitPersonalizedRouter(
  table: TrainingTable,
  params: PersonalizedRouterParams,
  context: FitContext,
): Promise<RouterState> {
  checkPeople(table, params);
  const engine = await engineOf(context);
  const data = learningData(engine.tf, table, params);
  warnOfUnknownTerms(table, data, context);
  const people = splitPeople(data.people, params.historySize, context.seed);
  const shrinkage = shrinkageOf(people.learned, data);
  const { learned, judged, texts } = unseenTexts(people, data.pool.groups, context.seed);
  const drawn = innerSplit(table.groups, context.seed);
  const split = { ...drawn, rows: drawn.rows.filter((row) => !texts.has(data.pool.groups[row]!)) };
  const source = {
    data,
    params,
    learnedRows: split.rows,
    people: learned.filter(({ comparisons }) => comparisons.length > 0),
    likingShrinkage: shrinkage,
  };
  const validationWith = (kappa: number) => validationStep(judged, data, split.rows, kappa, context.seed);
  const validation = validationWith(shrinkage);
  const initial = initialParameters(
    {
      features: table.features.cols,
      hidden: params.embeddingDim,
      models: table.models.length,
      tasks: data.taskNames.length,
      components: data.components.length,
      described: data.described !== null,
    },
    context.seed,
  );
  // Of the rows of a step only the hidden share are targets: an epoch is one pass over a hidden pool, drawn anew each time.
  const batchSize = Math.ceil(params.batchSize / params.trainMaskRate);
  const gradient = { ...params, epochs: params.trainEpoch, batchSize };
  const fitted = await fitByGradient(table, gradient, context, personalProblem(source, validation, initial), {
    split,
    settings: { weightDecay: params.weightDecay, clipNorm: 1 },
  });
  const judgedStep = { ...validation, targets: split.validationRows };
  const parameters = chosenParameters(engine.tf, data, params, judgedStep, initial, fitted.parameters, context);
  const without = { ...judgedStep, rated: validationWith(MOST_SHRINKAGE).rated };
  const liked = validation.rated.length < 2 || likingHelps(engine.tf, data, params, judgedStep, without, parameters);
  if (!liked)
    context.onWarning?.('liked models do not help users held out: votes move no choice but by weights and tastes.');
  return settledState(engine.tf, data, parameters, liked ? shrinkage : MOST_SHRINKAGE);
}

function checkPeople(
  { people, interactions, tasks }: TrainingTable,
  { userNum, numTask }: PersonalizedRouterParams,
): void {
  const users = new Set([...(people ?? []).map(({ id }) => id), ...(interactions?.users ?? [])]);
  if (!interactions?.rating.length && !people?.some(({ weights }) => weights)) {
    throw new VsrError('VSR_TRAINING_DATA', 'personalizedrouter needs users with preferences or history.', {
      hint: 'Give a users file or a history, or let the users be simulated.',
    });
  }
  refuseMore('users', users.size, userNum, 'user_num');
  refuseMore('tasks', tasks?.names.length ?? 0, numTask, 'num_task');
}

function refuseMore(what: string, found: number, most: number | 'any', key: string): void {
  if (most === 'any' || found <= most) return;
  throw new VsrError('VSR_TRAINING_DATA', `personalizedrouter: expected at most ${most} ${what}, got ${found}.`, {
    hint: `Raise routers.personalizedrouter.${key}, or leave it out.`,
  });
}

/** A weight on what nobody knows cannot be followed: the others take its share, as they do in every decision. */
function warnOfUnknownTerms({ people }: TrainingTable, { components }: LearningData, context: FitContext): void {
  for (const term of ['cost', 'latency'] as const) {
    if (components.some(({ name }) => name === term)) continue;
    const count = (people ?? []).filter(({ weights }) => (weights?.[term] ?? 0) > 0).length;
    if (count === 0) continue;
    const remedy = term === 'cost' ? 'add prices or set cost to 0' : 'add latencies or set latency to 0';
    context.onWarning?.(
      `${count} users weigh ${term}, but the data knows none; their other weights take its share: ${remedy}.`,
    );
  }
}

async function engineOf({ training }: FitContext): Promise<Engine> {
  return (await import('../../training/engine.js')).openEngine(training);
}

/** κ_δ from the people that are learned from. */
function shrinkageOf(people: readonly LearningPerson[], data: LearningData): number {
  const M = data.models.length;
  const all = people.map(({ declared, past }) => {
    const weights = declared ?? inferredWeights(past, data.priorWeights);
    return modelResiduals(
      past,
      past.map((group) => residuals(group, weights)),
      M,
    );
  });
  return likingShrinkage(all, M);
}

function validationStep(
  judged: readonly JudgedPerson[],
  data: LearningData,
  learnedRows: Int32Array,
  shrinkage: number,
  seed: number,
): Omit<Step, 'targets'> {
  const rated = judged
    .filter(({ targets }) => targets.length > 0)
    .map(({ person, history, targets }) => ratedTargets(targets, history, person.declared, data, shrinkage));
  const asked = new Set(rated.flatMap(({ targets }) => targets.map(({ row }) => data.pool.groups[row]!)));
  const open = learnedRows.filter((row) => !asked.has(data.pool.groups[row]!));
  const visible = seededRandom(seed).fork('visible').shuffle(open).slice(0, VISIBLE_IN_VALIDATION);
  return { rated, visible: Int32Array.from(visible), hidden: asked, dropping: false };
}
