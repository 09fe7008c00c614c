// Typed attention on the training engine. HGT: Hu et al. (2020), arXiv 2003.01332, section 3, in the form of PyTorch Geometric's HGTConv.
import type { NamedTensors } from '../../training/fit-problem.js';
import type { EngineTensor, TensorFlow } from '../../training/tensorflow.js';
import { LAYER_NORM_EPSILON } from './layer-norm-epsilon.js';

/** Keys and values [J × N × H] that J slots offer each of N targets. */
export interface Slots {
  readonly keys: EngineTensor;
  readonly values: EngineTensor;
  /** [J × N·heads] 1 = somebody is in the slot, 0 = nobody; absent = every slot is full. */
  readonly mask?: EngineTensor;
}

/** Weights [H × H] and bias [1 × H] that take a source's state straight to keys or values of one relation. */
export interface Folded {
  readonly w: EngineTensor;
  readonly b: EngineTensor;
}

/**
 * (n·W + b)·A per head as one product: W·A and b·A, A as a matrix [H × H] of `heads` blocks.
 * @param w [I × H]
 * @param b [1 × H]
 * @param relation [heads × d × d]
 * @param priority [1 × heads] multiplies each head
 */
export function foldRelation(
  tf: TensorFlow,
  w: EngineTensor,
  b: EngineTensor,
  relation: EngineTensor,
  priority?: EngineTensor,
): Folded {
  const [heads, d] = relation.shape as [number, number];
  const H = heads * d;
  // A product with repeated identities stands for tiling, whose gradient takes many more ops.
  const repeated = tf.matMul(tf.reshape(relation, [H, d]), identities(tf, heads, d));
  const blocks = tf.mul(repeated, blockMask(tf, heads, d));
  const scaled = priority ? tf.mul(blocks, tf.matMul(priority, headSpread(tf, heads, H))) : blocks;
  return { w: tf.matMul(w, scaled), b: tf.matMul(b, scaled) };
}

/** [d × H]: `heads` identities side by side. */
function identities(tf: TensorFlow, heads: number, d: number): EngineTensor {
  return pattern(tf, 'identities', [d, heads * d], heads, (row, column) => row === column % d);
}

/** [H × H] 1 within the block of each head. */
function blockMask(tf: TensorFlow, heads: number, d: number): EngineTensor {
  return pattern(
    tf,
    'blocks',
    [heads * d, heads * d],
    heads,
    (row, column) => row - (row % d) === column - (column % d),
  );
}

const patterns = new Map<string, Float32Array>(); // worked out once: every step asks for the same few

/** 1 where `is` says so. */
function pattern(
  tf: TensorFlow,
  name: string,
  [rows, columns]: readonly [number, number],
  heads: number,
  is: (row: number, column: number) => boolean,
): EngineTensor {
  const key = `${name} ${rows} ${columns} ${heads}`;
  const data =
    patterns.get(key) ??
    Float32Array.from({ length: rows * columns }, (_, at) => (is(Math.floor(at / columns), at % columns) ? 1 : 0));
  patterns.set(key, data);
  return tf.tensor2d(data, [rows, columns]);
}

/** Keys and values of one source type along one relation; keys are scaled by p/√d, so that a query's product is the logit. */
export function foldSource(
  tf: TensorFlow,
  p: NamedTensors,
  layer: string,
  source: string,
  relation: string,
): { readonly key: Folded; readonly value: Folded } {
  const [heads, d] = p[`${layer}.${relation}.a`]!.shape as [number, number];
  const priority = tf.reshape(tf.mul(p[`${layer}.${relation}.p`]!, 1 / Math.sqrt(d)), [1, heads]);
  const of = (part: 'k' | 'u') => [p[`${layer}.${source}.${part}.w`]!, p[`${layer}.${source}.${part}.b`]!] as const;
  return {
    key: foldRelation(tf, ...of('k'), p[`${layer}.${relation}.a`]!, priority),
    value: foldRelation(tf, ...of('u'), p[`${layer}.${relation}.v`]!),
  };
}

/** n·W + b: [X × I] → [X × H] */
export function project(tf: TensorFlow, states: EngineTensor, { w, b }: Folded): EngineTensor {
  return tf.add(tf.matMul(states, w), b);
}

/**
 * Σ_j α_j·value_j per head, α the softmax of ⟨query, key_j⟩ over all slots of all relations together; 0 where no slot is full.
 * @param queries [N × H] or [1 × H]
 * @returns [N × H]
 */
export function attend(tf: TensorFlow, queries: EngineTensor, slots: Slots, heads: number): EngineTensor {
  const [J, N, H] = slots.keys.shape as [number, number, number];
  const spread = headSpread(tf, heads, H); // [heads × H]
  const products = tf.reshape(tf.mul(slots.keys, queries), [J * N, H]);
  const logits = tf.reshape(tf.matMul(products, tf.transpose(spread)), [J, N * heads]);
  const shares = tf.reshape(maskedSoftmax(tf, logits, slots.mask), [J * N, heads]);
  const weighted = tf.mul(tf.matMul(shares, spread), tf.reshape(slots.values, [J * N, H]));
  return tf.reshape(tf.matMul(tf.ones([1, J]), tf.reshape(weighted, [J, N * H])), [N, H]);
}

/** [heads × H]: row h is 1 over the columns of head h. */
export function headSpread(tf: TensorFlow, heads: number, H: number): EngineTensor {
  return pattern(tf, 'spread', [heads, H], heads, (row, column) => Math.floor(column / (H / heads)) === row);
}

/** Softmax down each column [J × C] over the entries whose mask is 1; columns without any are 0. */
export function maskedSoftmax(tf: TensorFlow, logits: EngineTensor, mask: EngineTensor | undefined): EngineTensor {
  return tf.customGrad((...args) => {
    const [z, save] = args as unknown as [EngineTensor, (tensors: EngineTensor[]) => void];
    const ones = tf.ones([1, z.shape[0]!]);
    const allowed = mask ? tf.add(z, tf.mul(tf.sub(mask, 1), 1e9)) : z;
    const raised = tf.exp(tf.sub(allowed, tf.max(allowed, 0, true)));
    const counted = mask ? tf.mul(raised, mask) : raised;
    const value = tf.div(counted, tf.add(tf.matMul(ones, counted), 1e-16));
    save([value]);
    const gradFunc = (dy: EngineTensor, [share]: EngineTensor[]) => {
      const weighted = tf.mul(share!, dy);
      return tf.sub(weighted, tf.mul(share!, tf.matMul(tf.ones([1, dy.shape[0]!]), weighted)));
    };
    return { value, gradFunc: gradFunc as never };
  })(logits);
}

/**
 * g·(GELU(message)·W + b) + (1 − g)·state, g = σ(skip); without a state (zeros) its part falls away.
 * @param message [N × H]
 * @param state [N × H]
 */
export function gatedUpdate(
  tf: TensorFlow,
  message: EngineTensor,
  out: Folded,
  skip: EngineTensor,
  state?: EngineTensor,
): EngineTensor {
  const heard = project(tf, gelu(tf, message), out);
  const gate = tf.sigmoid(skip);
  const opened = tf.mul(heard, gate);
  return state ? tf.add(opened, tf.mul(state, tf.sub(1, gate))) : opened;
}

/** x·Φ(x), exactly (not the tanh form). Hendrycks and Gimpel (2016). */
export function gelu(tf: TensorFlow, x: EngineTensor): EngineTensor {
  return tf.customGrad((...args) => {
    const [z, save] = args as unknown as [EngineTensor, (tensors: EngineTensor[]) => void];
    const cumulative = tf.mul(tf.add(tf.erf(tf.mul(z, Math.SQRT1_2)), 1), 0.5);
    save([z, cumulative]);
    const gradFunc = (dy: EngineTensor, [at, phi]: EngineTensor[]) => {
      const density = tf.mul(tf.exp(tf.mul(tf.square(at!), -0.5)), 1 / Math.sqrt(2 * Math.PI));
      return tf.mul(dy, tf.add(phi!, tf.mul(at!, density)));
    };
    return { value: tf.mul(z, cumulative), gradFunc: gradFunc as never };
  })(x);
}

/** γ·(x − mean)/√(var + ε) + β over each row of [N × H]. Ba et al. (2016). */
export function layerNorm(tf: TensorFlow, x: EngineTensor, gamma: EngineTensor, beta: EngineTensor): EngineTensor {
  // Means come as products with a matrix of 1/H: they stand in all columns at once, and broadcasting is slow on WASM.
  return tf.customGrad((...args) => {
    const [z, gain, shift, save] = args as unknown as [
      EngineTensor,
      EngineTensor,
      EngineTensor,
      (tensors: EngineTensor[]) => void,
    ];
    const H = z.shape[1]!;
    const averaging = tf.fill([H, H], 1 / H);
    const centred = tf.sub(z, tf.matMul(z, averaging));
    const scale = tf.rsqrt(tf.add(tf.matMul(tf.square(centred), averaging), LAYER_NORM_EPSILON));
    const unit = tf.mul(centred, scale);
    save([unit, scale, gain]);
    const gradFunc = (dy: EngineTensor, saved: EngineTensor[]) => {
      const [u, by, g] = saved as [EngineTensor, EngineTensor, EngineTensor];
      const ones = tf.ones([1, dy.shape[0]!]);
      const means = tf.fill([H, H], 1 / H);
      const d = tf.mul(dy, g);
      const along = tf.mul(u, tf.matMul(tf.mul(d, u), means));
      const dx = tf.mul(by, tf.sub(tf.sub(d, tf.matMul(d, means)), along));
      return [dx, tf.reshape(tf.matMul(ones, tf.mul(dy, u)), g.shape), tf.reshape(tf.matMul(ones, dy), g.shape)];
    };
    return { value: tf.add(tf.mul(unit, gain), shift), gradFunc: gradFunc as never };
  })(x, gamma, beta);
}
