// What analyze judges and how it says so.
import { z } from 'zod';
import { positiveInt, share, text, weights, weightsMessage } from './values.js';

/** Spelled as semantic-router spells it; what else a decision holds stays as it is. */
export const decisionShape = z.looseObject({
  name: text,
  algorithm: z.looseObject({ type: text.optional() }).optional(),
  modelRefs: z.array(z.looseObject({ model: text })).min(1),
});

export const analyze = z
  .strictObject({
    dataFile: text.optional(),
    /** One directory, or several to stand side by side; default ./artifacts where it is, else the outcomes alone. */
    artifacts: z.union([text.transform((directory) => [directory]), z.array(text).min(1)]).optional(),
    /** Two directories: did the second get worse? */
    compare: z.tuple([text, text]).optional(),
    /** What vsr infer wrote: what the deployed router earned. */
    decisions: text.optional(),
    only: z.enum(['config', 'data', 'evaluation']).optional(),
    output: text.optional(),
    split: z.enum(['test', 'validation', 'all']).optional(),
    /** Default what training did. */
    splitBy: z.enum(['query', 'task', 'user', 'session']).optional(),
    leakCheck: z.enum(['error', 'warn', 'exclude']).optional(),
    /** A models.json whose prices, times tokens, replace the recorded costs. */
    prices: text.optional(),
    /** The setting that is recommended: the cheapest of this quality, or the best for at most these dollars a query. */
    targetQuality: share.optional(),
    maxCost: z.number().positive().optional(),
    qualityWeight: share.optional(),
    costWeight: share.optional(),
    /** Fits of every router to tell the spread of its figures; refitted here where training stored fewer. */
    seeds: positiveInt.optional(),
    minGain: z.number().min(0).default(0.01),
    bootstrap: positiveInt.default(10_000),
    confidence: z.number().gt(0).lt(1).default(0.95),
    excludeTasks: z.array(z.string()).default([]),
    failOn: z.enum(['inconclusive', 'do-not-route']).optional(),
    /** How the report is written; several need an output, whose name then only begins the files' names. */
    format: z
      .array(z.enum(['text', 'json', 'html', 'markdown']))
      .min(1)
      .optional(),
  })
  .refine(weights, weightsMessage)
  .prefault({});
