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
  return withGradient(tf, z, [y, k], (logits, [target, weight]) => ({
    value: tf.div(tf.sum(tf.mul(weight!, tf.sub(tf.softplus(logits), tf.mul(target!, logits)))), total),
    // k·(σ(z) − y) / total
    slope: () => tf.mul(tf.sub(tf.sigmoid(logits), target!), tf.div(weight!, total)),
  }));
}

/** Σ k·(σ(z) − y)² / total; parameters as `maskedBce`. */
export function maskedMse(
  tf: TensorFlow,
  z: EngineTensor,
  y: EngineTensor,
  k: EngineTensor,
  total: number,
): EngineScalar {
  return withGradient(tf, z, [y, k], (logits, [target, weight]) => {
    const p = tf.sigmoid(logits);
    const difference = tf.sub(p, target!);
    return {
      value: tf.div(tf.sum(tf.mul(weight!, tf.square(difference))), total),
      // 2k·(σ − y)·σ·(1 − σ) / total
      slope: () => tf.mul(tf.mul(difference, tf.mul(p, tf.sub(1, p))), tf.mul(weight!, 2 / total)),
    };
  });
}

/**
 * −Σ share·log softmax(z) / total, the softmax over the models of each column.
 * @param z [M × B] logits
 * @param share [M × B] each column's unit of mass over the models (times its weight)
 * @param total Σ of the columns' weights
 */
export function softCrossEntropy(tf: TensorFlow, z: EngineTensor, share: EngineTensor, total: number): EngineScalar {
  return withGradient(tf, z, [share], (logits, [mass]) => {
    const shifted = tf.sub(logits, tf.max(logits, 0, true));
    const exponentials = tf.exp(shifted);
    const sum = tf.sum(exponentials, 0, true);
    return {
      value: tf.div(tf.sum(tf.mul(mass!, tf.sub(tf.log(sum), shifted))), total),
      // (softmax(z)·Σ share − share) / total
      slope: () => tf.div(tf.sub(tf.mul(tf.div(exponentials, sum), tf.sum(mass!, 0, true)), mass!), total),
    };
  });
}

/**
 * Bradley–Terry: Σ q_ab·softplus(−(z_a − z_b)) / total over ordered pairs of models.
 * @param z [M × B] logits
 * @param q [M × M × B] weight of "a beat b" in each column
 * @param total Σ q
 */
export function bradleyTerry(tf: TensorFlow, z: EngineTensor, q: EngineTensor, total: number): EngineScalar {
  return withGradient(tf, z, [q], (logits, [won]) => {
    const lost = tf.sub(tf.expandDims(logits, 0), tf.expandDims(logits, 1)); // [a, b, ·] = z_b − z_a
    return {
      value: tf.div(tf.sum(tf.mul(won!, tf.softplus(lost))), total),
      // Each pair pulls a up and b down by q·σ(z_b − z_a) / total.
      slope: () => {
        const pull = tf.mul(won!, tf.sigmoid(lost));
        return tf.div(tf.sub(tf.sum(pull, 0), tf.sum(pull, 1)), total);
      },
    };
  });
}

/** A scalar function of the logits whose gradient is `slope`, computed only when asked for; `constants` are kept until then. */
function withGradient(
  tf: TensorFlow,
  z: EngineTensor,
  constants: readonly EngineTensor[],
  loss: (
    logits: EngineTensor,
    constants: readonly EngineTensor[],
  ) => { value: EngineTensor; slope: () => EngineTensor },
): EngineScalar {
  return tf.customGrad((...args) => {
    const [logits, save] = args as unknown as [EngineTensor, (tensors: EngineTensor[]) => void];
    save([logits, ...constants]);
    const { value } = loss(logits, constants);
    const gradFunc = (dy: EngineTensor, [kept, ...rest]: EngineTensor[]) => tf.mul(loss(kept!, rest).slope(), dy);
    return { value, gradFunc: gradFunc as never };
  })(z) as EngineScalar;
}
