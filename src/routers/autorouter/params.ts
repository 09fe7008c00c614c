// Parameters of the autorouter; configs/autorouter.yaml gives the reasons for the defaults.
import { z } from 'zod';
import { count, countOrAuto, within } from '../number-params.js';

export const autorouterParams = z.strictObject({
  /** Units of each hidden layer; [] is logistic regression. */
  hiddenLayers: z.array(count(1, 8192), { error: 'expected a list of whole numbers' }).max(8).default([256, 128]),
  /** Share of the units left out at each step. */
  dropout: within(0, 0.5).default(0.3),
  /** Normalises each hidden layer over the batch before its ReLU; folded into the weights when the fit is done. */
  batchNorm: z.boolean({ error: 'expected true or false' }).default(false),
  /** balanced: right answers of each model weigh as much in sum as its wrong ones; the scores stay probabilities. */
  classWeights: z.enum(['none', 'balanced'], { error: 'expected none or balanced' }).default('none'),
  /** ε: targets are drawn this far towards the model's mean. */
  labelSmoothing: within(0, 0.5).default(0),
  learningRate: within(1e-5, 1e-2).default(1e-3),
  /** Decoupled, as in AdamW. */
  weightDecay: within(0, 1).default(1e-4),
  batchSize: count(1, 65536).default(64),
  /** auto: 50, or as many as make 300 steps. */
  epochs: countOrAuto(1, 10_000).default('auto'),
  /** Epochs without a better validation log-loss after which the fit ends. */
  patience: count(1, 10_000).default(8),
});

export type AutorouterParams = z.output<typeof autorouterParams>;
