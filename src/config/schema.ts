// The shape of a vsr configuration, once: YAML (snake_case), flags and --set all end here, in camelCase.
import { z } from 'zod';

const share = z.number().min(0).max(1);
const text = z.string().min(1);
const positiveInt = z.number().int().positive();
const count = z.number().int().min(0);

const endpoint = z.strictObject({
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

/** What may be set about one encoder. */
const encoderKeys = {
  /** static (the default), hash, a preset, or the model's name on a server. */
  model: text.optional(),
  /** Absent: found from model, path and url. */
  source: z.enum(['static', 'hash', 'onnx', 'clip', 'openai', 'tei', 'ollama', 'huggingface', 'nvclip']).optional(),
  /** Folder with the encoder's files. */
  path: text.optional(),
  /** Of several model files in that folder the one with this name. */
  file: text.optional(),
  /** Base URL of an embedding server. */
  url: text.optional(),
  dim: positiveInt.optional(),
  maxLength: positiveInt.optional(),
  pooling: z.enum(['mean', 'cls', 'last', 'max']).optional(),
  padding: z.enum(['left', 'right']).optional(),
  /** {text} stands for the text. */
  prompt: z.string().optional(),
  normalise: z.boolean().optional(),
  longText: z.enum(['head', 'head_tail', 'chunk_mean']).optional(),
  batchSize: positiveInt.optional(),
  threads: positiveInt.optional(),
  concurrency: positiveInt.optional(),
  timeoutS: z.number().positive().optional(),
  maxRetries: count.optional(),
  allowRemoteImages: z.boolean().optional(),
};

/** One of several encoders: its name, or its keys. */
export const encoderSettings = z.strictObject(encoderKeys);
export const encoderEntry = z.union([text, encoderSettings]);

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

const model = z.strictObject({
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

/** One router's parameters: only their names are mapped here, the router's own strict schema judges them. */
export const routerParams = z.record(z.string(), z.unknown());

const dimension = z.union(
  [
    z.array(z.unknown()).min(1),
    z
      .strictObject({
        low: z.number(),
        high: z.number(),
        scale: z.enum(['linear', 'log']).default('linear'),
        whole: z.boolean().default(false),
      })
      .refine(({ low, high, scale }) => low <= high && (scale === 'linear' || low > 0)),
  ],
  {
    error: 'expected a list of values, or {low, high, scale: linear or log, whole}, low not above high, of log above 0',
  },
);

/** What --tune draws one router's parameters from. */
export const searchSpace = z.record(z.string(), dimension);

const weights = (section: { qualityWeight?: number | undefined; costWeight?: number | undefined }) =>
  (section.qualityWeight ?? 0) + (section.costWeight ?? 0) <= 1 + 1e-9;
const weightsMessage = {
  path: ['costWeight'],
  message: 'quality_weight and cost_weight may add up to at most 1 (latency takes the rest)',
};

export const configSchema = z.strictObject({
  seed: z.number().int().default(42),
  /** A YAML file with `vllm_endpoints` and `model_config`, read as if it stood in this one. */
  modelsFile: text.optional(),
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
    })
    .refine(weights, weightsMessage)
    .prefault({}),
  embedding: z
    .strictObject({
      ...encoderKeys,
      /** Only as ${NAME}. */
      apiKey: text.optional(),
      headers: z.record(z.string(), z.string()).optional(),
      /** Several, side by side; what the section itself sets goes to the one that needs a folder or a server. */
      encoders: z
        .array(z.union([text, z.strictObject(encoderKeys)]))
        .min(1)
        .optional(),
      /** One of each of `encoders`; equal by default. */
      weights: z.array(z.number().positive()).min(1).optional(),
      /** Buckets of the lexical encoder. */
      lexicalDim: z.number().int().min(16).max(1_048_576).default(4096),
      /** Characters of the pieces of words that the lexical encoder counts too; 0 = none. */
      lexicalCharacters: z.number().int().min(0).max(10).default(0),
      /** Learn on lexical features where the encoder cannot be used. */
      useFallback: z.boolean().default(false),
      cacheDir: text.default('.cache/embeddings'),
    })
    .prefault({}),
  features: z
    .strictObject({
      category: z
        .strictObject({
          /** vsr, semantic-router, or 1 to 64 names. */
          labels: z.union([z.enum(['vsr', 'semantic-router']), z.array(text).min(1).max(64)]).default('vsr'),
          /** What the category block is multiplied by beside an embedding of length 1; 0 = no block; auto = 0.3 where rows carry a category. */
          weight: z.union([z.literal('auto'), z.number().min(0).max(10)]).default('auto'),
          /** Which category the queries of a task have, for the classifier: `tasks: {gsm8k: math}`. Well-known benchmarks are known. */
          tasks: z.record(z.string(), text).default({}),
          /** Words that speak for a category, for add-category --method keyword, beside the built-in ones. */
          keywords: z.record(z.string(), z.array(text).min(1)).default({}),
        })
        .prefault({}),
    })
    .prefault({}),
  /** `endpoints` is read as the same key. */
  vllmEndpoints: z.array(endpoint).default([]),
  modelConfig: z.record(z.string(), model).default({}),
  benchmark: z
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
    .prefault({}),
  scoring: z
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
    .prefault({}),
  train: z
    .strictObject({
      dataFile: text.optional(),
      outputDir: text.default('artifacts'),
      router: z.array(z.string()).optional(),
      /** Beside its own files, each router's graph as other software reads it. */
      export: z.array(z.enum(['onnx', 'saved-model'])).default([]),
      queryLimit: count.default(0),
      split: z
        .tuple([share, share, share])
        .refine((shares) => Math.abs(shares.reduce((sum, part) => sum + part, 0) - 1) <= 1e-6, {
          message: 'the shares of train, validation and test must add up to 1',
        })
        .default([0.8, 0.1, 0.1]),
      folds: z.union([z.literal('auto'), count]).default('auto'),
      /** What is held out together: single queries, or whole tasks, users or sessions. */
      splitBy: z.enum(['query', 'task', 'user', 'session']).default('query'),
      leakCheck: z.enum(['error', 'warn', 'exclude']).default('error'),
      /** What trains the routers that learn by gradient; auto = native TensorFlow where it loads, else WASM. */
      engine: z.enum(['auto', 'native', 'wasm', 'js']).default('auto'),
      device: z.enum(['auto', 'cpu', 'cuda']).default('auto'),
      /** A model that joins the artifact of `artifacts` with its outcomes in the data file; nothing else is fitted. */
      addModel: text.optional(),
      artifacts: text.default('artifacts'),
      /** Go on where an interrupted training of the same configuration stopped. */
      resume: z.boolean().default(false),
      /** Random trials of parameters per router, by cross-validation inside the train rows; 0 = none. */
      tune: count.default(0),
      /** Per router, instead of the space it declares: `space: {knn: {k: [5, 10], shrinkage: {low: 1, high: 50, scale: log}}}`. */
      space: z.record(z.string(), searchSpace).default({}),
    })
    .prefault({}),
  /** semantic-router's decisions, as they stand there: analyze --only config says which of them have something to learn. */
  decisions: z
    .array(
      z.looseObject({
        name: text,
        algorithm: z.looseObject({ type: text.optional() }).optional(),
        modelRefs: z.array(z.looseObject({ model: text })).min(1),
      }),
    )
    .default([]),
  routers: z.record(z.string(), routerParams).default({}),
  /** Before it reports, doctor brings what is named. */
  doctor: z.strictObject({ fix: z.enum(['native']).optional() }).prefault({}),
  convert: z
    .strictObject({
      to: z.enum(['semantic-router', 'onnx', 'saved-model', 'llmrouter']).optional(),
      from: z.enum(['semantic-router', 'llmrouter']).optional(),
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
      method: z.enum(['classifier', 'http', 'llm', 'keyword']).default('classifier'),
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
  infer: z
    .strictObject({
      artifacts: text.default('artifacts'),
      router: z.string().optional(),
      query: z.string().optional(),
      input: z.string().optional(),
      output: text.optional(),
      userId: z.string().optional(),
      /** Rated turns of the people who ask, beside what the artifact knows of them. */
      history: text.optional(),
      /** Of every query; default what its row says, else what the artifact's classifier does. */
      category: text.optional(),
      candidates: z.array(z.string()).optional(),
      qualityWeight: share.optional(),
      costWeight: share.optional(),
      maxCost: z.number().positive().optional(),
      fallback: z.string().optional(),
      /** Models of the ranking that are shown; without it three in a text, all in JSON. */
      top: positiveInt.optional(),
      explain: z.boolean().default(false),
    })
    .refine(weights, weightsMessage)
    .prefault({}),
  serve: z
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
      /** Folder of the feedback journal, or redis://… shared by several gateways. */
      state: text.default('.vsr-state'),
      /** Seconds between two looks at the manifest; 0 = only on SIGHUP. */
      reloadS: z.number().min(0).default(2),
    })
    .refine(weights, weightsMessage)
    .prefault({}),
  chat: z
    .strictObject({
      artifacts: text.default('artifacts'),
      router: z.string().optional(),
      userId: z.string().optional(),
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
    .prefault({}),
  analyze: z
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
    .prefault({}),
});

/** A validated configuration, every default filled in. */
export type VsrConfig = z.output<typeof configSchema>;
