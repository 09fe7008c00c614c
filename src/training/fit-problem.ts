// What a gradient router gives the fit loop: its parameters, its batches and its loss; and what it gets back.
import type { Random } from '../math/random.js';
import type { AdamOptions } from './adam.js';
import type { FitCheckpoint } from './checkpoint.js';
import type { Schedule } from './schedule.js';
import type { EngineScalar, EngineTensor, TensorFlow, Weights } from './tensorflow.js';

export interface FitBatch {
  /** Σ of the weights that the loss divides by; a batch of weight 0 teaches nothing and is left out. */
  readonly weight: number;
}

export type NamedTensors = Readonly<Record<string, EngineTensor>>;
export type NamedWeights = Readonly<Record<string, Weights>>;

export interface FitProblem<B extends FitBatch> {
  /** The router's name, for messages. */
  readonly name: string;
  /** Initial values, copied. */
  readonly parameters: NamedWeights;
  /** Moving averages: no gradient, moved towards what the loss observes. */
  readonly buffers?: NamedWeights;
  /** Rows to learn from. */
  readonly rows: Int32Array;
  /** Rows for early stopping; empty = none, every epoch runs and the last weights are kept. */
  readonly validationRows: Int32Array;
  /** Puts rows into tensors; whatever it makes is freed by the loop. */
  batch(tf: TensorFlow, rows: Int32Array): B;
  /** The mean loss of the batch (over its weight). */
  loss(step: LossStep<B>): EngineScalar;
}

export interface LossStep<B extends FitBatch> {
  readonly tf: TensorFlow;
  readonly parameters: NamedTensors;
  readonly buffers: NamedTensors;
  readonly batch: B;
  /** false while validating: no dropout, settled batch norm. */
  readonly training: boolean;
  readonly random: Random;
  /** Moves buffer `name` towards `value` after this step. */
  observe(name: string, value: EngineTensor): void;
}

export interface FitSettings extends AdamOptions {
  readonly seed: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  /** Default constant. */
  readonly schedule?: Schedule;
  /** Epochs without a better validation loss after which the fit ends. */
  readonly patience: number;
  /** A last batch with fewer rows joins the one before. Default 1. */
  readonly smallestBatch?: number;
  /** true: the initial parameters are judged too and kept where no epoch beats them; needs validation rows. Default false. */
  readonly startCounts?: boolean;
  /** Buffers move by this share of the way at each step. Default 0.1. */
  readonly bufferMomentum?: number;
}

export interface EpochProgress {
  readonly epoch: number;
  readonly epochs: number;
  /** Mean over the epoch's batches, by weight. */
  readonly loss: number;
  /** null = no validation rows. */
  readonly validationLoss: number | null;
  /** At most: early stopping may end the fit before. */
  readonly secondsLeft: number;
}

export interface FitHooks {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: EpochProgress) => void;
  /** Called after every epoch with all that is needed to go on from there. */
  readonly onCheckpoint?: (checkpoint: FitCheckpoint) => void;
  /** Goes on from here instead of from the initial parameters. */
  readonly resume?: FitCheckpoint;
  /** Milliseconds, for the time left only. Default performance.now. */
  readonly now?: () => number;
}

export interface FitResult {
  /** Of the best epoch (the last one where there is no validation), copied. */
  readonly parameters: NamedWeights;
  readonly buffers: NamedWeights;
  /** Epochs run. */
  readonly epochs: number;
  /** 0 = the start was never beaten (`startCounts`). */
  readonly bestEpoch: number;
  /** Training loss of the last epoch. */
  readonly loss: number;
  /** Validation loss of the best epoch; null = no validation rows. */
  readonly validationLoss: number | null;
}
