// Parameters of the mf router; configs/mf.yaml gives the reasons for the defaults.
import { z } from 'zod';
import { count, within } from '../number-params.js';

export const mfParams = z
  .strictObject({
    /** F: how many numbers describe a query and a model. */
    numFactors: count(1, 256).default(16),
    /** How query and model factors meet: plain, RouteLLM's paper (bilinear), RouteLLM's code (bilinear_normalized). */
    scorer: z
      .enum(['plain', 'bilinear', 'bilinear_normalized'], {
        error: 'expected plain, bilinear or bilinear_normalized',
      })
      .default('plain'),
    /** Pointwise on every model's quality, or pairwise on which model was the better one. */
    loss: z
      .enum(['masked_bce', 'bradley_terry'], { error: 'expected masked_bce or bradley_terry' })
      .default('masked_bce'),
    /** Of masked_bce. balanced: the outcomes of each model count the same in sum, however many it has. */
    classWeights: z.enum(['none', 'balanced'], { error: 'expected none or balanced' }).default('none'),
    learningRate: within(1e-5, 1).default(1e-3),
    /** How the learning rate falls over all steps of `epochs`. */
    schedule: z
      .enum(['constant', 'linear', 'cosine'], { error: 'expected constant, linear or cosine' })
      .default('constant'),
    /** Share of all steps over which the learning rate first rises from 0. */
    warmup: within(0, 0.9).default(0),
    /** Longest gradient, over all weights; a longer one is scaled down. 0 = any length. */
    clipNorm: within(0, 1e6).default(0),
    /** L2: added to the gradient. */
    weightDecay: within(0, 1).default(1e-4),
    batchSize: count(1, 65536).default(64),
    epochs: count(1, 10_000).default(60),
    /** Epochs without a better validation loss after which the fit ends. */
    patience: count(1, 10_000).default(8),
  })
  .refine(({ loss, classWeights }) => loss === 'masked_bce' || classWeights === 'none', {
    path: ['classWeights'],
    error: 'expected none with loss bradley_terry, which weighs pairs by how much was won',
  });

export type MfParams = z.output<typeof mfParams>;
