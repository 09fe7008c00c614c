// What benchmark asks and how answers are scored.
import { z } from 'zod';
import { count, positiveInt, share, text } from './values.js';

export const benchmark = z
  .strictObject({
    dataFile: text.optional(),
    models: z.array(z.string()).optional(),
    output: text.default('outcomes.jsonl'),
    queryLimit: count.default(0),
    concurrency: positiveInt.optional(),
    rateLimitDelay: z.number().min(0).optional(),
    timeout: z.number().positive().default(120),
    maxRetries: count.default(4),
    maxTokens: positiveInt.default(1024),
    temperature: z.number().min(0).default(0),
    /** Answers come piece by piece, which shows the time to the first token. */
    stream: z.boolean().default(true),
    dryRun: z.boolean().default(false),
    fresh: z.boolean().default(false),
    /** Ask the calls again that failed in an earlier run. */
    retryFailed: z.boolean().default(false),
    /** Score the stored answers again; no model is asked. */
    rescore: z.boolean().default(false),
    /** Task → scorer or metric; it wins over the row's own. */
    scorer: z.record(z.string(), text).default({}),
    /** Prompts that ask for the answer alone. */
    concise: z.boolean().default(false),
    /** Answers are scored and not stored. */
    noResponses: z.boolean().default(false),
    allowCodeExecution: z.boolean().default(false),
    /** How often each model is asked each query. */
    repeat: positiveInt.default(1),
    /** US dollars that one run may spend. */
    budget: z.number().positive().optional(),
    /** A model is asked no more once the 95 % interval of its quality is this narrow, to each side. */
    untilCi: z.number().positive().lt(1).optional(),
    maxMissing: share.default(0.05),
  })
  .prefault({});

export const scoring = z
  .strictObject({
    numericTolerance: z.number().positive().default(1e-6),
    truncated: z.enum(['zero', 'missing']).default('zero'),
    timeout: z.enum(['zero', 'missing']).default('missing'),
    judge: z
      .strictObject({
        /** Alias of the model that scores rows without a truth. */
        model: text.optional(),
        /** true: the judge may be one of the models it judges. */
        allowSelf: z.boolean().default(false),
        /** Marks from 0 to 10, or yes and no. */
        style: z.enum(['score', 'binary']).default('score'),
        maxTokens: positiveInt.default(512),
      })
      .prefault({}),
    scale: z.number().positive().default(1),
  })
  .prefault({});
