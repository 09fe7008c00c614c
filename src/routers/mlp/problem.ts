// The network as a fit problem: h₀ = √D·x̂ → (Dense → ReLU → Dropout) per hidden layer → Dense → Z [M×B].
import type { Matrix } from '../../math/matrix.js';
import type { FitBatch, FitProblem, LossStep, NamedWeights } from '../../training/fit-problem.js';
import { batchNorm, dense, dropout, type InputBatch, inputDense, settledBatchNorm } from '../../training/layers.js';
import { maskedBce, maskedMse, softCrossEntropy } from '../../training/losses.js';
import type { EngineTensor } from '../../training/tensorflow.js';
import { rowBatches } from '../gradient-batches.js';
import type { MlpParams } from './params.js';
import type { MlpTargets } from './targets.js';

export interface MlpBatch extends FitBatch {
  readonly input: InputBatch;
  /** [M×B] */
  readonly targets: EngineTensor;
  /** [M×B] 1 = present */
  readonly present: EngineTensor;
}

type NetworkParams = Pick<MlpParams, 'hiddenLayers' | 'dropout' | 'batchNorm' | 'target' | 'loss'>;

export function mlpProblem(
  features: Matrix,
  targets: MlpTargets,
  params: NetworkParams,
  start: { readonly parameters: NamedWeights; readonly buffers: NamedWeights },
): Omit<FitProblem<MlpBatch>, 'rows' | 'validationRows'> {
  const { input, columns, sumOf } = rowBatches(features, targets.present.length / features.rows);
  return {
    name: 'mlp',
    ...start,
    batch: (tf, rows) => ({
      input: input(tf, rows),
      targets: columns(tf, targets.values, rows),
      present: columns(tf, targets.present, rows),
      weight: params.target === 'best' ? rows.length : sumOf(targets.present, rows),
    }),
    loss: (step) => mlpLoss(step, logits(step, params), params),
  };
}

/** Z [M×B] */
export function logits(step: LossStep<MlpBatch>, params: NetworkParams): EngineTensor {
  const { tf, parameters, training, random, batch } = step;
  const last = params.hiddenLayers.length + 1;
  let h: EngineTensor | undefined; // undefined = the input itself
  for (let layer = 1; layer <= last; layer++) {
    const [w, b] = [parameters[`w${layer}`]!, parameters[`b${layer}`]!];
    const activation = layer === last || params.batchNorm === 'before_relu' ? 'linear' : 'relu';
    h = h ? dense(tf, h, w, b, activation) : inputDense(tf, batch.input, w, b, activation);
    if (layer === last) break;
    if (params.batchNorm !== 'none') h = normalise(step, h, layer);
    if (params.batchNorm === 'before_relu') h = tf.relu(h);
    if (training && params.dropout > 0) h = dropout(tf, h, params.dropout, random);
  }
  return h!;
}

function normalise({ tf, parameters, buffers, training, observe }: LossStep<MlpBatch>, h: EngineTensor, layer: number) {
  const [gamma, beta] = [parameters[`gamma${layer}`]!, parameters[`beta${layer}`]!];
  const [meanName, varianceName] = [`running_mean${layer}`, `running_var${layer}`];
  if (!training) return settledBatchNorm(tf, h, gamma, beta, buffers[meanName]!, buffers[varianceName]!);
  const { value, mean, variance } = batchNorm(tf, h, gamma, beta);
  observe(meanName, mean);
  observe(varianceName, variance);
  return value;
}

function mlpLoss({ tf, batch }: LossStep<MlpBatch>, z: EngineTensor, { target, loss }: NetworkParams) {
  const { targets, present, weight } = batch;
  if (target === 'scores') return (loss === 'bce' ? maskedBce : maskedMse)(tf, z, targets, present, weight);
  // A missing model takes no part in its row's softmax.
  const allowed = tf.add(z, tf.mul(tf.sub(present, 1), MISSING));
  return softCrossEntropy(tf, allowed, targets, weight);
}

/** Large against any logit, small enough to stay finite. */
const MISSING = 1e9;
