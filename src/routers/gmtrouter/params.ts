// Parameters of the gmtrouter router; configs/gmtrouter.yaml gives the reasons for the defaults.
import { z } from 'zod';
import { count, within } from '../number-params.js';

export const gmtrouterParams = z
  .strictObject({
    /** H: width of every node's state; a multiple of `heads`. */
    hidden: count(16, 512).default(64),
    heads: count(1, 8).default(4),
    /** L: sessions are updated in layers 1 to L − 1, users in 2 to L. */
    layers: count(2, 3).default(2),
    /** How nodes hear their neighbours: typed attention, or a typed mean. */
    conv: z.enum(['hgt', 'sage'], { error: 'expected hgt or sage' }).default('hgt'),
    /** true: a turn also hears the turn of the same conversation and model before it. */
    multiTurn: z.boolean({ error: 'expected true or false' }).default(false),
    /** Groups of a user's past that are read, the newest. */
    historySize: count(1, 100).default(16),
    /** κ: the personal part counts n/(n + κ) after n groups. */
    shrinkage: within(0, 1e6).default(10),
    /** All pairs of a group, or the group as a list whose best models share one unit of mass; the same for votes. */
    loss: z.enum(['pairwise', 'listwise'], { error: 'expected pairwise or listwise' }).default('pairwise'),
    learningRate: within(1e-5, 1e-1).default(2e-3),
    /** Decoupled, as in AdamW. */
    weightDecay: within(0, 1).default(1e-4),
    /** Gradients longer than this are scaled down to it; 0 = never. */
    clipNorm: within(0, 1000).default(1),
    /** Rated groups a step. */
    batchSize: count(1, 4096).default(128),
    epochs: count(1, 10_000).default(40),
    /** Epochs without a better validation loss after which the fit ends. */
    patience: count(1, 10_000).default(8),
    /** Share of the units left out at each step. */
    dropout: within(0, 0.5).default(0.1),
  })
  .refine(({ hidden, heads }) => hidden % heads === 0, {
    path: ['hidden'],
    error: 'expected a multiple of heads',
  });

export type GmtrouterParams = z.output<typeof gmtrouterParams>;
