// Typed attention for targets that have no state yet: all ask the same, so that a source's logit is its own, whoever hears it.
// The same sums as `attend` over slots, without a copy of keys and values for every slot.
import type { EngineTensor, TensorFlow } from '../../training/tensorflow.js';
import { type Folded, headSpread, maskedSoftmax } from './attention-layer.js';

/** Logits [X × heads] and values [X × H] of one source's states. */
export interface Said {
  readonly logits: EngineTensor;
  readonly values: EngineTensor;
}

/** (n·W + b)·q per head as one product: W [H × H], b [1 × H] → [H × heads], [1 × heads]. @param query [1 × H] */
export function foldQuery(tf: TensorFlow, { w, b }: Folded, query: EngineTensor, heads: number): Folded {
  const gather = tf.transpose(headSpread(tf, heads, query.shape[1]!));
  return { w: tf.matMul(tf.mul(w, query), gather), b: tf.matMul(tf.mul(b, query), gather) };
}

/** Σ_j α_j·value_j per head over one source of each kind: each [N × heads] and [N × H] → [N × H]. */
export function attendSources(tf: TensorFlow, said: readonly Said[], heads: number): EngineTensor {
  const [N, H] = said[0]!.values.shape as [number, number];
  const spread = headSpread(tf, heads, H);
  const logits = tf.stack(said.map((source) => tf.reshape(source.logits, [N * heads])));
  const shares = maskedSoftmax(tf, logits, undefined); // [J × N·heads]
  const heard = said.map(({ values }, j) => {
    const share = tf.reshape(tf.slice(shares, [j, 0], [1, -1]), [N, heads]);
    return tf.mul(tf.matMul(share, spread), values);
  });
  return heard.reduce((sum, part) => tf.add(sum, part));
}

/**
 * Σ α·value per head over the members of each target; 0 for a target without any. Logits may lie up to 80 apart.
 * @param member [N × R] 1 = the target hears that row
 * @returns [N × H]
 */
export function attendMembers(
  tf: TensorFlow,
  { logits, values }: Said,
  member: EngineTensor,
  heads: number,
): EngineTensor {
  const spread = headSpread(tf, heads, values.shape[1]!);
  const highest = tf.tensor(tf.max(logits, 0, true).dataSync(), [1, heads]); // a constant: it cancels
  const raised = tf.exp(tf.sub(logits, highest)); // [R × heads]
  const sums = tf.matMul(member, tf.mul(tf.matMul(raised, spread), values));
  const alone = tf.cast(tf.equal(tf.sum(member, 1, true), 0), 'float32'); // [N × 1] who hears nobody divides by 1
  const totals = tf.add(tf.matMul(member, raised), alone);
  // Not a division: its gradient squares what it divides by, and the square of a small total is 0.
  const inverse = tf.exp(tf.neg(tf.log(totals)));
  return tf.mul(sums, tf.matMul(inverse, spread));
}
