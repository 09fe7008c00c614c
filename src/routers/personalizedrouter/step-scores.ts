// The forward pass of a step: what the network expects of every target, and each person's score of it.
import type { NamedTensors } from '../../training/fit-problem.js';
import type { EngineTensor, TensorFlow } from '../../training/tensorflow.js';
import { SUREST, TASTES } from './constants.js';
import type { LearningData } from './learning-data.js';
import { headOutputs, propagate } from './network.js';
import type { RatedTensors, StepTensors } from './step-tensors.js';

export interface StepScores {
  /** Logits of quality, then costs and latencies of the targets: [K] of [n×M]. */
  readonly expected: readonly EngineTensor[];
  /** s [r×M] of the rated targets; undefined where there are none. */
  readonly scores: EngineTensor | undefined;
}

/** @param taste false = ρ is taken for 0 */
export function stepScores(
  tf: TensorFlow,
  p: NamedTensors,
  data: LearningData,
  step: StepTensors,
  described: EngineTensor | undefined,
  taste = true,
): StepScores {
  const { routed, targets, rated, graph, taskShares, scaledRows } = step;
  const [M, K, R] = [data.models.length, data.components.length, routed.length];
  const states = propagate(tf, p, scaledRows, R, graph, taskShares, described);
  const o = headOutputs(tf, p, states, step.estimates);
  const columnOf = (k: number) => {
    const correction = tf.slice(o, [0, k], [-1, 1]);
    const guess = tf.slice(step.estimates, [0, k], [-1, 1]);
    return tf.reshape(tf.add(k === 0 ? logitOf(tf, guess) : guess, correction), [R, M]);
  };
  const all = data.components.map((_, k) => columnOf(k));
  const part = (x: EngineTensor, from: number, count: number) => tf.slice(x, [from, 0], [count, M]);
  const expected = all.map((x) => part(x, 0, targets));
  if (!rated) return { expected, scores: undefined };
  let scores = rated.liking;
  all.forEach((x, k) => {
    const value = part(x, targets, rated.count);
    const weight = tf.slice(rated.weights, [0, k], [-1, 1]);
    scores = tf.add(scores, tf.mul(weight, k === 0 ? tf.sigmoid(value) : value));
  });
  if (taste && rated.tasteOf) scores = tf.add(scores, tasteScores(tf, p, o, K, M, step, rated, rated.tasteOf));
  return { expected, scores };
}

/** ρ ⟨W_v v_u, ψ⟩ / √A of the rated targets [r×M]. */
function tasteScores(
  tf: TensorFlow,
  p: NamedTensors,
  o: EngineTensor,
  K: number,
  M: number,
  { targets, historyRows }: StepTensors,
  { count, owner }: RatedTensors,
  tasteOf: EngineTensor,
): EngineTensor {
  const psi = (from: number, rows: number) => tf.slice(o, [from * M, K], [rows * M, TASTES]);
  const tastes = tf.matMul(tasteOf, psi(targets + count, historyRows)); // v [U×A]
  const read = tf.matMul(tf.matMul(owner, tastes), tf.transpose(p['taste.matrix']!)); // [r×A]
  const products = tf.mul(tf.reshape(psi(targets, count), [count, M, TASTES]), tf.expandDims(read, 1));
  return tf.mul(tf.sum(products, 2), tf.mul(p['taste.strength']!, 1 / Math.sqrt(TASTES)));
}

function logitOf(tf: TensorFlow, quality: EngineTensor): EngineTensor {
  const clipped = tf.clipByValue(quality, 1 - SUREST, SUREST);
  return tf.sub(tf.log(clipped), tf.log(tf.sub(1, clipped)));
}
