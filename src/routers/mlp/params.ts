// Parameters of the mlp router; configs/mlp.yaml gives the reasons for the defaults.
import { z } from 'zod';
import { count, countOrAuto, within } from '../number-params.js';

export const mlpParams = z.strictObject({
  /** Units of each hidden layer; [] is logistic regression. */
  hiddenLayers: z.array(count(1, 8192), { error: 'expected a list of whole numbers' }).max(8).default([128, 64]),
  /** Share of the units left out at each step. */
  dropout: within(0, 0.5).default(0.2),
  /** Batch normalisation around the ReLU of each hidden layer; folded into the weights when the fit is done. */
  batchNorm: z
    .enum(['none', 'before_relu', 'after_relu'], { error: 'expected none, before_relu or after_relu' })
    .default('none'),
  /** scores: expected quality of every model; best: which one is the best. */
  target: z.enum(['scores', 'best'], { error: 'expected scores or best' }).default('scores'),
  /** Of target scores: cross entropy with soft targets, or squared error. */
  loss: z.enum(['bce', 'mse'], { error: 'expected bce or mse' }).default('bce'),
  /** balanced: the outcomes (of target best: the wins) of each model count the same in sum, however many it has. */
  classWeights: z.enum(['none', 'balanced'], { error: 'expected none or balanced' }).default('none'),
  /** Networks of this form, trained side by side; their logits are averaged. */
  ensemble: count(1, 16).default(3),
  learningRate: within(1e-4, 1e-2).default(1e-3),
  /** How the learning rate falls over all steps of `epochs`. */
  schedule: z
    .enum(['constant', 'linear', 'cosine'], { error: 'expected constant, linear or cosine' })
    .default('cosine'),
  /** Share of all steps over which the learning rate first rises from 0. */
  warmup: within(0, 0.9).default(0),
  /** Longest gradient, over all weights; a longer one is scaled down. 0 = any length. */
  clipNorm: within(0, 1e6).default(0),
  /** Decoupled, as in AdamW. */
  weightDecay: within(0, 1).default(1e-4),
  batchSize: count(1, 65536).default(64),
  /** auto: 15, or as many as make 300 steps. */
  epochs: countOrAuto(1, 10_000).default('auto'),
  /** Epochs without a better validation loss after which the fit ends. */
  patience: count(1, 10_000).default(10),
});

export type MlpParams = z.output<typeof mlpParams>;
