// Endpoints and models: where calls go, what they cost, what a model can take.
import { z } from 'zod';
import { count, positiveInt, share, text } from './values.js';

export const endpoint = z.strictObject({
  name: z.string().min(1),
  /** Host name; `baseUrl` wins. */
  address: z.string().optional(),
  port: z.number().int().min(1).max(65535).optional(),
  baseUrl: z.string().optional(),
  /** Absent: by host name and port. */
  type: z
    .enum([
      'ollama',
      'vllm',
      'openai',
      'huggingface',
      'nvidia',
      'openrouter',
      'openai-compatible',
      'simulated',
      'recorded',
    ])
    .optional(),
  weight: z.number().positive().default(1),
  /** Only as ${NAME}. A list is used round robin. */
  apiKey: z.union([z.string(), z.array(z.string()).min(1)]).optional(),
  headers: z.record(z.string(), z.string()).default({}),
  concurrency: positiveInt.optional(),
  rateLimitDelayMs: z.number().min(0).optional(),
  requestsPerMinute: z.number().positive().optional(),
  tokensPerMinute: z.number().positive().optional(),
  timeoutS: z.number().positive().optional(),
  /** To the first word of a streamed answer; default: half of the time limit. */
  firstTokenTimeoutS: z.number().positive().optional(),
  maxRetries: count.optional(),
});

const pricing = z.strictObject({
  currency: z.literal('USD').default('USD'),
  promptPer_1m: z.number().min(0),
  completionPer_1m: z.number().min(0),
  cachedInputPer_1m: z.number().min(0).optional(),
});

/** A model that is only pretended: nothing is sent, nothing is paid. */
const simulated = z.strictObject({
  /** Probability of a right answer by category; `default` for every other one. */
  skill: z.record(z.string(), share).optional(),
  /** Outcomes whose recorded quality is that probability. */
  from: text.optional(),
  /** Responses that are given word for word. */
  replay: text.optional(),
  latencyMs: z
    .strictObject({ median: z.number().positive().default(800), sigma: z.number().min(0).default(0.4) })
    .prefault({}),
  outputTokens: positiveInt.default(60),
  failures: z
    .partialRecord(
      z.enum(['filtered', 'too_long', 'rate_limited', 'timeout', 'server_error', 'network', 'auth', 'bad_request']),
      share,
    )
    .refine((shares) => Object.values(shares).reduce((sum, part) => sum + part, 0) <= 1 + 1e-9, {
      message: 'the shares of the failures may add up to at most 1',
    })
    .default({}),
});

export const model = z.strictObject({
  preferredEndpoints: z.array(z.string()).default([]),
  externalModelIds: z.record(z.string(), z.string()).default({}),
  accessKey: z.string().optional(),
  pricing: pricing.optional(),
  paramSize: z.string().optional(),
  contextWindowSize: positiveInt.optional(),
  description: z.string().optional(),
  /** What it is good at, as words or with a share each; kept for people and for other software, as the next four are. */
  capabilities: z.union([z.array(text), z.record(z.string(), z.number().min(0))]).optional(),
  tags: z.array(text).optional(),
  modalities: z.array(text).optional(),
  qualityScore: share.optional(),
  loras: z.array(z.strictObject({ name: text, description: z.string().optional() })).optional(),
  maxTokens: positiveInt.optional(),
  temperature: z.number().min(0).optional(),
  systemPrompt: z.string().optional(),
  /** Sent as it is, merged last into the request. */
  extraBody: z.record(z.string(), z.unknown()).default({}),
  /** Whether answers are asked for piece by piece; default: `benchmark.stream`. */
  stream: z.boolean().optional(),
  simulated: simulated.optional(),
});
