// The two towers as a fit problem: a batch is some queries with all their pairs, judged on held-out queries by log-loss.
import { type Matrix, takeRows } from '../../math/matrix.js';
import { transpose } from '../../math/transpose.js';
import type { FitBatch, FitProblem, LossStep, NamedWeights } from '../../training/fit-problem.js';
import { dropout } from '../../training/layers.js';
import type { EngineTensor, TensorFlow } from '../../training/tensorflow.js';
import { rowBatches } from '../gradient-batches.js';
import { bpr, pairLoss, type ScoredPairs } from './losses.js';
import type { RankrouterParams } from './params.js';
import { type Preferences, pairsOf } from './preferences.js';
import { type ModelColumns, type QueryColumns, rankScores, type Towers } from './towers.js';

export interface RankBatch extends FitBatch {
  readonly queries: QueryColumns;
  readonly models: ModelColumns;
  /** [P] places in the flat scores [M × B] */
  readonly first: EngineTensor;
  readonly second: EngineTensor;
  readonly outcome: EngineTensor;
  readonly weights: EngineTensor;
}

/** Everything that is known before the first step. */
export interface RankData {
  readonly preferences: Preferences;
  /** [Q×k]; undefined = the query tower sees no clusters. */
  readonly shares: Matrix | undefined;
  /** F profiles of all models, each [P × M], flat; empty = none. */
  readonly profiles: readonly Float32Array[];
  /** Their advantages, each [k × M]; empty = nothing is looked up. */
  readonly advantages: readonly Float32Array[];
  /** [Q] the profile that each query sees; undefined = there is one for all. */
  readonly profileOf: Int32Array | undefined;
  readonly models: number;
}

export function rankProblem(
  data: RankData,
  params: RankrouterParams,
  parameters: NamedWeights,
): Omit<FitProblem<RankBatch>, 'rows' | 'validationRows'> {
  const { input } = rowBatches(data.preferences.features, data.models);
  return {
    name: 'rankrouter',
    parameters,
    batch: (tf, rows) => ({
      queries: {
        input: input(tf, rows),
        ...(data.shares && { shares: columnsOf(tf, data.shares, rows) }),
        ...(data.profileOf && { own: ownProfile(tf, data, rows) }),
      },
      models: modelColumns(tf, data),
      ...pairColumns(tf, data, rows),
    }),
    loss: (step) => {
      const { tf, parameters: p, batch, training, random } = step;
      const anonymous = training && random.uniform() < params.idDropout;
      const scores = rankScores(towers(step, params), batch.queries, batch.models, anonymous);
      const flat = tf.reshape(scores, [scores.size]);
      const pairs: ScoredPairs = {
        first: tf.gather(flat, batch.first),
        second: tf.gather(flat, batch.second),
        outcome: batch.outcome,
        weight: batch.weights,
        total: batch.weight,
      };
      return training ? pairLoss(tf, pairs, params, p.tie) : bpr(tf, pairs);
    },
  };
}

function towers({ tf, parameters, training, random }: LossStep<RankBatch>, params: RankrouterParams): Towers {
  const drops = training && params.dropout > 0;
  return {
    tf,
    parameters,
    metric: params.similarityMetric,
    drop: (h) => (drops ? dropout(tf, h, params.dropout, random) : h),
  };
}

/** Rows of a table [Q×C] as columns [C × B]. */
function columnsOf(tf: TensorFlow, table: Matrix, rows: Int32Array): EngineTensor {
  return tf.tensor(transpose(takeRows(table, rows)).data, [table.cols, rows.length]);
}

function ownProfile(tf: TensorFlow, { profileOf, profiles, advantages }: RankData, rows: Int32Array): EngineTensor {
  const F = Math.max(profiles.length, advantages.length);
  const mask = new Float32Array(F * rows.length);
  rows.forEach((row, b) => {
    mask[profileOf![row]! * rows.length + b] = 1;
  });
  return tf.tensor(mask, [F, 1, rows.length]);
}

export function modelColumns(
  tf: TensorFlow,
  { profiles, advantages, models: M }: Pick<RankData, 'profiles' | 'advantages' | 'models'>,
): ModelColumns {
  const F = Math.max(1, profiles.length, advantages.length);
  /** [C × M] of each profile → [C × F·M] */
  const beside = (blocks: readonly Float32Array[], C: number) => {
    const data = new Float32Array(C * F * M);
    blocks.forEach((block, f) => {
      for (let c = 0; c < C; c++) data.set(block.subarray(c * M, (c + 1) * M), (c * F + f) * M);
    });
    return data;
  };
  const P = (profiles[0]?.length ?? 0) / M;
  const k = (advantages[0]?.length ?? 0) / M;
  return {
    profiles: F,
    ...(P > 0 && { profile: tf.tensor(beside(profiles, P), [P, F * M]) }),
    ...(k > 0 && {
      advantage: tf.tensor(transpose({ rows: k, cols: F * M, data: beside(advantages, k) }).data, [F * M, k]),
    }),
  };
}

function pairColumns(tf: TensorFlow, { preferences }: RankData, rows: Int32Array) {
  const { query, first, second, outcome, weight } = pairsOf(preferences, rows);
  const B = rows.length;
  const column = new Map(Array.from(rows, (row, b) => [row, b]));
  const place = (side: ArrayLike<number>) => Int32Array.from(query, (q, p) => side[p]! * B + column.get(q)!);
  return {
    first: tf.tensor1d(place(first), 'int32'),
    second: tf.tensor1d(place(second), 'int32'),
    outcome: tf.tensor1d(Float32Array.from(outcome)),
    weights: tf.tensor1d(Float32Array.from(weight)),
    weight: Array.from(weight).reduce((sum, value) => sum + value, 0),
  };
}
