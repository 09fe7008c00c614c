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

/** A linear map whose arrays are all of one kind: mixed kinds make every product several times slower. */
export interface FoldedLinear extends PlainLinear {
  readonly w: Float64Array;
  readonly b?: Float64Array;
}

/** x·W + b of each row [rows × outputs], four inputs at a time. @param x [rows × inputs], or longer */
export function timesRows(x: Float64Array, rows: number, { w, b, outputs }: FoldedLinear): Float64Array {
  const inputs = w.length / outputs;
  const out = new Float64Array(rows * outputs);
  for (let row = 0; row < rows; row++) {
    const to = row * outputs;
    const from = row * inputs;
    if (b) for (let o = 0; o < outputs; o++) out[to + o] = b[o]!;
    let i = 0;
    for (; i + 3 < inputs; i += 4) {
      const x0 = x[from + i]!;
      const x1 = x[from + i + 1]!;
      const x2 = x[from + i + 2]!;
      const x3 = x[from + i + 3]!;
      const w0 = i * outputs;
      const w1 = w0 + outputs;
      const w2 = w1 + outputs;
      const w3 = w2 + outputs;
      for (let o = 0; o < outputs; o++) {
        out[to + o]! += x0 * w[w0 + o]! + x1 * w[w1 + o]! + x2 * w[w2 + o]! + x3 * w[w3 + o]!;
      }
    }
    for (; i < inputs; i++) {
      const value = x[from + i]!;
      for (let o = 0; o < outputs; o++) out[to + o]! += value * w[i * outputs + o]!;
    }
  }
  return out;
}

/** Two maps of one input as one: its outputs are those of the first, then those of the second. */
export function beside(first: FoldedLinear, second: FoldedLinear): FoldedLinear {
  const [m, n] = [first.outputs, second.outputs];
  const inputs = second.w.length / n;
  const w = new Float64Array(inputs * (m + n));
  for (let i = 0; i < inputs; i++) {
    w.set(first.w.subarray(i * m, (i + 1) * m), i * (m + n));
    w.set(second.w.subarray(i * n, (i + 1) * n), i * (m + n) + m);
  }
  const b = new Float64Array(m + n);
  if (first.b) b.set(first.b);
  if (second.b) b.set(second.b, m);
  return { w, b, outputs: m + n };
}

/**
 * (n·W + b)·A per head, each head times its priority, as one product.
 * @param relation [heads × d × d]
 * @param scales [heads]
 */
export function foldPlain(linear: PlainLinear, relation: ArrayLike<number>, scales: readonly number[]): FoldedLinear {
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
): FoldedLinear {
  const fold = (from: ArrayLike<number>, at: number) => {
    const logits = new Float64Array(heads);
    addLogits(query, 0, from, at, H, logits, 0, heads);
    return logits;
  };
  const inputs = w.length / H;
  const folded = new Float64Array(inputs * heads);
  for (let i = 0; i < inputs; i++) folded.set(fold(w, i * H), i * heads);
  return { w: folded, b: b ? fold(b, 0) : new Float64Array(heads), outputs: heads };
}

/** Adds ⟨query, key⟩ of each head to `logits`; query, key [H] and logits [heads] start where the numbers beside them say. */
export function addLogits(
  query: ArrayLike<number>,
  queryAt: number,
  key: ArrayLike<number>,
  keyAt: number,
  H: number,
  logits: Float64Array,
  at: number,
  heads: number,
): void {
  const d = H / heads;
  for (let head = 0, o = 0; head < heads; head++) {
    let sum = 0;
    for (const end = o + d; o < end; o++) sum += query[queryAt + o]! * key[keyAt + o]!;
    logits[at + head]! += sum;
  }
}

/** Logits [J × heads] become α, the softmax of each head over the first J slots. */
export function sharesPlain(logits: Float64Array, J: number, heads: number): void {
  for (let head = 0; head < heads; head++) {
    let highest = Number.NEGATIVE_INFINITY;
    for (let j = 0; j < J; j++) highest = Math.max(highest, logits[j * heads + head]!);
    let total = 0;
    for (let j = 0; j < J; j++) {
      const raised = Math.exp(logits[j * heads + head]! - highest);
      logits[j * heads + head] = raised;
      total += raised;
    }
    for (let j = 0; j < J; j++) logits[j * heads + head]! /= total;
  }
}

/** Adds α_j·value_j per head to the message [H] at `to`; the value [H] starts at `from`. */
export function addShare(
  message: Float64Array,
  to: number,
  value: Float64Array,
  from: number,
  H: number,
  shares: Float64Array,
  slot: number,
  heads: number,
): void {
  const d = H / heads;
  for (let head = 0, o = 0; head < heads; head++) {
    const share = shares[slot * heads + head]!;
    for (const end = o + d; o < end; o++) message[to + o]! += share * value[from + o]!;
  }
}

/**
 * Σ_j α_j·value_j per head [H] where value_j = state_j·W + b: each head's states are put together first, so that W is applied once
 * and not once a slot.
 * @param shares [J × heads]
 * @param states [J × H]
 */
export function sharedStates(
  shares: Float64Array,
  states: Float64Array,
  J: number,
  { w, b, outputs: H }: FoldedLinear,
  heads: number,
): Float64Array {
  const d = H / heads;
  const message = new Float64Array(H);
  if (J === 0) return message;
  const pooled = new Float64Array(H);
  for (let head = 0; head < heads; head++) {
    pooled.fill(0);
    for (let j = 0; j < J; j++) {
      const share = shares[j * heads + head]!;
      for (let i = 0; i < H; i++) pooled[i]! += share * states[j * H + i]!;
    }
    const [from, end] = [head * d, (head + 1) * d];
    if (b) for (let o = from; o < end; o++) message[o] = b[o]!;
    for (let i = 0; i < H; i++) {
      const value = pooled[i]!;
      for (let o = from; o < end; o++) message[o]! += value * w[i * H + o]!;
    }
  }
  return message;
}

/** g·(GELU(message)·W + b) + (1 − g)·state of each row, g = σ(skip); without states their part falls away. Messages are overwritten. */
export function gatedUpdatePlain(
  messages: Float64Array,
  rows: number,
  out: FoldedLinear,
  skip: number,
  states?: ArrayLike<number>,
): Float64Array {
  const gate = 1 / (1 + Math.exp(-skip));
  for (let at = 0; at < messages.length; at++) {
    const x = messages[at]!;
    messages[at] = 0.5 * x * (1 + erf(x * Math.SQRT1_2));
  }
  const updated = timesRows(messages, rows, out);
  for (let at = 0; at < updated.length; at++) {
    updated[at] = gate * updated[at]! + (states ? (1 - gate) * states[at]! : 0);
  }
  return updated;
}

/** Each row [H] of x becomes γ·(x − mean)/√(var + ε) + β. @returns x itself */
export function layerNormPlain(x: Float64Array, gamma: ArrayLike<number>, beta: ArrayLike<number>): Float64Array {
  const H = gamma.length;
  for (let from = 0; from < x.length; from += H) {
    let mean = 0;
    for (let o = 0; o < H; o++) mean += x[from + o]! / H;
    let variance = 0;
    for (let o = 0; o < H; o++) variance += (x[from + o]! - mean) ** 2 / H;
    const scale = 1 / Math.sqrt(variance + LAYER_NORM_EPSILON);
    for (let o = 0; o < H; o++) x[from + o] = (x[from + o]! - mean) * scale * gamma[o]! + beta[o]!;
  }
  return x;
}
