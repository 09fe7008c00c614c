// The convolution: what the neighbours of each node tell it, over edges given as masked dense matrices.
// PyTorch Geometric's GeneralConv (You, Ying and Leskovec 2020, arXiv 2011.08843) with one message network and one edge network,
// and a term in which an edge's values multiply its source.
import type { EngineTensor, TensorFlow } from '../../training/tensorflow.js';

/** Edges from J sources to I targets. */
export interface Edges {
  /** [I×J] 1 = there is an edge. */
  readonly mask: EngineTensor;
  /** [K'] of [I×J] what the edges say, 0 where there is none. */
  readonly values: readonly EngineTensor[];
}

export interface MessageWeights {
  /** A [G×H] */
  readonly source: EngineTensor;
  /** b [1×H] */
  readonly bias: EngineTensor;
  /** B [K×H] */
  readonly edge: EngineTensor;
  /** A_k: [K] of [G×H]; none = GeneralConv's own messages. */
  readonly products: readonly EngineTensor[];
}

/**
 * [I×H] Σ over j → i of A h_j + b + Σ_k f_k (B_k + A_k h_j).
 * @param h [J×G] states of the sources
 */
export function sumOfMessages(tf: TensorFlow, h: EngineTensor, edges: Edges, weights: MessageWeights): EngineTensor {
  // Sums over the edges first: the products with A and A_k then have I rows, not J.
  let sum = tf.matMul(tf.matMul(edges.mask, h), weights.source);
  sum = tf.add(sum, tf.mul(edgeCount(tf, edges), weights.bias));
  edges.values.forEach((values, k) => {
    const row = tf.slice(weights.edge, [k, 0], [1, -1]);
    sum = tf.add(sum, tf.mul(tf.sum(values, 1, true), row));
    const product = weights.products[k];
    if (product) sum = tf.add(sum, tf.matMul(tf.matMul(values, h), product));
  });
  return sum;
}

/** [I×H] the mean over the edges into each node, 0 for a node without any. */
export function meanOfMessages(tf: TensorFlow, h: EngineTensor, edges: Edges, weights: MessageWeights): EngineTensor {
  return tf.div(sumOfMessages(tf, h, edges, weights), tf.maximum(edgeCount(tf, edges), 1));
}

/** [I×1] */
function edgeCount(tf: TensorFlow, { mask }: Edges): EngineTensor {
  return tf.sum(mask, 1, true);
}
