// A fit at the end of an epoch, as data: JSON and named vectors, so that any file format can hold it.
import { VsrError } from '../errors/vsr-error.js';
import type { FlatAdam } from './adam.js';
import type { FitBatch, FitProblem, FitSettings, NamedWeights } from './fit-problem.js';
import type { Weights } from './tensorflow.js';

export interface FitCheckpoint {
  readonly json: {
    /** Epochs done. */
    readonly epoch: number;
    readonly steps: number;
    readonly bestEpoch: number;
    /** null = none yet. */
    readonly bestLoss: number | null;
    /** What the fit was started with; another one cannot go on from here. */
    readonly started: Readonly<Record<string, string>>;
  };
  /** `weights`, `first_moments`, `second_moments`, `best` (flat, all parameters) and `buffer/<name>`, `best_buffer/<name>`. */
  readonly tensors: NamedWeights;
}

/** Where the loop stands. */
export interface FitPosition {
  readonly epoch: number;
  readonly bestEpoch: number;
  readonly bestLoss: number;
  readonly best: Float32Array;
  readonly buffers: NamedWeights;
  readonly bestBuffers: NamedWeights;
}

export function saveCheckpoint(
  adam: FlatAdam,
  at: FitPosition,
  started: Readonly<Record<string, string>>,
): FitCheckpoint {
  const state = adam.save();
  const flat = (data: Float32Array): Weights => ({ shape: [data.length], data });
  return {
    json: {
      epoch: at.epoch,
      steps: state.steps,
      bestEpoch: at.bestEpoch,
      bestLoss: Number.isFinite(at.bestLoss) ? at.bestLoss : null,
      started,
    },
    tensors: {
      weights: flat(state.weights),
      first_moments: flat(state.firstMoments),
      second_moments: flat(state.secondMoments),
      best: flat(at.best.slice()),
      ...renamed(at.buffers, 'buffer/'),
      ...renamed(at.bestBuffers, 'best_buffer/'),
    },
  };
}

/** Puts the optimiser where the checkpoint left it. Throws `VSR_ARTIFACT` if the checkpoint is of another fit, with what differs. */
export function loadCheckpoint(
  adam: FlatAdam,
  { json, tensors }: FitCheckpoint,
  started: Readonly<Record<string, string>>,
  buffers: readonly string[],
): FitPosition {
  const differing = Object.keys({ ...started, ...json.started }).filter((key) => started[key] !== json.started[key]);
  if (differing.length > 0) {
    const list = differing.map((key) => `${key} was ${json.started[key] ?? 'unset'}, is ${started[key] ?? 'unset'}`);
    throw new VsrError('VSR_ARTIFACT', `The checkpoint is of another fit: ${list.join('; ')}.`, {
      hint: 'Undo the change, or train anew without --resume.',
    });
  }
  const flat = (name: string) => vector(tensors, name);
  adam.load({
    steps: json.steps,
    weights: flat('weights'),
    firstMoments: flat('first_moments'),
    secondMoments: flat('second_moments'),
  });
  const named = (prefix: string) =>
    Object.fromEntries(
      buffers.map((name) => [
        name,
        { shape: tensors[prefix + name]?.shape ?? [], data: vector(tensors, prefix + name).slice() },
      ]),
    );
  return {
    epoch: json.epoch,
    bestEpoch: json.bestEpoch,
    bestLoss: json.bestLoss ?? Number.POSITIVE_INFINITY,
    best: flat('best').slice(),
    buffers: named('buffer/'),
    bestBuffers: named('best_buffer/'),
  };
}

/** What makes two fits the same: settings, data sizes and parameter shapes, each as text. */
export function fitIdentity<B extends FitBatch>(
  problem: FitProblem<B>,
  settings: FitSettings,
  engine: string,
): Record<string, string> {
  return {
    router: problem.name,
    engine,
    rows: String(problem.rows.length),
    validation_rows: String(problem.validationRows.length),
    ...Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, JSON.stringify(value)])),
    ...Object.fromEntries(
      Object.entries(problem.parameters).map(([name, { shape }]) => [`shape of ${name}`, shape.join('×')]),
    ),
  };
}

function vector(tensors: NamedWeights, name: string): Float32Array {
  const found = tensors[name];
  if (found) return found.data;
  throw new VsrError('VSR_ARTIFACT', `The checkpoint lacks the tensor ${name}.`, {
    hint: 'Train anew without --resume.',
  });
}

function renamed(weights: NamedWeights, prefix: string): NamedWeights {
  return Object.fromEntries(
    Object.entries(weights).map(([name, { shape, data }]) => [prefix + name, { shape, data: data.slice() }]),
  );
}
