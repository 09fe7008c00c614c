// Typed attention in plain float64 arrays over the slots that are there: what serving runs, and what the padded layer must equal.
import { erf } from '../../math/erf.js';
import { LAYER_NORM_EPSILON } from './layer-norm-epsilon.js';

/** W [inputs × outputs] and b [outputs], row vectors from the left. */
export interface PlainLinear {
  readonly w: ArrayLike<number>;
  readonly b?: ArrayLike<number>;
  readonly outputs: number;
}

/** x·W + b */
export function times(x: ArrayLike<number>, { w, b, outputs }: PlainLinear): Float64Array {
  const out = new Float64Array(outputs);
  if (b) for (let o = 0; o < outputs; o++) out[o] = b[o]!;
  for (let i = 0; i < x.length; i++) {
    const value = x[i]!;
    if (value === 0) continue;
    const from = i * outputs;
    for (let o = 0; o < outputs; o++) out[o]! += value * w[from + o]!;
  }
  return out;
}

/**
 * (n·W + b)·A per head, each head times its priority, as one product.
 * @param relation [heads × d × d]
 * @param scales [heads]
 */
export function foldPlain(linear: PlainLinear, relation: ArrayLike<number>, scales: readonly number[]): PlainLinear {
  const H = linear.outputs;
  const d = H / scales.length;
  const fold = (row: (o: number) => number, to: Float64Array, at: number) => {
    for (let o = 0; o < H; o++) {
      const head = Math.floor(o / d);
      let sum = 0;
      for (let j = 0; j < d; j++) sum += row(head * d + j) * relation[(head * d + j) * d + (o % d)]!;
      to[at + o] = sum * scales[head]!;
    }
  };
  const w = new Float64Array(linear.w.length);
  for (let at = 0; at < w.length; at += H) fold((o) => linear.w[at + o]!, w, at);
  const b = new Float64Array(H);
  if (linear.b) fold((o) => linear.b![o]!, b, 0);
  return { w, b, outputs: H };
}

export interface Heard {
  /** [H] */
  readonly message: Float64Array;
  /** [J × heads] the share of each slot. */
  readonly shares: Float64Array;
}

/** Σ_j α_j·value_j per head, α the softmax of ⟨query, key_j⟩ over all slots; zeros without any. */
export function attendPlain(
  query: ArrayLike<number>,
  keys: readonly Float64Array[],
  values: readonly Float64Array[],
  heads: number,
): Heard {
  const H = query.length;
  const d = H / heads;
  const J = keys.length;
  const message = new Float64Array(H);
  const shares = new Float64Array(J * heads);
  for (let head = 0; head < heads; head++) {
    let highest = Number.NEGATIVE_INFINITY;
    for (let j = 0; j < J; j++) {
      let logit = 0;
      for (let o = head * d; o < (head + 1) * d; o++) logit += query[o]! * keys[j]![o]!;
      shares[j * heads + head] = logit;
      highest = Math.max(highest, logit);
    }
    let total = 0;
    for (let j = 0; j < J; j++) {
      const raised = Math.exp(shares[j * heads + head]! - highest);
      shares[j * heads + head] = raised;
      total += raised;
    }
    for (let j = 0; j < J; j++) {
      const share = shares[j * heads + head]! / total;
      shares[j * heads + head] = share;
      for (let o = head * d; o < (head + 1) * d; o++) message[o]! += share * values[j]![o]!;
    }
  }
  return { message, shares };
}

/** g·(GELU(message)·W + b) + (1 − g)·state, g = σ(skip); without a state its part falls away. */
export function gatedUpdatePlain(
  message: Float64Array,
  out: PlainLinear,
  skip: number,
  state?: ArrayLike<number>,
): Float64Array {
  const gate = 1 / (1 + Math.exp(-skip));
  const heard = times(
    message.map((x) => 0.5 * x * (1 + erf(x * Math.SQRT1_2))),
    out,
  );
  return heard.map((value, o) => gate * value + (state ? (1 - gate) * state[o]! : 0));
}

/** γ·(x − mean)/√(var + ε) + β */
export function layerNormPlain(x: Float64Array, gamma: ArrayLike<number>, beta: ArrayLike<number>): Float64Array {
  let mean = 0;
  for (const value of x) mean += value / x.length;
  let variance = 0;
  for (const value of x) variance += (value - mean) ** 2 / x.length;
  const scale = 1 / Math.sqrt(variance + LAYER_NORM_EPSILON);
  return x.map((value, o) => (value - mean) * scale * gamma[o]! + beta[o]!);
}
