// The gateway and the chat.
import { z } from 'zod';
import { count, personId, positiveInt, share, text, weights, weightsMessage } from './values.js';

export const serve = z
  .strictObject({
    artifacts: text.default('artifacts'),
    router: z.string().optional(),
    host: text.default('127.0.0.1'),
    /** 0 = any free one. */
    port: z.number().int().min(0).max(65535).default(8001),
    /** Only as ${NAME}; whoever asks must bring one of them. */
    apiKey: z.union([text, z.array(text).min(1)]).optional(),
    /** Keys of which only a hash is written down: sha256:HEX or scrypt:SALT:HEX. */
    keys: z
      .array(
        z.strictObject({
          name: text,
          hash: z
            .string()
            .regex(
              /^(sha256:[0-9a-f]{64}|scrypt:[0-9a-f]{16,}:[0-9a-f]{64})$/,
              'expected sha256:HEX or scrypt:SALT:HEX',
            ),
          requestsPerMinute: z.number().positive().optional(),
        }),
      )
      .default([]),
    /** Of each key that has no limit of its own. */
    requestsPerMinute: z.number().positive().optional(),
    /** Origins whose pages may ask. */
    cors: z.array(text).default([]),
    /** Host names this gateway is reached by, beside its own addresses. */
    hosts: z.array(text).default([]),
    /** The model's name stands before its text. */
    prefix: z.boolean().default(false),
    /** The chat page at /. */
    web: z.boolean().default(false),
    candidates: z.array(z.string()).optional(),
    qualityWeight: share.optional(),
    costWeight: share.optional(),
    maxCost: z.number().positive().optional(),
    /** Default the best single model of the artifact. */
    fallback: z.string().optional(),
    /** What a model can take, where neither its modalities nor its window say so. */
    abilities: z
      .record(z.string(), z.strictObject({ images: z.boolean().optional(), tools: z.boolean().optional() }))
      .default({}),
    /** Whether a conversation with a session_id stays with its model. */
    sticky: z.boolean().default(true),
    /** The default model answers; what this router would have done is logged. */
    shadow: z.string().optional(),
    /** Share of sessions, users or requests that are routed; the others get the default model. */
    abShare: share.default(1),
    /** How many more models are asked after one that fails. */
    maxFallbacks: count.default(1),
    /** Failures in a row after which a model rests, and for how long. */
    breaker: z
      .strictObject({ failures: positiveInt.default(5), restS: z.number().positive().default(30) })
      .prefault({}),
    timeoutS: z.number().positive().default(300),
    maxBodyMb: z.number().positive().default(20),
    /** Image URLs that point into private networks are let through. */
    allowPrivateImages: z.boolean().default(false),
    log: z
      .strictObject({
        /** Outcomes as JSON lines; absent = none. */
        file: text.optional(),
        prompts: z.boolean().default(false),
        maxMb: z.number().positive().default(100),
        /** Older files that are kept. */
        files: count.default(5),
      })
      .prefault({}),
    /** Folder of the feedback journal, or redis://… or postgres://… shared by several gateways. */
    state: text.default('.vsr-state'),
    /** Seconds between two looks at the manifest; 0 = only on SIGHUP. */
    reloadS: z.number().min(0).default(2),
  })
  .refine(weights, weightsMessage)
  .prefault({});

export const chat = z
  .strictObject({
    artifacts: text.default('artifacts'),
    router: z.string().optional(),
    userId: personId.optional(),
    host: text.default('127.0.0.1'),
    port: z.number().int().min(0).max(65535).optional(),
    web: z.boolean().default(false),
    /** Everybody who has the printed address may come. */
    share: z.boolean().default(false),
    /** What the router sees of a conversation; the model always gets all of it. */
    mode: z.enum(['current_only', 'full_context', 'retrieval']).default('current_only'),
    /** Earlier questions that retrieval shows the router. */
    topK: positiveInt.default(3),
    temp: z.number().min(0).max(2).default(0.8),
    maxTokens: positiveInt.optional(),
    routeOnly: z.boolean().default(false),
    /** Gets a line for every rating. */
    history: text.optional(),
  })
  .prefault({});
