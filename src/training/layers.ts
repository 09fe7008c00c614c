// Network layers over activations that stand in columns: [units × batch]. Weights are [out × in], as PyTorch stores them.
import type { Matrix } from '../math/matrix.js';
import { bitSource, type Random } from '../math/random.js';
import { transpose } from '../math/transpose.js';
import { BATCH_NORM_EPSILON } from './batch-norm-epsilon.js';
import type { EngineTensor, TensorFlow } from './tensorflow.js';
import { reluGradient } from './wasm-repairs.js';

// Why columns: the backends pack the right operand of a product before every use. Packing a small batch is cheap, packing
// weights that change at every step is not (batch 32 on WASM: 2.3 against 0.8 ms for the first layer of an MLP).

/**
 * A batch of inputs. On WASM it stands in both orientations, so that no step transposes it again; the other backends multiply
 * transposed operands as fast as plain ones.
 */
export interface InputBatch {
  /** [B × D] */
  readonly rows: EngineTensor;
  /** [D × B] */
  readonly columns: EngineTensor | undefined;
}

/** @param rows [B × D], row-major */
export function inputBatch(tf: TensorFlow, { rows: B, cols: D, data }: Matrix): InputBatch {
  const rows = tf.tensor(data, [B, D]);
  if (tf.getBackend() !== 'wasm') return { rows, columns: undefined };
  // Turned here: the backend's own transpose takes four times as long.
  return { rows, columns: tf.tensor(transpose({ rows: B, cols: D, data }).data, [D, B]) };
}

/** W·x: [O × D] and a batch → [O × B] */
function timesInput(tf: TensorFlow, w: EngineTensor, { rows, columns }: InputBatch): EngineTensor {
  return columns ? tf.matMul(w, columns) : tf.matMul(w, rows, false, true);
}

/** a·bᵀ */
function timesTransposed(tf: TensorFlow, a: EngineTensor, b: EngineTensor): EngineTensor {
  return tf.getBackend() === 'wasm' ? tf.matMul(a, tf.transpose(b)) : tf.matMul(a, b, false, true);
}

/** aᵀ·b */
function transposedTimes(tf: TensorFlow, a: EngineTensor, b: EngineTensor): EngineTensor {
  return tf.getBackend() === 'wasm' ? tf.matMul(tf.transpose(a), b) : tf.matMul(a, b, true, false);
}

export type Activation = 'linear' | 'relu';

/**
 * act(W·x + b) for the data themselves, which need no gradient.
 * @param w [O × D]
 * @param b [O × 1]
 * @returns [O × B]
 */
export function inputDense(
  tf: TensorFlow,
  input: InputBatch,
  w: EngineTensor,
  b: EngineTensor,
  activation: Activation,
) {
  return tf.customGrad((...args) => {
    const [weights, bias, save] = args as unknown as [EngineTensor, EngineTensor, Save];
    const value = activate(tf, tf.add(timesInput(tf, weights, input), bias), activation);
    save([value]);
    const gradFunc = (dy: EngineTensor, [y]: EngineTensor[]) => {
      const dz = backThrough(tf, dy, y!, activation);
      return [tf.matMul(dz, input.rows), tf.sum(dz, 1, true)];
    };
    return { value, gradFunc: gradFunc as never };
  })(w, b);
}

/**
 * W·x for the data themselves.
 * @param w [O × D]
 * @returns [O × B]
 */
export function inputProduct(tf: TensorFlow, input: InputBatch, w: EngineTensor) {
  return tf.customGrad((...args) => {
    const [weights] = args as unknown as [EngineTensor];
    const gradFunc = (dy: EngineTensor) => tf.matMul(dy, input.rows);
    return { value: timesInput(tf, weights, input), gradFunc: gradFunc as never };
  })(w);
}

/**
 * act(W·h + b).
 * @param h [I × B]
 * @param w [O × I]
 * @param b [O × 1]
 * @returns [O × B]
 */
export function dense(tf: TensorFlow, h: EngineTensor, w: EngineTensor, b: EngineTensor, activation: Activation) {
  return tf.customGrad((...args) => {
    const [input, weights, bias, save] = args as unknown as [EngineTensor, EngineTensor, EngineTensor, Save];
    const value = activate(tf, tf.add(tf.matMul(weights, input), bias), activation);
    save([input, weights, value]);
    const gradFunc = (dy: EngineTensor, [x, wx, y]: EngineTensor[]) => {
      const dz = backThrough(tf, dy, y!, activation);
      return [transposedTimes(tf, wx!, dz), timesTransposed(tf, dz, x!), tf.sum(dz, 1, true)];
    };
    return { value, gradFunc: gradFunc as never };
  })(h, w, b);
}

type Save = (tensors: EngineTensor[]) => void;

function activate(tf: TensorFlow, z: EngineTensor, activation: Activation): EngineTensor {
  return activation === 'relu' ? tf.relu(z) : z;
}

/** dL/dz from dL/dy; the gradient of ReLU at 0 is 0. */
function backThrough(tf: TensorFlow, dy: EngineTensor, y: EngineTensor, activation: Activation): EngineTensor {
  return activation === 'relu' ? reluGradient(tf, dy, y) : dy;
}

/**
 * Inverted dropout: each value is zeroed with probability `rate` (to 1/65536), the others grow by 1/(1 − rate).
 * The mask is drawn here and not by the engine, so that every engine drops the same units.
 */
export function dropout(tf: TensorFlow, h: EngineTensor, rate: number, random: Random): EngineTensor {
  const mask = new Float32Array(h.size);
  const limit = Math.round(rate * 65536);
  const kept = 1 / (1 - rate);
  const next = bitSource(random);
  for (let i = 0; i < mask.length; i += 2) {
    const bits = next();
    if ((bits & 0xffff) >= limit) mask[i] = kept;
    if (bits >>> 16 >= limit && i + 1 < mask.length) mask[i + 1] = kept;
  }
  return tf.mul(h, tf.tensor(mask, h.shape));
}

/** Batch normalisation's result and what its moving averages are moved towards. */
export interface BatchNorm {
  /** [U × B] */
  readonly value: EngineTensor;
  /** [U × 1] */
  readonly mean: EngineTensor;
  /** [U × 1], unbiased (n/(n−1)), as PyTorch averages it; the normalisation itself uses the biased one. */
  readonly variance: EngineTensor;
}

/**
 * γ·(h − mean)/√(var + ε) + β over the batch (Ioffe and Szegedy 2015).
 * @param h [U × B]
 * @param gamma [U × 1]
 * @param beta [U × 1]
 */
export function batchNorm(tf: TensorFlow, h: EngineTensor, gamma: EngineTensor, beta: EngineTensor): BatchNorm {
  const n = h.shape[1]!;
  const mean = tf.mean(h, 1, true);
  const centred = tf.sub(h, mean);
  const variance = tf.mean(tf.square(centred), 1, true);
  const value = tf.add(tf.mul(centred, tf.mul(gamma, tf.rsqrt(tf.add(variance, BATCH_NORM_EPSILON)))), beta);
  return { value, mean, variance: tf.mul(variance, n > 1 ? n / (n - 1) : 1) };
}

/** The same with moving averages in place of the batch's own. */
export function settledBatchNorm(
  tf: TensorFlow,
  h: EngineTensor,
  gamma: EngineTensor,
  beta: EngineTensor,
  mean: EngineTensor,
  variance: EngineTensor,
): EngineTensor {
  return tf.add(tf.mul(tf.sub(h, mean), tf.mul(gamma, tf.rsqrt(tf.add(variance, BATCH_NORM_EPSILON)))), beta);
}
