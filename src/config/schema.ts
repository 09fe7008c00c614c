// The shape of a vsr configuration, once: YAML (snake_case), flags and --set all end here, in camelCase.
import { z } from 'zod';
import { analyze, decisionShape } from './shape/analyze.js';
import { benchmark, scoring } from './shape/benchmark.js';
import { embedding, features } from './shape/embedding.js';
import { infer } from './shape/infer.js';
import { endpoint, model } from './shape/models.js';
import { feedback, simulateUsers } from './shape/people.js';
import { chat, serve } from './shape/serve.js';
import { routerParams, train } from './shape/train.js';
import { count, positiveInt, share, text, weights, weightsMessage } from './shape/values.js';

export { decisionShape } from './shape/analyze.js';
export { encoderEntry, encoderSettings } from './shape/embedding.js';
export { routerParams, searchSpace } from './shape/train.js';

export const configSchema = z.strictObject({
  seed: z.number().int().default(42),
  /** A YAML file with `vllm_endpoints` and `model_config`, read as if it stood in this one. */
  modelsFile: text.optional(),
  /** The bundled votes instead of files here. */
  example: z.enum(['votes']).optional(),
  data: z
    .strictObject({
      queries: text.optional(),
      outcomes: text.optional(),
      /** The catalogue (models.json): prices and descriptions. */
      models: text.optional(),
      users: text.optional(),
      /** Votes or ratings of people: JSON lines, the arena's Parquet, PersonalizedRouter's CSV. */
      votes: text.optional(),
      /** Rated turns of conversations; read as votes are. */
      history: text.optional(),
      /** Vectors made before, row i of the file for row i of the outcomes: .npy, or .safetensors with `embeddings`. */
      embeddings: text.optional(),
      /** Opinions of a judge or of people on answers (labels.jsonl), beside what scorers found. */
      labels: text.optional(),
      /** What becomes of labels whose two orders are far apart. */
      disagreement: z.enum(['keep', 'missing']).default('keep'),
      /** Lowest and highest rating; default: each user's own. */
      ratingScale: z
        .tuple([z.number(), z.number()])
        .refine(([low, high]) => low < high)
        .optional(),
    })
    .prefault({}),
  objective: z
    .strictObject({
      qualityWeight: share.default(0.9),
      costWeight: share.default(0),
      latencyScaleMs: z.number().positive().default(10_000),
      costScale: z.union([z.literal('auto'), z.number().positive()]).default('auto'),
      /** For routers whose scores are chances: the cheapest model likely enough is chosen, as likely as the goal needs. */
      thresholds: z
        .strictObject({
          /** auto: shared for autorouter, off for every other; shared, per_model: for every router that scores quality. */
          mode: z.enum(['auto', 'shared', 'per_model', 'off']).default('auto'),
          /** Mean quality to reach; default that of the best single model. */
          quality: z.union([z.literal('best_single'), share]).optional(),
          /** By how much less is enough. */
          margin: share.default(0),
          /** Dollars per query, instead of a quality. */
          budget: z.number().positive().optional(),
        })
        .refine(({ quality, budget }) => quality === undefined || budget === undefined, {
          message: 'quality and budget are two goals: set one of them',
        })
        .prefault({}),
    })
    .refine(weights, weightsMessage)
    .prefault({}),
  embedding,
  features,
  /** `endpoints` is read as the same key. */
  vllmEndpoints: z.array(endpoint).default([]),
  modelConfig: z.record(z.string(), model).default({}),
  benchmark,
  scoring,
  train,
  /** semantic-router's decisions, as they stand there: analyze --only config says which of them have something to learn. */
  decisions: z
    .array(
      z.record(z.string(), z.unknown()).refine((decision) => decisionShape.safeParse(decision).success, {
        message: 'a decision needs a name and modelRefs, a list of objects with a model',
      }),
    )
    .default([]),
  routers: z.record(z.string(), routerParams).default({}),
  /** Before it reports, doctor brings what is named. */
  doctor: z.strictObject({ fix: z.enum(['native']).optional() }).prefault({}),
  convert: z
    .strictObject({
      to: z.enum(['semantic-router', 'onnx', 'saved-model', 'llmrouter']).optional(),
      from: z
        .enum(['semantic-router', 'llmrouter', 'autorouter', 'votes', 'arena', 'gmtrouter', 'personalizedrouter'])
        .optional(),
      input: text.optional(),
      output: text.optional(),
      /** The queries or outcomes that the decisions are about. */
      dataFile: text.optional(),
      overwrite: z.boolean().default(false),
      router: z.array(z.string()).optional(),
    })
    .prefault({}),
  cache: z.strictObject({ fingerprint: text.optional() }).prefault({}),
  embed: z.strictObject({ input: text.optional(), output: text.optional(), artifacts: text.optional() }).prefault({}),
  addCategory: z
    .strictObject({
      input: text.optional(),
      output: text.optional(),
      /** Default: llm where a model is named, else classifier. */
      method: z.enum(['classifier', 'http', 'llm', 'keyword']).optional(),
      /** Whose classifier and list of categories. */
      artifacts: text.default('artifacts'),
      vsrUrl: text.default('http://localhost:8080'),
      /** Alias of model_config. */
      model: text.optional(),
      batchSize: positiveInt.default(100),
      maxRetries: count.default(3),
      /** Seconds. */
      retryDelay: z.number().min(0).default(1),
      overwrite: z.boolean().default(false),
    })
    .prefault({}),
  infer,
  judgeLabels: z
    .strictObject({
      outcomes: text.optional(),
      responses: text.optional(),
      output: text.default('labels.jsonl'),
      /** reference: each answer by itself; comparison: each pair of answers to a query. */
      by: z.enum(['reference', 'comparison']).default('reference'),
      limit: count.default(0),
      /** US dollars. */
      budget: z.number().positive().optional(),
      human: text.optional(),
      binary: z.boolean().default(false),
    })
    .prefault({}),
  feedback,
  simulateUsers,
  serve,
  chat,
  analyze,
});

/** A validated configuration, every default filled in. */
export type VsrConfig = z.output<typeof configSchema>;
