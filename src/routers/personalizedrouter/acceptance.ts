// Keeps what validation says is worth keeping: the network or its start, tastes and likings only if they help beyond chance.

import { seededRandom } from '../../math/random.js';
import { mean, standardDeviation } from '../../math/stats.js';
import type { NamedTensors, NamedWeights } from '../../training/fit-problem.js';
import type { EngineScalar, TensorFlow } from '../../training/tensorflow.js';
import type { FitContext } from '../router.js';
import type { Step } from './draw-step.js';
import type { LearningData, PastGroup } from './learning-data.js';
import type { PersonalizedRouterParams } from './params.js';
import { personalProblem, ratedLosses } from './problem.js';
import { stepScores } from './step-scores.js';
import { stepTensors } from './step-tensors.js';

/**
 * The trained parameters or the initial ones without taste, whichever lose less on validation; of the trained ones the taste only
 * if it lowers the loss of validation users and betters what they get by its choice, each by more than one standard error (paired
 * by user): residuals also tell what a model is worth to everybody, which lowers the loss and moves choices at random.
 */
export function chosenParameters(
  tf: TensorFlow,
  data: LearningData,
  params: PersonalizedRouterParams,
  judged: Step,
  initial: NamedWeights,
  trained: NamedWeights,
  context: FitContext,
): NamedWeights {
  const helps = judged.rated.length > 1 && tasteHelps(tf, data, params, judged, trained);
  if (judged.rated.length > 0 && !helps) {
    context.onWarning?.(
      'tastes for kinds of queries do not help users held out: only weights and liked models are used.',
    );
  }
  const kept = helps ? trained : withoutTaste(trained);
  if (judged.targets.length === 0 && judged.rated.length === 0) return kept;
  const start = withoutTaste(initial);
  const lossOf = (weights: NamedWeights) => validationLoss(tf, data, params, judged, weights);
  return lossOf(start) < lossOf(kept) ? start : kept;
}

function withoutTaste(parameters: NamedWeights): NamedWeights {
  return { ...parameters, 'taste.strength': { shape: [1, 1], data: new Float32Array(1) } };
}

function tasteHelps(
  tf: TensorFlow,
  data: LearningData,
  params: PersonalizedRouterParams,
  judged: Step,
  trained: NamedWeights,
): boolean {
  const [without, withTaste] = [false, true].map((taste) => heldOut(tf, data, params, judged, trained, taste));
  return earnsItsPlace(
    differences(without!.losses, withTaste!.losses),
    differences(withTaste!.choices, without!.choices),
  );
}

/**
 * Whether likings help validation users, by the measure that tastes are kept by: residuals also tell of rivals that were weak, and
 * vary from person to person without anybody liking a model.
 * @param judged with likings
 * @param without the same step, its likings all but 0
 */
export function likingHelps(
  tf: TensorFlow,
  data: LearningData,
  params: PersonalizedRouterParams,
  judged: Step,
  without: Step,
  parameters: NamedWeights,
): boolean {
  const [liking, none] = [judged, without].map((step) => heldOut(tf, data, params, step, parameters, true));
  return earnsItsPlace(differences(none!.losses, liking!.losses), differences(liking!.choices, none!.choices));
}

interface HeldOut {
  /** Mean loss of each user. */
  readonly losses: readonly number[];
  /** What each user says, in the mean, of what is chosen. */
  readonly choices: readonly number[];
}

function heldOut(
  tf: TensorFlow,
  data: LearningData,
  params: PersonalizedRouterParams,
  judged: Step,
  parameters: NamedWeights,
  taste: boolean,
): HeldOut {
  const { losses, scores } = tf.tidy(() => {
    const p = upload(tf, parameters);
    const step = stepTensors(tf, data, { ...judged, targets: new Int32Array() }, params.target === 'best', UNUSED);
    const described = data.described
      ? tf.tensor2d(data.described.data, [data.described.rows, data.described.cols])
      : undefined;
    const { scores } = stepScores(tf, p, data, step, described, taste);
    return { losses: ratedLosses(tf, scores!, step.rated!).dataSync(), scores: scores!.dataSync() };
  });
  const M = data.models.length;
  const chosen = ({ rated: { models, y } }: PastGroup, target: number) => {
    const own = Array.from(models, (m) => scores[target * M + m]!);
    return y[own.indexOf(Math.max(...own))]!;
  };
  let first = 0;
  const users = judged.rated.map(({ targets }) => {
    const at = first;
    first += targets.length;
    return {
      loss: mean(targets.map((_, i) => losses[at + i]!)),
      choice: mean(targets.map((group, i) => chosen(group, at + i))),
    };
  });
  return { losses: users.map(({ loss }) => loss), choices: users.map(({ choice }) => choice) };
}

function differences(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, i) => value - b[i]!);
}

/**
 * @param gains by how much each user's loss falls
 * @param choices by how much better each user likes what is chosen
 */
export function earnsItsPlace(gains: readonly number[], choices: readonly number[]): boolean {
  return [gains, choices].every((of) => mean(of) > standardDeviation(of) / Math.sqrt(of.length));
}

function validationLoss(
  tf: TensorFlow,
  data: LearningData,
  params: PersonalizedRouterParams,
  judged: Step,
  weights: NamedWeights,
): number {
  return tf.tidy(() => {
    const source = { data, params, learnedRows: judged.visible, people: [], likingShrinkage: 1 };
    const problem = personalProblem(source, judged, weights);
    const batch = problem.batch(tf, judged.targets);
    const loss: EngineScalar = problem.loss({
      tf,
      batch,
      parameters: upload(tf, weights),
      buffers: {},
      training: false,
      random: UNUSED,
      observe: () => {},
    });
    return loss.dataSync()[0]!;
  });
}

const UNUSED = seededRandom(0); // nothing is drawn outside training

function upload(tf: TensorFlow, weights: NamedWeights): NamedTensors {
  return Object.fromEntries(
    Object.entries(weights).map(([name, { shape, data }]) => [name, tf.tensor(data, [...shape], 'float32')]),
  );
}
