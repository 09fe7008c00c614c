// What train learns from, how it splits, tunes and exports.
import { z } from 'zod';
import { count, positiveInt, share, text } from './values.js';

/** One router's parameters: only their names are mapped here, the router's own strict schema judges them. */
export const routerParams = z.record(z.string(), z.unknown());

const DIMENSION =
  'expected a list of values, or {low, high, scale: linear or log, whole}, low not above high, of log above 0';

const dimension = z.union(
  [
    z.array(z.unknown(), { error: DIMENSION }).min(1, DIMENSION),
    z
      .strictObject({
        low: z.number(),
        high: z.number(),
        scale: z.enum(['linear', 'log']).default('linear'),
        whole: z.boolean().default(false),
      })
      .refine(({ low, high, scale }) => low <= high && (scale === 'linear' || low > 0), DIMENSION),
  ],
  { error: DIMENSION },
);

/** What --tune draws one router's parameters from. */
export const searchSpace = z.record(z.string(), dimension);

export const train = z
  .strictObject({
    dataFile: text.optional(),
    /** The log of `vsr serve`: its rated answers are learned from, after the rows of the data file. */
    fromLog: text.optional(),
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
    /** What makes probabilities of expected qualities, fitted on validation; auto = Platt below 1,000 validation queries, else isotonic. */
    calibrate: z.enum(['auto', 'isotonic', 'platt', 'none']).default('auto'),
    leakCheck: z.enum(['error', 'warn', 'exclude']).default('error'),
    /** What trains the routers that learn by gradient; auto = native TensorFlow where it loads, else WASM. */
    engine: z.enum(['auto', 'native', 'wasm', 'js']).default('auto'),
    device: z.enum(['auto', 'cpu', 'cuda']).default('auto'),
    /** A model that joins the artifact of `artifacts` with its outcomes in the data file; nothing else is fitted. */
    addModel: text.optional(),
    artifacts: text.default('artifacts'),
    /** Go on where an interrupted training of the same configuration stopped. */
    resume: z.boolean().default(false),
    /** Fits of every router, each with its own seed: how much of a figure is chance. The artifact holds the first. */
    seeds: positiveInt.default(1),
    /** Random trials of parameters per router, by cross-validation inside the train rows; 0 = none. */
    tune: count.default(0),
    /** Per router, instead of the space it declares: `space: {knn: {k: [5, 10], shrinkage: {low: 1, high: 50, scale: log}}}`. */
    space: z.record(z.string(), searchSpace).default({}),
  })
  .prefault({});
