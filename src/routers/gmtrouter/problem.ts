// The router as a fit problem: s = β + z∅ + n/(n + κ)·(z − z∅), learned from pairs, with pasts of every length from 0 on.
// GMTRouter: arXiv 2511.08590, section 4.
import type { FitBatch, FitProblem, LossStep, NamedWeights } from '../../training/fit-problem.js';
import { dropout } from '../../training/layers.js';
import { bradleyTerry, softCrossEntropy } from '../../training/losses.js';
import type { EngineScalar, EngineTensor } from '../../training/tensorflow.js';
import { drawnPast, gatherHistories, type Histories, newestPast } from './histories.js';
import { type HistoryTensors, headScores, modelStates, type Network, queryStates, userStates } from './network.js';
import type { GmtrouterParams } from './params.js';
import type { NetworkShape } from './shape.js';
import type { Strangers } from './state.js';
import { forEachPair, type RatedGroup } from './turns.js';

/** Numbers of rated groups; the loss itself draws their pasts. */
export interface TurnBatch extends FitBatch {
  readonly targets: Int32Array;
}

export interface TurnData {
  readonly groups: readonly RatedGroup[];
  /** [Q × D] √D·x̂ */
  readonly queries: Float32Array;
  /** [M × D] √D·x̂ of the models' descriptions, zeros where there is none; absent = nobody has one. */
  readonly descriptions: Float32Array | undefined;
  /** β [M] */
  readonly prior: Float64Array;
  readonly shape: NetworkShape;
  readonly strangers: Strangers;
}

/** Targets scored together while validating: bounds the memory of their pasts. */
const HELD_OUT_PART = 128;

export function turnProblem(
  data: TurnData,
  params: GmtrouterParams,
  parameters: NamedWeights,
): Omit<FitProblem<TurnBatch>, 'rows' | 'validationRows'> {
  return {
    name: 'gmtrouter',
    parameters,
    batch: (_, targets) => ({ targets, weight: targets.length }),
    loss: (step) => {
      const { tf, batch, training } = step;
      if (training) return turnLoss(step, data, params, batch.targets);
      let sum = 0;
      for (let start = 0; start < batch.targets.length; start += HELD_OUT_PART) {
        const part = batch.targets.subarray(start, start + HELD_OUT_PART);
        sum += part.length * tf.tidy(() => turnLoss(step, data, params, part).dataSync()[0]!);
      }
      return tf.scalar(sum / batch.targets.length);
    },
  };
}

function turnLoss(
  step: LossStep<TurnBatch>,
  data: TurnData,
  params: GmtrouterParams,
  numbers: Int32Array,
): EngineScalar {
  const { tf, training, random } = step;
  const { historySize } = params;
  const targets = Array.from(numbers, (number) => data.groups[number]!);
  const pasts = targets.map((target) =>
    training ? drawnPast(target, historySize, random) : newestPast(target, historySize),
  );
  const scores = turnScores(step, data, params, gatherHistories(data.groups, targets, pasts, params.multiTurn));
  const [M, B] = scores.shape as [number, number];
  if (params.loss === 'pairwise') {
    return bradleyTerry(tf, scores, tf.tensor(pairWeights(targets, M), [M, M, B]), B);
  }
  const { share, absent } = listTargets(targets, M);
  return softCrossEntropy(tf, tf.add(scores, tf.tensor(absent, [M, B])), tf.tensor(share, [M, B]), B);
}

/** s [M × B] = β + z∅ + n/(n + κ)·(z − z∅), z∅ the head's scores for a user without a past; where strangers get the ranking, s = β + n/(n + κ)·(z − z∅). */
export function turnScores(
  { tf, parameters, training, random }: Pick<LossStep<TurnBatch>, 'tf' | 'parameters' | 'training' | 'random'>,
  { queries, descriptions, prior, shape, strangers }: TurnData,
  { dropout: rate, shrinkage }: Pick<GmtrouterParams, 'dropout' | 'shrinkage'>,
  histories: Histories,
): EngineTensor {
  const { featureDim, models } = shape;
  const drop = (h: EngineTensor) => (training && rate > 0 ? dropout(tf, h, rate, random) : h);
  const network: Network = { tf, parameters, shape, drop };
  const nl = modelStates(network, descriptions && tf.tensor(descriptions, [models, featureDim]));
  const nq = queryStates(
    network,
    tf.tensor(takenRows(queries, histories.queries, featureDim), [histories.queries.length, featureDim]),
  );
  const B = histories.lengths.length;
  const users = userStates(network, nq, nl, withStranger(network, histories, models)); // [B + 1 × H], the last one without a past
  const known = tf.slice(users, [0, 0], [B, -1]);
  const nobody = tf.tile(tf.slice(users, [B, 0], [1, -1]), [B, 1]);
  const asked = tf.gather(nq, tf.tensor1d(histories.targetQuery, 'int32'));
  const z = headScores(network, tf.concat([known, nobody], 0), tf.concat([asked, asked], 0), nl);
  const [own, empty] = tf.split(z, 2, 0) as [EngineTensor, EngineTensor];
  const counts = histories.lengths.map((n) => personalShare(n, shrinkage));
  const personal = tf.mul(tf.sub(own, empty), tf.tensor2d(counts, [B, 1]));
  const ranking = tf.tensor2d(Float32Array.from(prior), [1, models]);
  const forAll = strangers === 'network' ? tf.add(ranking, empty) : ranking;
  return tf.transpose(tf.add(forAll, personal));
}

/** γ = n/(n + κ); 0 for an empty past, also where κ is 0. */
export function personalShare(n: number, shrinkage: number): number {
  return n === 0 ? 0 : n / (n + shrinkage);
}

/** The pasts as tensors, and one more without any. */
function withStranger({ tf }: Network, histories: Histories, M: number): HistoryTensors {
  const { rowQuery, rowModel, rowRating, previous, slots, filled, lengths } = histories;
  const B = lengths.length;
  const S = slots.length / B;
  const R = rowModel.length;
  const widened = <A extends Int32Array | Float32Array>(from: A, to: A): A => {
    for (let s = 0; s < S; s++) to.set(from.subarray(s * B, (s + 1) * B) as never, s * (B + 1));
    return to;
  };
  const ratings = new Float32Array(R * 3);
  const ofModel = new Float32Array(R * M);
  const ratedModel = new Float32Array(R * M);
  rowRating.forEach((r, i) => {
    ratings.set([r, r * r, 1], i * 3);
    ofModel[i * M + rowModel[i]!] = 1;
    ratedModel[i * M + rowModel[i]!] = r;
  });
  const member = new Float32Array((B + 1) * R);
  filled.forEach((is, at) => {
    if (is === 1) member[(at % B) * R + slots[at]!] = 1;
  });
  return {
    rowQuery: tf.tensor1d(rowQuery, 'int32'),
    rowModel: tf.tensor1d(rowModel, 'int32'),
    ratings: tf.tensor2d(ratings, [R, 3]),
    ...(previous && {
      previous: tf.tensor1d(
        previous.map((row) => Math.max(row, 0)),
        'int32',
      ),
      hasPrevious: tf.tensor2d(
        Float32Array.from(previous, (row) => (row < 0 ? 0 : 1)),
        [1, R],
      ),
    }),
    slots: tf.tensor1d(widened(slots, new Int32Array(S * (B + 1))), 'int32'),
    filled: tf.tensor2d(widened(filled, new Float32Array(S * (B + 1))), [S, B + 1]),
    member: tf.tensor2d(member, [B + 1, R]),
    ofModel: tf.tensor2d(ofModel, [R, M]),
    ratedModel: tf.tensor2d(ratedModel, [R, M]),
  };
}

function takenRows(data: Float32Array, rows: Int32Array, width: number): Float32Array {
  const out = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    out.set(data.subarray(row * width, (row + 1) * width), i * width);
  });
  return out;
}

/** [M × M × B] the weight of "a beat b" in each column: a tie is half a win of each, a group weighs 1. */
function pairWeights(targets: readonly RatedGroup[], M: number): Float32Array {
  const B = targets.length;
  const data = new Float32Array(M * M * B);
  targets.forEach((target, column) => {
    forEachPair(target, (a, b, weight) => {
      data[(a * M + b) * B + column] = weight;
    });
  });
  return data;
}

/** [M × B] the mass of each column on its best models, in equal parts, and what keeps models out that were not rated. */
function listTargets(targets: readonly RatedGroup[], M: number): { share: Float32Array; absent: Float32Array } {
  const B = targets.length;
  const share = new Float32Array(M * B);
  const absent = new Float32Array(M * B).fill(-ABSENT);
  targets.forEach(({ models, ratings }, column) => {
    const best = Math.max(...ratings);
    const winners = ratings.filter((rating) => rating === best).length;
    models.forEach((model, i) => {
      absent[model * B + column] = 0;
      if (ratings[i] === best) share[model * B + column] = 1 / winners;
    });
  });
  return { share, absent };
}

/** Large against any score, small enough to stay finite. */
const ABSENT = 1e9;
