// Losses over logits that stand in columns, [models × batch], each with its gradient written out.
import type { EngineScalar, EngineTensor, TensorFlow } from './tensorflow.js';

/**
 * Σ k·(softplus(z) − y·z) / total: cross entropy of σ(z) with a soft target; its minimum is the expected target.
 * @param z [M × B] logits
 * @param y [M × B] targets in [0, 1]; any number where k is 0
 * @param k [M × B] cell weights, 0 = missing
 * @param total Σ k
 */
export function maskedBce(
  tf: TensorFlow,
  z: EngineTensor,
  y: EngineTensor,
  k: EngineTensor,
  total: number,
): EngineScalar {
  return withGradient(tf, z, [y, k], {
    value: (logits) => tf.div(tf.sum(tf.mul(k, tf.sub(tf.softplus(logits), tf.mul(y, logits)))), total),
    // k·(σ(z) − y) / total
    slope: (logits, [target, weight]) => tf.mul(tf.mul(tf.sub(tf.sigmoid(logits), target!), weight!), 1 / total),
  });
}

/** Σ k·(σ(z) − y)² / total; parameters as `maskedBce`. */
export function maskedMse(
  tf: TensorFlow,
  z: EngineTensor,
  y: EngineTensor,
  k: EngineTensor,
  total: number,
): EngineScalar {
  return withGradient(tf, z, [y, k], {
    value: (logits) => tf.div(tf.sum(tf.mul(k, tf.square(tf.sub(tf.sigmoid(logits), y)))), total),
    // 2k·(σ − y)·σ·(1 − σ) / total
    slope: (logits, [target, weight]) => {
      const p = tf.sigmoid(logits);
      return tf.mul(tf.mul(tf.sub(p, target!), tf.mul(p, tf.sub(1, p))), tf.mul(weight!, 2 / total));
    },
  });
}

/**
 * −Σ share·log softmax(z) / total, the softmax over the models of each column.
 * @param z [M × B] logits
 * @param share [M × B] each column's unit of mass over the models (times its weight)
 * @param total Σ of the columns' weights
 */
export function softCrossEntropy(tf: TensorFlow, z: EngineTensor, share: EngineTensor, total: number): EngineScalar {
  const shifted = (logits: EngineTensor) => tf.sub(logits, tf.max(logits, 0, true));
  return withGradient(tf, z, [share], {
    value: (logits) => {
      const s = shifted(logits);
      return tf.div(tf.sum(tf.mul(share, tf.sub(tf.log(tf.sum(tf.exp(s), 0, true)), s))), total);
    },
    // (softmax(z)·Σ share − share) / total
    slope: (logits, [mass]) => {
      const exponentials = tf.exp(shifted(logits));
      const softmax = tf.div(exponentials, tf.sum(exponentials, 0, true));
      return tf.div(tf.sub(tf.mul(softmax, tf.sum(mass!, 0, true)), mass!), total);
    },
  });
}

/**
 * Bradley–Terry: Σ q_ab·softplus(−(z_a − z_b)) / total over ordered pairs of models.
 * @param z [M × B] logits
 * @param q [M × M × B] weight of "a beat b" in each column
 * @param total Σ q
 */
export function bradleyTerry(tf: TensorFlow, z: EngineTensor, q: EngineTensor, total: number): EngineScalar {
  const lost = (logits: EngineTensor) => tf.sub(tf.expandDims(logits, 0), tf.expandDims(logits, 1)); // [a, b, ·] = z_b − z_a
  return withGradient(tf, z, [q], {
    value: (logits) => tf.div(tf.sum(tf.mul(q, tf.softplus(lost(logits)))), total),
    // Each pair pulls a up and b down by q·σ(z_b − z_a) / total.
    slope: (logits, [won]) => {
      const pull = tf.mul(won!, tf.sigmoid(lost(logits)));
      return tf.div(tf.sub(tf.sum(pull, 0), tf.sum(pull, 1)), total);
    },
  });
}

interface ScalarFunction {
  value(logits: EngineTensor): EngineTensor;
  /** d value / d logits; gets the constants as they were kept. */
  slope(logits: EngineTensor, constants: readonly EngineTensor[]): EngineTensor;
}

/** `constants` are kept until the gradient is asked for, also where the loss itself made them. */
function withGradient(
  tf: TensorFlow,
  z: EngineTensor,
  constants: readonly EngineTensor[],
  { value, slope }: ScalarFunction,
): EngineScalar {
  return tf.customGrad((...args) => {
    const [logits, save] = args as unknown as [EngineTensor, (tensors: EngineTensor[]) => void];
    save([logits, ...constants]);
    const gradFunc = (dy: EngineTensor, [kept, ...rest]: EngineTensor[]) => tf.mul(slope(kept!, rest), dy);
    return { value: value(logits), gradFunc: gradFunc as never };
  })(z) as EngineScalar;
}
