// The shape of a vsr configuration, once: YAML (snake_case), flags and --set all end here, in camelCase.
import { z } from 'zod';

const share = z.number().min(0).max(1);
const positiveInt = z.number().int().positive();
const count = z.number().int().min(0);

const endpoint = z.strictObject({
  name: z.string().min(1),
  /** Host name; `baseUrl` wins. */
  address: z.string().optional(),
  port: z.number().int().min(1).max(65535).optional(),
  baseUrl: z.string().optional(),
  type: z.enum(['openai', 'openai-compatible', 'recorded']).optional(),
  weight: z.number().positive().default(1),
  /** Only as ${NAME}. A list is used round robin. */
  apiKey: z.union([z.string(), z.array(z.string()).min(1)]).optional(),
  headers: z.record(z.string(), z.string()).default({}),
  concurrency: positiveInt.optional(),
  rateLimitDelayMs: z.number().min(0).optional(),
  timeoutS: z.number().positive().optional(),
  maxRetries: count.optional(),
});

const pricing = z.strictObject({
  currency: z.literal('USD').default('USD'),
  promptPer_1m: z.number().min(0),
  completionPer_1m: z.number().min(0),
  cachedInputPer_1m: z.number().min(0).optional(),
});

const model = z.strictObject({
  preferredEndpoints: z.array(z.string()).default([]),
  externalModelIds: z.record(z.string(), z.string()).default({}),
  accessKey: z.string().optional(),
  pricing: pricing.optional(),
  paramSize: z.string().optional(),
  contextWindowSize: positiveInt.optional(),
  description: z.string().optional(),
  maxTokens: positiveInt.optional(),
  temperature: z.number().min(0).optional(),
  systemPrompt: z.string().optional(),
  extraBody: z.record(z.string(), z.unknown()).default({}),
});

export const configSchema = z.strictObject({
  seed: z.number().int().default(42),
  data: z
    .strictObject({
      queries: z.string().optional(),
      outcomes: z.string().optional(),
      models: z.string().optional(),
      users: z.string().optional(),
    })
    .prefault({}),
  objective: z
    .strictObject({
      qualityWeight: share.default(0.9),
      costWeight: share.default(0),
      latencyScaleMs: z.number().positive().default(10_000),
      costScale: z.union([z.literal('auto'), z.number().positive()]).default('auto'),
    })
    .prefault({}),
  embedding: z.strictObject({ model: z.string().default('static') }).prefault({}),
  /** `endpoints` is read as the same key. */
  vllmEndpoints: z.array(endpoint).default([]),
  modelConfig: z.record(z.string(), model).default({}),
  benchmark: z
    .strictObject({
      dataFile: z.string().optional(),
      models: z.array(z.string()).optional(),
      output: z.string().default('outcomes.jsonl'),
      queryLimit: count.default(0),
      concurrency: positiveInt.optional(),
      rateLimitDelay: z.number().min(0).optional(),
      timeout: z.number().positive().default(120),
      maxRetries: count.default(4),
      maxTokens: positiveInt.default(1024),
      temperature: z.number().min(0).default(0),
      dryRun: z.boolean().default(false),
      fresh: z.boolean().default(false),
      maxMissing: share.default(0.05),
    })
    .prefault({}),
  scoring: z
    .strictObject({
      numericTolerance: z.number().positive().default(1e-6),
      truncated: z.enum(['zero', 'missing']).default('zero'),
      scale: z.number().positive().default(1),
    })
    .prefault({}),
  train: z
    .strictObject({
      dataFile: z.string().optional(),
      outputDir: z.string().default('artifacts'),
      router: z.array(z.string()).optional(),
      split: z.tuple([share, share, share]).default([0.8, 0.1, 0.1]),
      folds: z.union([z.literal('auto'), count]).default('auto'),
      leakCheck: z.enum(['error', 'warn', 'exclude']).default('error'),
    })
    .prefault({}),
  /** Parameters per router; each router's own strict schema judges them. */
  routers: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  infer: z
    .strictObject({
      artifacts: z.string().default('artifacts'),
      router: z.string().optional(),
      query: z.string().optional(),
      input: z.string().optional(),
      output: z.string().optional(),
      userId: z.string().optional(),
      candidates: z.array(z.string()).optional(),
      qualityWeight: share.optional(),
      costWeight: share.optional(),
      maxCost: z.number().positive().optional(),
      fallback: z.string().optional(),
      top: positiveInt.default(3),
      explain: z.boolean().default(false),
    })
    .prefault({}),
  analyze: z
    .strictObject({
      dataFile: z.string().optional(),
      artifacts: z.string().default('artifacts'),
      output: z.string().optional(),
      split: z.enum(['test', 'validation', 'all']).optional(),
      qualityWeight: share.optional(),
      costWeight: share.optional(),
      minGain: z.number().min(0).default(0.01),
      bootstrap: positiveInt.default(10_000),
      confidence: z.number().gt(0).lt(1).default(0.95),
      excludeTasks: z.array(z.string()).default([]),
      failOn: z.enum(['inconclusive', 'do-not-route']).optional(),
    })
    .prefault({}),
});

/** A validated configuration, every default filled in. */
export type VsrConfig = z.output<typeof configSchema>;
