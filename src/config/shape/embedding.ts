// Encoders, one or several, and the category beside their vectors.
import { z } from 'zod';
import { count, positiveInt, text } from './values.js';

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

export const embedding = z
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
  .prefault({});

export const features = z
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
  .prefault({});
