// One gradient step, and the loss on rows that are not learned from.
import type { Random } from '../math/random.js';
import { seededRandom } from '../math/random.js';
import type { FlatAdam } from './adam.js';
import { consecutiveBatches } from './batches.js';
import type { Engine } from './engine.js';
import type { FitBatch, FitProblem, NamedTensors, NamedWeights } from './fit-problem.js';
import type { EngineTensor, TensorFlow } from './tensorflow.js';

/** Loss and weight of a batch. */
export interface BatchLoss {
  readonly loss: number;
  readonly weight: number;
}

/** Fills the optimiser's gradients from one batch; the step itself is the caller's. Buffers are moved in place. */
export function computeGradients<B extends FitBatch>(
  { tf, copyOut }: Engine,
  problem: FitProblem<B>,
  adam: FlatAdam,
  buffers: NamedWeights,
  rows: Int32Array,
  options: { readonly random: Random; readonly bufferMomentum: number },
): BatchLoss {
  return tf.tidy(() => {
    const batch = problem.batch(tf, rows);
    if (batch.weight === 0) return { loss: 0, weight: 0 };
    const names = Object.keys(adam.weights);
    const observed: Record<string, EngineTensor> = {};
    const lossOf = (...tensors: EngineTensor[]) =>
      problem.loss({
        tf,
        batch,
        training: true,
        random: options.random,
        parameters: Object.fromEntries(names.map((name, i) => [name, tensors[i]!])),
        buffers: upload(tf, buffers),
        observe: (name, value) => {
          observed[name] = tf.keep(value);
        },
      });
    const { value, grads } = tf.valueAndGrads(lossOf)(Object.values(upload(tf, adam.weights)));
    names.forEach((name, i) => {
      copyOut(grads[i]!, adam.gradients[name]!);
    });
    for (const [name, tensor] of Object.entries(observed)) {
      move(buffers[name]!.data, tensor.dataSync() as Float32Array, options.bufferMomentum);
      tensor.dispose();
    }
    return { loss: value.dataSync()[0]!, weight: batch.weight };
  });
}

/** Mean loss over `rows`, by weight, without dropout; null if no row has any weight. */
export function heldOutLoss<B extends FitBatch>(
  { tf }: Engine,
  problem: FitProblem<B>,
  parameters: NamedWeights,
  buffers: NamedWeights,
  rows: Int32Array,
): number | null {
  let sum = 0;
  let weight = 0;
  tf.tidy(() => {
    const state = { parameters: upload(tf, parameters), buffers: upload(tf, buffers) };
    for (const part of consecutiveBatches(rows, HELD_OUT_BATCH)) {
      tf.tidy(() => {
        const batch = problem.batch(tf, part);
        if (batch.weight === 0) return;
        const step = { tf, batch, training: false, random: UNUSED, observe: () => {}, ...state };
        sum += problem.loss(step).dataSync()[0]! * batch.weight;
        weight += batch.weight;
      });
    }
  });
  return weight > 0 ? sum / weight : null;
}

const HELD_OUT_BATCH = 1024;
const UNUSED = seededRandom(0); // nothing is drawn outside training

function upload(tf: TensorFlow, weights: NamedWeights): NamedTensors {
  return Object.fromEntries(
    Object.entries(weights).map(([name, { shape, data }]) => [name, tf.tensor(data, [...shape], 'float32')]),
  );
}

function move(buffer: Float32Array, towards: Float32Array, share: number): void {
  for (let i = 0; i < buffer.length; i++) buffer[i]! += share * (towards[i]! - buffer[i]!);
}
