// The one training loop of all gradient routers: shuffle, step, validate, stop early, keep the best.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { throwIfAborted, VsrError } from '../errors/vsr-error.js';
import { seededRandom } from '../math/random.js';
import { type FlatAdam, flatAdam } from './adam.js';
import { batchCount, shuffledBatches } from './batches.js';
import { type FitPosition, fitIdentity, loadCheckpoint, saveCheckpoint } from './checkpoint.js';
import { earlyStopping } from './early-stopping.js';
import type { Engine } from './engine.js';
import type { FitBatch, FitHooks, FitProblem, FitResult, FitSettings, NamedWeights } from './fit-problem.js';
import { computeGradients, heldOutLoss } from './fit-step.js';
import { CONSTANT, learningRateAt } from './schedule.js';

/**
 * Fits the problem. Same seed, engine and data: the same weights, bit for bit; an epoch's draws depend on the seed and its number
 * alone, so a resumed fit ends like an uninterrupted one.
 * Throws `VSR_ABORTED`, `VSR_TRAINING_DATA` when the loss is no number any more, `VSR_ARTIFACT` for a checkpoint of another fit.
 */
export async function fitLoop<B extends FitBatch>(
  engine: Engine,
  problem: FitProblem<B>,
  settings: FitSettings,
  hooks: FitHooks = {},
): Promise<FitResult> {
  const { epochs, batchSize, smallestBatch = 1, schedule = CONSTANT, bufferMomentum = 0.1 } = settings;
  const { rows, validationRows } = problem;
  const now = hooks.now ?? (() => performance.now());
  const identity = fitIdentity(problem, settings, engine.name);
  const adam = flatAdam(problem.parameters, settings);
  const from = hooks.resume
    ? loadCheckpoint(adam, hooks.resume, identity, Object.keys(problem.buffers ?? {}))
    : firstPosition(engine, problem, adam, settings);
  const { buffers } = from;
  let { best, bestBuffers } = from;
  const stopping = earlyStopping(settings.patience, from);
  const batches = batchCount(rows.length, batchSize, smallestBatch);
  const random = seededRandom(settings.seed);
  const started = now();
  let epoch = from.epoch;
  let loss = 0;
  const judged = () => stopping.bestLoss < Number.POSITIVE_INFINITY;
  const finished = () => epoch >= epochs || (judged() && stopping.exhausted(epoch));

  while (!finished()) {
    epoch++;
    const draws = random.fork(`epoch ${epoch}`);
    let sum = 0;
    let weight = 0;
    for (const batch of shuffledBatches(rows, batchSize, draws, smallestBatch)) {
      await nextTurn(); // lets an interrupt through
      throwIfAborted(hooks.signal);
      const step = computeGradients(engine, problem, adam, buffers, batch, { random: draws, bufferMomentum });
      if (step.weight === 0) continue;
      if (!Number.isFinite(step.loss))
        throw diverged(problem.name, epoch, step.loss, adam.steps, settings.learningRate);
      adam.step(learningRateAt(settings.learningRate, schedule, adam.steps + 1, epochs * batches));
      sum += step.loss * step.weight;
      weight += step.weight;
    }
    loss = weight > 0 ? sum / weight : 0;
    const validationLoss = heldOutLoss(engine, problem, adam.weights, buffers, validationRows);
    const outcome = validationLoss ?? firstOverflow(adam);
    if (!Number.isFinite(outcome)) throw diverged(problem.name, epoch, outcome, adam.steps, settings.learningRate);
    if (validationLoss === null || stopping.improves(epoch, validationLoss)) {
      best = adam.save().weights;
      bestBuffers = copied(buffers);
    }
    const { bestEpoch, bestLoss } = stopping;
    hooks.onCheckpoint?.(saveCheckpoint(adam, { epoch, bestEpoch, bestLoss, best, buffers, bestBuffers }, identity));
    const secondsLeft = ((now() - started) / 1000 / (epoch - from.epoch)) * (epochs - epoch);
    hooks.onProgress?.({ epoch, epochs, loss, validationLoss, secondsLeft });
  }
  return {
    parameters: unflattened(best, adam.weights),
    buffers: bestBuffers,
    epochs: epoch,
    bestEpoch: judged() ? stopping.bestEpoch : epoch,
    loss,
    validationLoss: judged() ? stopping.bestLoss : null,
  };
}

function firstPosition<B extends FitBatch>(
  engine: Engine,
  problem: FitProblem<B>,
  adam: FlatAdam,
  { startCounts }: FitSettings,
): FitPosition {
  const buffers = problem.buffers ?? {};
  const loss = startCounts ? heldOutLoss(engine, problem, adam.weights, buffers, problem.validationRows) : null;
  return {
    epoch: 0,
    bestEpoch: 0,
    bestLoss: loss ?? Number.POSITIVE_INFINITY,
    best: adam.save().weights,
    buffers: copied(buffers),
    bestBuffers: copied(buffers),
  };
}

/** The first parameter that is no number any more, else 0: what stands in for a validation loss where there is none. */
function firstOverflow(adam: FlatAdam): number {
  for (const { data } of Object.values(adam.weights)) {
    const bad = data.find((value) => !Number.isFinite(value));
    if (bad !== undefined) return bad;
  }
  return 0;
}

function diverged(router: string, epoch: number, value: number, steps: number, learningRate: number): VsrError {
  const cause =
    steps === 0
      ? 'Already the first batch gives no number: the features are probably far too large.'
      : `The learning rate ${learningRate} is probably too high.`;
  return new VsrError('VSR_TRAINING_DATA', `${router}: the loss became ${value} in epoch ${epoch}. ${cause}`, {
    hint:
      steps === 0
        ? 'Check the features: they should be of the order of 1.'
        : `Lower routers.${router}.learning_rate, for example to ${Number((learningRate / 10).toPrecision(3))}.`,
  });
}

function unflattened(flat: Float32Array, like: NamedWeights): NamedWeights {
  let offset = 0;
  return Object.fromEntries(
    Object.entries(like).map(([name, { shape, data }]) => {
      const values = flat.slice(offset, offset + data.length);
      offset += data.length;
      return [name, { shape, data: values }];
    }),
  );
}

function copied(weights: NamedWeights): NamedWeights {
  return Object.fromEntries(
    Object.entries(weights).map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]),
  );
}
