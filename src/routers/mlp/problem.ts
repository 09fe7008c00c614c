// The network as a fit problem: h₀ = √D·x̂ → (Dense → ReLU → Dropout) per hidden layer → Dense → Z [M×B].
import type { Matrix } from '../../math/matrix.js';
import { denseNetwork } from '../../training/dense-network.js';
import type { FitBatch, FitProblem, LossStep, NamedWeights } from '../../training/fit-problem.js';
import type { InputBatch } from '../../training/layers.js';
import { maskedBce, maskedMse, softCrossEntropy } from '../../training/losses.js';
import type { EngineScalar, EngineTensor } from '../../training/tensorflow.js';
import { rowBatches } from '../gradient-batches.js';
import { memberName } from './member-name.js';
import type { MlpParams } from './params.js';
import type { MlpTargets } from './targets.js';

export interface MlpBatch extends FitBatch {
  readonly input: InputBatch;
  /** [M×B] */
  readonly targets: EngineTensor;
  /** [M×B] what each cell weighs, 0 = missing */
  readonly present: EngineTensor;
}

type NetworkParams = Pick<MlpParams, 'hiddenLayers' | 'dropout' | 'batchNorm' | 'target' | 'loss' | 'ensemble'>;

export function mlpProblem(
  features: Matrix,
  targets: MlpTargets,
  params: NetworkParams,
  start: { readonly parameters: NamedWeights; readonly buffers: NamedWeights },
): Omit<FitProblem<MlpBatch>, 'rows' | 'validationRows'> {
  const { input, columns, sumOf } = rowBatches(features, targets.weights.length / features.rows);
  return {
    name: 'mlp',
    ...start,
    batch: (tf, rows) => ({
      input: input(tf, rows),
      targets: columns(tf, targets.values, rows),
      present: columns(tf, targets.weights, rows),
      weight: sumOf(params.target === 'best' ? targets.values : targets.weights, rows),
    }),
    loss: (step) => ensembleLoss(step, params),
  };
}

/**
 * Each network learns by its own error (the mean of the losses is reported); what is judged on held-out rows is their mean logit,
 * so early stopping chooses the epoch of the ensemble.
 */
function ensembleLoss(step: LossStep<MlpBatch>, params: NetworkParams): EngineScalar {
  const { tf, training } = step;
  const members = Array.from({ length: params.ensemble }, (_, member) => logits(step, params, member));
  if (members.length === 1) return mlpLoss(step, members[0]!, params);
  if (!training) return mlpLoss(step, tf.div(tf.addN(members), members.length), params);
  const losses = members.map((z) => mlpLoss(step, z, params));
  return tf.div(tf.addN(losses), losses.length);
}

/** Z [M×B] of one network. */
export function logits(step: LossStep<MlpBatch>, params: NetworkParams, member = 0): EngineTensor {
  const network = { ...params, hidden: params.hiddenLayers.length };
  return denseNetwork(step, step.batch.input, network, (name) => memberName(member, name));
}

function mlpLoss({ tf, batch }: LossStep<MlpBatch>, z: EngineTensor, { target, loss }: NetworkParams): EngineScalar {
  const { targets, present, weight } = batch;
  if (target === 'scores') return (loss === 'bce' ? maskedBce : maskedMse)(tf, z, targets, present, weight);
  // A missing model takes no part in its row's softmax.
  const allowed = tf.add(z, tf.mul(tf.sub(present, 1), MISSING)); // in target best every present cell weighs 1
  return softCrossEntropy(tf, allowed, targets, weight);
}

/** Large against any logit, small enough to stay finite. */
const MISSING = 1e9;
