// What infer routes, for whom, under which limits.
import { z } from 'zod';
import { personId, positiveInt, share, text, weights, weightsMessage } from './values.js';

export const infer = z
  .strictObject({
    artifacts: text.default('artifacts'),
    router: z.string().optional(),
    query: z.string().optional(),
    /** Of `query`: a file, a data: URL, or where allowed an address. */
    image: text.optional(),
    input: z.string().optional(),
    output: text.optional(),
    userId: personId.optional(),
    /** Rated turns of the people who ask, beside what the artifact knows of them. */
    history: text.optional(),
    /** Of every query; default what its row says, else what the artifact's classifier does. */
    category: text.optional(),
    candidates: z.array(z.string()).optional(),
    qualityWeight: share.optional(),
    costWeight: share.optional(),
    maxCost: z.number().positive().optional(),
    /** Milliseconds expected. */
    maxLatency: z.number().positive().optional(),
    /** Model → chance to answer well that is enough: the cheapest model that reaches its own is chosen. */
    thresholds: z.record(z.string(), z.number()).optional(),
    fallback: z.string().optional(),
    /** Models of the ranking that are shown; without it three in a text, all in JSON. */
    top: positiveInt.optional(),
    explain: z.boolean().default(false),
  })
  .refine(weights, weightsMessage)
  .prefault({});
