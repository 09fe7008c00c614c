// What all gradient routers share around the fit loop: the engine, inner validation, progress in the router's terms.
import type { Engine } from '../training/engine.js';
import type { FitBatch, FitProblem, FitResult, FitSettings } from '../training/fit-problem.js';
import type { ScheduleName } from '../training/schedule.js';
import { type InnerSplit, innerSplit } from './inner-validation.js';
import type { FitContext, TrainingTable } from './router.js';

export interface GradientParams {
  readonly learningRate: number;
  readonly batchSize: number;
  readonly epochs: number;
  readonly patience: number;
  /** Gradients longer than this are scaled down to it; 0 (the default) = never. */
  readonly clipNorm?: number;
  /** How the learning rate moves over all steps of `epochs`; default constant. */
  readonly schedule?: ScheduleName;
  /** Share of all steps over which it first rises from 0; default 0. */
  readonly warmup?: number;
}

/**
 * Fits on the rows given (default: all), a tenth of them held out for early stopping; with fewer than 20 queries none is, and
 * `patience` epochs are trained. Throws `VSR_ENGINE`, `VSR_ABORTED`, `VSR_TRAINING_DATA` (no finite loss).
 */
export async function fitByGradient<B extends FitBatch>(
  table: TrainingTable,
  params: GradientParams,
  context: FitContext,
  problem: Omit<FitProblem<B>, 'rows' | 'validationRows'>,
  options: {
    readonly rows?: Int32Array;
    /** The router's own split, where its rows are not those of the table. */
    readonly split?: InnerSplit;
    readonly settings?: Partial<FitSettings>;
  } = {},
): Promise<FitResult> {
  const engine = await openEngineFor(context);
  const split = options.split ?? innerSplit(table.groups, context.seed, options.rows);
  const { learningRate, batchSize, patience, clipNorm = 0 } = params;
  const schedule = { name: params.schedule ?? 'constant', warmup: params.warmup ?? 0 } as const;
  let { epochs } = params;
  if (split.validationRows.length === 0) {
    epochs = Math.min(epochs, patience);
    context.onWarning?.(`too few queries to set any aside for early stopping: ${epochs} epochs are trained.`);
  }
  const common = { learningRate, schedule, batchSize, epochs, patience, clipNorm, seed: context.seed };
  const settings = { ...common, ...options.settings };
  const { signal, onProgress, training } = context;
  return fitLoop(engine, { ...problem, ...split }, settings, {
    signal,
    onProgress: ({ epoch, loss, validationLoss, secondsLeft }) =>
      onProgress?.({ step: epoch, steps: epochs, message: describe(loss, validationLoss, secondsLeft) }),
    onCheckpoint: training?.onCheckpoint,
    resume: training?.resume,
  });
}

async function openEngineFor({ training }: FitContext): Promise<Engine> {
  const { openEngine } = await import('../training/engine.js');
  const engine = await openEngine(training);
  training?.onEngine?.({ name: engine.name, version: engine.version, device: engine.device });
  return engine;
}

/** Imported when a fit starts: scoring a query never pays for the loop. */
async function fitLoop<B extends FitBatch>(
  ...args: Parameters<typeof import('../training/fit-loop.js').fitLoop<B>>
): Promise<FitResult> {
  return (await import('../training/fit-loop.js')).fitLoop(...args);
}

function describe(loss: number, validationLoss: number | null, secondsLeft: number): string {
  const validation = validationLoss === null ? '' : `, validation ${validationLoss.toFixed(4)}`;
  return `loss ${loss.toFixed(4)}${validation}, at most ${Math.ceil(secondsLeft)} s left`;
}
