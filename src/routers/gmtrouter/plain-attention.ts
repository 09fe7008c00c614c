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

/** A linear map of H outputs and a fixed query [H] → a linear map of one output a head: ⟨query, key⟩ of each head. */
export function foldQueryPlain(
  { w, b, outputs: H }: PlainLinear,
  query: ArrayLike<number>,
  heads: number,
): PlainLinear {
  const fold = (from: ArrayLike<number>, at: number) => logitsOf(query, from, at, heads);
  const inputs = w.length / H;
  const folded = new Float64Array(inputs * heads);
  for (let i = 0; i < inputs; i++) folded.set(fold(w, i * H), i * heads);
  return { w: folded, b: b ? fold(b, 0) : new Float64Array(heads), outputs: heads };
}

/** [heads] ⟨query, key⟩ of each head; the key [H] starts at `at`. */
export function logitsOf(query: ArrayLike<number>, key: ArrayLike<number>, at: number, heads: number): Float64Array {
  const H = query.length;
  const d = H / heads;
  const logits = new Float64Array(heads);
  for (let o = 0; o < H; o++) logits[Math.floor(o / d)]! += query[o]! * key[at + o]!;
  return logits;
}

/** α [J × heads], the softmax of each head over all slots. @param logits [J] of [heads] */
export function sharesPlain(logits: readonly Float64Array[], heads: number): Float64Array {
  const J = logits.length;
  const shares = new Float64Array(J * heads);
  for (let head = 0; head < heads; head++) {
    let highest = Number.NEGATIVE_INFINITY;
    for (let j = 0; j < J; j++) highest = Math.max(highest, logits[j]![head]!);
    let total = 0;
    for (let j = 0; j < J; j++) {
      const raised = Math.exp(logits[j]![head]! - highest);
      shares[j * heads + head] = raised;
      total += raised;
    }
    for (let j = 0; j < J; j++) shares[j * heads + head]! /= total;
  }
  return shares;
}

/** Σ_j α_j·value_j per head [H]. */
export function sharedValues(
  shares: Float64Array,
  values: readonly Float64Array[],
  H: number,
  heads: number,
): Float64Array {
  const d = H / heads;
  const message = new Float64Array(H);
  values.forEach((value, j) => {
    for (let head = 0, o = 0; head < heads; head++) {
      const share = shares[j * heads + head]!;
      for (const end = o + d; o < end; o++) message[o]! += share * value[o]!;
    }
  });
  return message;
}

/**
 * The same where value_j = state_j·W + b: each head's states are put together first, so that W is applied once and not once a slot.
 * @param states [J] of [H]
 */
export function sharedStates(
  shares: Float64Array,
  states: readonly Float64Array[],
  { w, b, outputs: H }: PlainLinear,
  heads: number,
): Float64Array {
  const d = H / heads;
  const message = new Float64Array(H);
  if (states.length === 0) return message;
  const pooled = new Float64Array(H);
  for (let head = 0; head < heads; head++) {
    pooled.fill(0);
    states.forEach((state, j) => {
      const share = shares[j * heads + head]!;
      for (let i = 0; i < H; i++) pooled[i]! += share * state[i]!;
    });
    const [from, end] = [head * d, (head + 1) * d];
    if (b) for (let o = from; o < end; o++) message[o] = b[o]!;
    for (let i = 0; i < H; i++) {
      const value = pooled[i]!;
      for (let o = from; o < end; o++) message[o]! += value * w[i * H + o]!;
    }
  }
  return message;
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
