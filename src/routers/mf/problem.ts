// The factor model as a fit problem. RouteLLM: Ong et al. (2024), arXiv 2406.18665, section 4.2 (matrix factorisation).
import { matrix } from '../../math/matrix.js';
import { cellWeights } from '../../training/cell-weights.js';
import type { FitBatch, FitProblem, LossStep, NamedWeights } from '../../training/fit-problem.js';
import { dense, type InputBatch, inputProduct } from '../../training/layers.js';
import { bradleyTerry, maskedBce } from '../../training/losses.js';
import type { EngineTensor, TensorFlow } from '../../training/tensorflow.js';
import { balancedWeights } from '../balanced.js';
import { rowBatches } from '../gradient-batches.js';
import type { Outcomes } from '../outcomes.js';
import type { TrainingTable } from '../router.js';
import { pairWeights } from './pairs.js';
import type { MfParams } from './params.js';

export interface MfBatch extends FitBatch {
  readonly input: InputBatch;
  /** masked_bce: quality [M×B]; bradley_terry: the weight of "a beat b" [M×M×B]. */
  readonly targets: EngineTensor;
  /** masked_bce: [M×B] what each cell weighs, 0 = missing. */
  readonly present?: EngineTensor;
}

export function mfProblem(
  table: TrainingTable,
  outcomes: Outcomes,
  { scorer, loss, classWeights }: Pick<MfParams, 'scorer' | 'loss' | 'classWeights'>,
  parameters: NamedWeights,
): Omit<FitProblem<MfBatch>, 'rows' | 'validationRows'> {
  const { input, columns, sumOf } = rowBatches(table.features, table.models.length);
  const weights = cellWeights(table.quality, {
    ...(classWeights === 'balanced' && {
      models: balancedWeights(matrix(table.quality.rows, table.quality.cols, outcomes.present)),
    }),
  });
  const pointwise = (tf: TensorFlow, rows: Int32Array): MfBatch => ({
    input: input(tf, rows),
    targets: columns(tf, outcomes.quality, rows),
    present: columns(tf, weights, rows),
    weight: sumOf(weights, rows),
  });
  const pairwise = (tf: TensorFlow, rows: Int32Array): MfBatch => {
    const { data, total } = pairWeights(table.quality, rows);
    const M = table.models.length;
    return { input: input(tf, rows), targets: tf.tensor(data, [M, M, rows.length]), weight: total };
  };
  return {
    name: 'mf',
    parameters,
    batch: loss === 'bradley_terry' ? pairwise : pointwise,
    loss: ({ tf, parameters: p, batch }) => {
      const z = mfLogits(tf, p, batch.input, scorer);
      if (!batch.present) return bradleyTerry(tf, z, batch.targets, batch.weight);
      return maskedBce(tf, z, batch.targets, batch.present, batch.weight);
    },
  };
}

/**
 * Z [M×B]. plain: U·(Px) + b; bilinear: w·((Px + c) ⊙ V_m) + b_m = (w ⊙ V)·(Px + c) + b;
 * bilinear_normalized: (w ⊙ V/‖V‖)·(Px).
 */
export function mfLogits(
  tf: TensorFlow,
  p: LossStep<MfBatch>['parameters'],
  input: InputBatch,
  scorer: MfParams['scorer'],
): EngineTensor {
  const query = inputProduct(tf, input, p.P!); // [F×B]
  if (scorer === 'plain') return dense(tf, query, p.U!, p.b!, 'linear');
  if (scorer === 'bilinear') return dense(tf, tf.add(query, p.c!), tf.mul(p.V!, p.w!), p.b!, 'linear');
  const length = tf.sqrt(tf.sum(tf.square(p.V!), 1, true)); // [M×1]
  return tf.matMul(tf.mul(tf.div(p.V!, length), p.w!), query);
}
