// The network as a fit problem: it learns by the weighted cross entropy and is judged by the plain one of its probabilities.
import { type Matrix, takeRows } from '../../math/matrix.js';
import { type BatchNormPlace, denseNetwork } from '../../training/dense-network.js';
import type { FitBatch, FitProblem, LossStep, NamedWeights } from '../../training/fit-problem.js';
import { type InputBatch, inputBatch } from '../../training/layers.js';
import { maskedBce } from '../../training/losses.js';
import type { EngineScalar, EngineTensor } from '../../training/tensorflow.js';
import { outcomeBatches } from '../gradient-batches.js';
import type { AutorouterParams } from './params.js';
import type { AutorouterTargets } from './targets.js';

export interface AutorouterBatch extends FitBatch {
  readonly input: InputBatch;
  /** [M×B], as in AutorouterTargets. */
  readonly targets: EngineTensor;
  readonly weights: EngineTensor;
  readonly quality: EngineTensor;
  readonly present: EngineTensor;
  /** [M×1] */
  readonly shift: EngineTensor;
}

type NetworkParams = Pick<AutorouterParams, 'hiddenLayers' | 'dropout' | 'batchNorm'>;

/** @param x [N×I] the rows as the network sees them */
export function autorouterProblem(
  x: Matrix,
  table: AutorouterTargets,
  params: NetworkParams,
  start: { readonly parameters: NamedWeights; readonly buffers: NamedWeights },
): Omit<FitProblem<AutorouterBatch>, 'rows' | 'validationRows'> {
  const M = table.shift.length;
  const { columns, sumOf } = outcomeBatches(M);
  return {
    name: 'autorouter',
    ...start,
    batch: (tf, rows) => ({
      input: inputBatch(tf, takeRows(x, rows)),
      targets: columns(tf, table.targets, rows),
      weights: columns(tf, table.weights, rows),
      quality: columns(tf, table.quality, rows),
      present: columns(tf, table.present, rows),
      shift: tf.tensor(table.shift, [M, 1]),
      weight: sumOf(table.present, rows),
    }),
    loss: (step) => autorouterLoss(step, params),
  };
}

/** Σ K·(w·ỹ·softplus(−z) + (1 − ỹ)·softplus(z)) / ΣK; held out, the masked log-loss of σ(z − ln w). */
function autorouterLoss(step: LossStep<AutorouterBatch>, params: NetworkParams): EngineScalar {
  const { tf, training, batch } = step;
  const z = logits(step, params);
  if (training) return maskedBce(tf, z, batch.targets, batch.weights, batch.weight);
  return maskedBce(tf, tf.sub(z, batch.shift), batch.quality, batch.present, batch.weight);
}

/** Z [M×B] */
export function logits(step: LossStep<AutorouterBatch>, params: NetworkParams): EngineTensor {
  return denseNetwork(step, step.batch.input, {
    hidden: params.hiddenLayers.length,
    dropout: params.dropout,
    batchNorm: normPlace(params),
  });
}

/** The norm stands before the ReLU. */
export function normPlace({ batchNorm }: Pick<AutorouterParams, 'batchNorm'>): BatchNormPlace {
  return batchNorm ? 'before_relu' : 'none';
}
