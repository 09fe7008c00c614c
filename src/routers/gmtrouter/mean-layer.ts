// Typed means on the training engine: GraphSAGE's mean aggregator (Hamilton et al. 2017, arXiv 1706.02216, section 3.3), one weight a relation.
import type { EngineTensor, TensorFlow } from '../../training/tensorflow.js';

/**
 * Means of what stands in the filled slots, 0 where none is: [J × N × H] → [N × H].
 * @param filled [J × N] 1 = somebody is in the slot
 */
export function meanOfSlots(tf: TensorFlow, values: EngineTensor, filled: EngineTensor): EngineTensor {
  const [J, N, H] = values.shape as [number, number, number];
  const ones = tf.ones([1, J]);
  const counts = tf.reshape(tf.maximum(tf.matMul(ones, filled), 1), [N, 1]);
  const masked = tf.mul(values, tf.reshape(filled, [J, N, 1]));
  return tf.div(tf.reshape(tf.matMul(ones, tf.reshape(masked, [J, N * H])), [N, H]), counts);
}
