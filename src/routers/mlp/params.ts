// Parameters of the mlp router; configs/mlp.yaml gives the reasons for the defaults.
import { z } from 'zod';

const within = (low: number, high: number, what = 'a number') => {
  const message = `expected ${what} from ${low} to ${high}`;
  return z.number({ error: message }).min(low, message).max(high, message);
};
const count = (low: number, high: number) => within(low, high, 'a whole number').int('expected a whole number');

export const mlpParams = z.strictObject({
  /** Units of each hidden layer; [] is logistic regression. */
  hiddenLayers: z.array(count(1, 8192), { error: 'expected a list of whole numbers' }).max(8).default([256, 128]),
  /** Share of the units left out at each step. */
  dropout: within(0, 0.5).default(0.1),
  /** Batch normalisation around the ReLU of each hidden layer; folded into the weights when the fit is done. */
  batchNorm: z
    .enum(['none', 'before_relu', 'after_relu'], { error: 'expected none, before_relu or after_relu' })
    .default('none'),
  /** scores: expected quality of every model; best: which one is the best. */
  target: z.enum(['scores', 'best'], { error: 'expected scores or best' }).default('scores'),
  /** Of target scores: cross entropy with soft targets, or squared error. */
  loss: z.enum(['bce', 'mse'], { error: 'expected bce or mse' }).default('bce'),
  learningRate: within(1e-4, 1e-2).default(1e-3),
  /** Decoupled, as in AdamW. */
  weightDecay: within(0, 1).default(1e-4),
  batchSize: count(1, 65536).default(32),
  epochs: count(1, 10_000).default(100),
  /** Epochs without a better validation loss after which the fit ends. */
  patience: count(1, 10_000).default(10),
});

export type MlpParams = z.output<typeof mlpParams>;
