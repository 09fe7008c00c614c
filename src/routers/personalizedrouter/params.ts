// Parameters of personalizedrouter; configs/personalizedrouter.yaml gives the reasons for the defaults.
import { z } from 'zod';
import { count, within } from '../number-params.js';

const most = (what: string) =>
  z
    .union([z.literal('any'), z.number().int().min(1)], { error: `expected "any" or the largest number of ${what}` })
    .default('any');

export const personalizedRouterParams = z.strictObject({
  /** H: the width of every node's state. */
  embeddingDim: count(8, 256).default(64),
  /** What an edge says of an outcome: 1 quality, 2 and cost, 3 and latency; auto = what the data knows. */
  edgeDim: z
    .union([z.literal('auto'), z.literal(1), z.literal(2), z.literal(3)], { error: 'expected "auto", 1, 2 or 3' })
    .default('auto'),
  /** scores: what a user would give each model. best: which model the user would choose. */
  target: z.enum(['scores', 'best'], { error: 'expected scores or best' }).default('scores'),
  learningRate: within(1e-5, 1e-1).default(1e-3),
  /** Decoupled (AdamW). */
  weightDecay: within(0, 1).default(1e-4),
  trainEpoch: count(1, 10_000).default(60),
  /** Epochs without a better validation loss after which the fit ends. */
  patience: count(1, 10_000).default(8),
  /** Targets a step: so many queries, and as many rated ones. */
  batchSize: count(1, 4096).default(64),
  /** Share of the training queries whose edges are hidden at a step, the targets among them. */
  trainMaskRate: within(0.05, 0.9).default(0.3),
  /** Nearest training queries whose outcomes a query is told; at most a tenth of the training queries. */
  neighbours: count(0, 500).default(75),
  /** Rated queries of a user that are read: the newest. */
  historySize: count(1, 200).default(32),
  /** More users than this are refused. */
  userNum: most('users'),
  /** More tasks than this are refused. */
  numTask: most('tasks'),
  /** Models whose names share one of these texts are linked. */
  llmFamily: z.array(z.string().min(1), { error: 'expected a list of texts' }).default([]),
});

export type PersonalizedRouterParams = z.output<typeof personalizedRouterParams>;
