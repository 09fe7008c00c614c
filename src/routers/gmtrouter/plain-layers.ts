// The network's layers folded for serving: per layer what each source says, and how sessions and users hear it.
import {
  attendPlain,
  foldPlain,
  gatedUpdatePlain,
  layerNormPlain,
  type PlainLinear,
  times,
} from './plain-attention.js';
import type { NetworkShape } from './shape.js';
import type { FittedWeights } from './state.js';

/** Key and value [H] of one source for one target; a typed mean has values alone. */
export interface PlainSource {
  readonly key?: Float64Array;
  readonly value: Float64Array;
}

export interface PlainLayer {
  /** Absent in the last layer. */
  readonly session?: {
    query(state: Float64Array): PlainSource;
    /** [M] */
    readonly llm: readonly PlainSource[];
    response(model: number, rating: number): PlainSource;
    /** Of a row's state before this layer; undefined = zeros. Only where turns are linked. */
    readonly previous?: (state: Float64Array | undefined) => PlainSource;
    hear(state: Float64Array | undefined, heard: readonly PlainSource[]): Float64Array;
  };
  /** Absent in the first layer. */
  readonly user?: { hear(state: Float64Array | undefined, sessions: readonly Float64Array[]): Heard } | undefined;
}

export function plainLayers(shape: NetworkShape, weights: FittedWeights): PlainLayer[] {
  return Array.from({ length: shape.layers }, (_, i) => plainLayer(shape, weights, i + 1));
}

function plainLayer(shape: NetworkShape, weights: FittedWeights, layer: number): PlainLayer {
  const speak = (source: string, relation: string) => speaker(shape, weights, `layer${layer}`, source, relation);
  const user = layer > 1 ? userOf(shape, weights, layer, speak('session', 'owner')) : undefined;
  if (layer === shape.layers) return { user };
  const { hidden: H, models: M } = shape;
  const states = Array.from({ length: M }, (_, m) => weights['llm.e']!.subarray(m * H, (m + 1) * H));
  const liked = states.map((state) => times(state, { w: weights['response.model']!, outputs: H }));
  const rating = { w: weights['response.rating']!, outputs: H };
  const response = speak('response', 'response');
  const previous = shape.multiTurn ? speak('session', 'previous') : undefined;
  const hear = listener(shape, weights, `layer${layer}.session`);
  return {
    session: {
      query: speak('query', 'query'),
      llm: states.map(speak('llm', 'llm')),
      response: (model, r) => {
        const n = times(Float64Array.of(r, r * r, 1), rating);
        for (let o = 0; o < H; o++) n[o]! += r * liked[model]![o]!;
        return response(n);
      },
      ...(previous && { previous: (state) => previous(state ?? new Float64Array(H)) }),
      hear: (state, heard) => hear(state, heard, 'sum').state,
    },
    user,
  };
}

function userOf(shape: NetworkShape, weights: FittedWeights, layer: number, says: Speaker): PlainLayer['user'] {
  const hear = listener(shape, weights, `layer${layer}.user`);
  return {
    hear: (state, sessions) =>
      hear(
        state,
        sessions.map((session) => says(session)),
        'mean',
      ),
  };
}

type Speaker = (state: ArrayLike<number>) => PlainSource;

function speaker(
  { hidden: H, heads, conv }: NetworkShape,
  weights: FittedWeights,
  layer: string,
  source: string,
  relation: string,
): Speaker {
  const of = (name: string) => weights[`${layer}.${name}`]!;
  if (conv === 'sage') return (state) => ({ value: times(state, { w: of(`${relation}.w`), outputs: H }) });
  const linear = (part: string) => ({ w: of(`${source}.${part}.w`), b: of(`${source}.${part}.b`), outputs: H });
  const scales = Array.from(of(`${relation}.p`), (p) => p / Math.sqrt(H / heads));
  const key = foldPlain(linear('k'), of(`${relation}.a`), scales);
  const value = foldPlain(linear('u'), of(`${relation}.v`), scales.fill(1));
  return (state) => ({ key: times(state, key), value: times(state, value) });
}

export interface Heard {
  readonly state: Float64Array;
  /** What each source weighed, adding up to 1. */
  readonly shares: number[];
}

/** @param pool how typed means are put together: one source a relation (sum), or all of one relation (mean) */
function listener({ hidden: H, heads, conv }: NetworkShape, weights: FittedWeights, target: string) {
  const of = (name: string) => weights[`${target}.${name}`]!;
  const own = (name: string) => (weights[`${target}.${name}`] ? { w: of(name), outputs: H } : undefined);
  const settle = (x: Float64Array) => layerNormPlain(x, of('gamma'), of('beta'));
  const added = (state: ArrayLike<number> | undefined, bias: string, linear: PlainLinear | undefined) =>
    state && linear ? times(state, { ...linear, b: of(bias) }) : Float64Array.from(of(bias));
  if (conv === 'sage') {
    const self = own('self');
    return (state: Float64Array | undefined, heard: readonly PlainSource[], pool: 'sum' | 'mean'): Heard => {
      const sum = added(state, 'b', self);
      const weight = pool === 'sum' ? 1 : 1 / heard.length;
      for (const { value } of heard) for (let o = 0; o < H; o++) sum[o]! += weight * value[o]!;
      return { state: settle(sum.map((x) => Math.max(x, 0))), shares: heard.map(() => 1 / heard.length) };
    };
  }
  const asks = own('q.w');
  const out = { w: of('o.w'), b: of('o.b'), outputs: H };
  return (state: Float64Array | undefined, heard: readonly PlainSource[]): Heard => {
    const query = added(state, 'q.b', asks);
    const { message, shares } = attendPlain(
      query,
      heard.map(({ key }) => key!),
      heard.map(({ value }) => value),
      heads,
    );
    const ofSlot = (j: number) =>
      shares.subarray(j * heads, (j + 1) * heads).reduce((sum, share) => sum + share, 0) / heads;
    return {
      state: settle(gatedUpdatePlain(message, out, of('skip')[0]!, state)),
      shares: heard.map((_, j) => ofSlot(j)),
    };
  };
}
