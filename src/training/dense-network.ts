// A plain feed-forward network over columns: (Dense → ReLU → Dropout) per hidden layer, with batch norm around the ReLU, → Dense.
import type { FitBatch, LossStep } from './fit-problem.js';
import { batchNorm, dense, dropout, type InputBatch, inputDense, settledBatchNorm } from './layers.js';
import type { EngineTensor } from './tensorflow.js';

/** Where each hidden layer is normalised over the batch. */
export type BatchNormPlace = 'none' | 'before_relu' | 'after_relu';

export interface DenseNetwork {
  /** Hidden layers. */
  readonly hidden: number;
  /** Share of the units left out at each training step. */
  readonly dropout: number;
  readonly batchNorm: BatchNormPlace;
}

/**
 * Z [O×B] from parameters w1 [U×I], b1 [U×1] …, gamma1, beta1 … and buffers running_mean1, running_var1 …
 * @param named how the step spells these names; default as they are
 */
export function denseNetwork<B extends FitBatch>(
  step: LossStep<B>,
  input: InputBatch,
  network: DenseNetwork,
  named: (name: string) => string = (name) => name,
): EngineTensor {
  const { tf, parameters, training, random } = step;
  const last = network.hidden + 1;
  let h: EngineTensor | undefined; // undefined = the input itself
  for (let layer = 1; layer <= last; layer++) {
    const [w, b] = [parameters[named(`w${layer}`)]!, parameters[named(`b${layer}`)]!];
    const activation = layer === last || network.batchNorm === 'before_relu' ? 'linear' : 'relu';
    h = h ? dense(tf, h, w, b, activation) : inputDense(tf, input, w, b, activation);
    if (layer === last) break;
    if (network.batchNorm !== 'none') h = normalise(step, h, (name) => named(`${name}${layer}`));
    if (network.batchNorm === 'before_relu') h = tf.relu(h);
    if (training && network.dropout > 0) h = dropout(tf, h, network.dropout, random);
  }
  return h!;
}

function normalise<B extends FitBatch>(
  { tf, parameters, buffers, training, observe }: LossStep<B>,
  h: EngineTensor,
  named: (name: string) => string,
) {
  const [gamma, beta] = [parameters[named('gamma')]!, parameters[named('beta')]!];
  const [meanName, varianceName] = [named('running_mean'), named('running_var')];
  if (!training) return settledBatchNorm(tf, h, gamma, beta, buffers[meanName]!, buffers[varianceName]!);
  const { value, mean, variance } = batchNorm(tf, h, gamma, beta);
  observe(meanName, mean);
  observe(varianceName, variance);
  return value;
}
