// The network's layers folded for serving: per layer what each source says, and how sessions and users hear it.
import {
  foldPlain,
  foldQueryPlain,
  gatedUpdatePlain,
  layerNormPlain,
  logitsOf,
  type PlainLinear,
  sharedStates,
  sharedValues,
  sharesPlain,
  times,
} from './plain-attention.js';
import type { NetworkShape } from './shape.js';
import type { FittedWeights } from './state.js';

/** What one source says to one target; a typed mean has values alone. */
export interface PlainSource {
  /** [H], or [heads] where the target's query is fixed: ⟨query, key⟩ of each head. */
  readonly key?: Float64Array;
  /** [H] */
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

export interface Heard {
  readonly state: Float64Array;
  /** What each source weighed, adding up to 1. */
  readonly shares: number[];
}

export function plainLayers(shape: NetworkShape, weights: FittedWeights): PlainLayer[] {
  return Array.from({ length: shape.layers }, (_, i) => plainLayer(shape, weights, i + 1));
}

function plainLayer(shape: NetworkShape, weights: FittedWeights, layer: number): PlainLayer {
  const user = layer > 1 ? userOf(shape, weights, layer) : undefined;
  if (layer === shape.layers) return { user };
  const { hidden: H, models: M } = shape;
  const speak = (source: string, relation: string) =>
    speaker(voiceOf(shape, weights, `layer${layer}`, { source, relation, target: 'session' }));
  const states = Array.from({ length: M }, (_, m) => weights['llm.e']!.subarray(m * H, (m + 1) * H));
  const previous = shape.multiTurn ? speak('session', 'previous') : undefined;
  return {
    session: {
      query: speak('query', 'query'),
      llm: states.map(speak('llm', 'llm')),
      response: responses(weights, states, speak('response', 'response')),
      ...(previous && { previous: (state) => previous(state ?? new Float64Array(H)) }),
      hear: sessionListener(shape, weights, `layer${layer}.session`),
    },
    user,
  };
}

/** n_r = [r, r², 1]·Wρ + r·(n_l·Wrl) is linear in r and r²: its three parts are worked out once a model. */
function responses(
  weights: FittedWeights,
  states: readonly ArrayLike<number>[],
  says: Speaker,
): (model: number, rating: number) => PlainSource {
  const rating = weights['response.rating']!;
  const H = rating.length / 3;
  const row = (i: number) => Float64Array.from(rating.subarray(i * H, (i + 1) * H));
  const nothing = says(new Float64Array(H));
  const withoutBias = (state: Float64Array) => mixed(says(state), 1, nothing, -1);
  const [square, base] = [withoutBias(row(1)), says(row(2))];
  const linear = states.map((state) => {
    const liked = times(state, { w: weights['response.model']!, outputs: H });
    return withoutBias(row(0).map((value, o) => value + liked[o]!));
  });
  return (model, r) => mixed(mixed(base, 1, square, r * r), 1, linear[model]!, r);
}

/** a·x + b·y */
function mixed(x: PlainSource, a: number, y: PlainSource, b: number): PlainSource {
  const sum = (of: Float64Array, and: Float64Array) => of.map((value, o) => a * value + b * and[o]!);
  return { ...(x.key && y.key && { key: sum(x.key, y.key) }), value: sum(x.value, y.value) };
}

type Speaker = (state: ArrayLike<number>) => PlainSource;

/** The folded maps of one relation: a state's key (absent in typed means) and value. */
interface Voice {
  readonly key?: PlainLinear;
  readonly value: PlainLinear;
}

function voiceOf(
  { hidden: H, heads, conv }: NetworkShape,
  weights: FittedWeights,
  layer: string,
  { source, relation, target }: { readonly source: string; readonly relation: string; readonly target: string },
): Voice {
  const of = (name: string) => weights[`${layer}.${name}`]!;
  if (conv === 'sage') return { value: { w: of(`${relation}.w`), outputs: H } };
  const linear = (part: string) => ({ w: of(`${source}.${part}.w`), b: of(`${source}.${part}.b`), outputs: H });
  const scales = Array.from(of(`${relation}.p`), (p) => p / Math.sqrt(H / heads));
  const key = foldPlain(linear('k'), of(`${relation}.a`), scales);
  const value = foldPlain(linear('u'), of(`${relation}.v`), scales.fill(1));
  // What starts as zeros asks with its bias alone.
  const isFixed = weights[`${layer}.${target}.q.w`] === undefined;
  return { key: isFixed ? foldQueryPlain(key, of(`${target}.q.b`), heads) : key, value };
}

function speaker({ key, value }: Voice): Speaker {
  return (state) => ({ ...(key && { key: times(state, key) }), value: times(state, value) });
}

/** Each source is of a relation of its own: a typed mean adds them up. */
function sessionListener(
  shape: NetworkShape,
  weights: FittedWeights,
  target: string,
): (state: Float64Array | undefined, heard: readonly PlainSource[]) => Float64Array {
  const { hidden: H, heads, conv } = shape;
  const values = (heard: readonly PlainSource[]) => heard.map(({ value }) => value);
  if (conv === 'sage') {
    const settle = meanSettler(shape, weights, target);
    return (state, heard) => settle(state, values(heard), 1);
  }
  const { logits, settle } = attentionSettler(shape, weights, target);
  return (state, heard) => {
    const shares = sharesPlain(
      logits(
        state,
        heard.map(({ key }) => key!),
      ),
      heads,
    );
    return settle(state, sharedValues(shares, values(heard), H, heads));
  };
}

/** All sessions are of one relation: a typed mean is their mean. */
function userOf(shape: NetworkShape, weights: FittedWeights, layer: number): NonNullable<PlainLayer['user']> {
  const { heads, conv } = shape;
  const target = `layer${layer}.user`;
  const voice = voiceOf(shape, weights, `layer${layer}`, { source: 'session', relation: 'owner', target: 'user' });
  if (conv === 'sage') {
    const settle = meanSettler(shape, weights, target);
    return {
      hear: (state, sessions) => ({
        state: settle(
          state,
          sessions.map((session) => times(session, voice.value)),
          1 / sessions.length,
        ),
        shares: sessions.map(() => 1 / sessions.length),
      }),
    };
  }
  const { logits, settle } = attentionSettler(shape, weights, target);
  return {
    hear: (state, sessions) => {
      const keys = sessions.map((session) => times(session, voice.key!));
      const shares = sharesPlain(logits(state, keys), heads);
      const ofSlot = (j: number) =>
        shares.subarray(j * heads, (j + 1) * heads).reduce((sum, share) => sum + share, 0) / heads;
      return {
        state: settle(state, sharedStates(shares, sessions, voice.value, heads)),
        shares: sessions.map((_, j) => ofSlot(j)),
      };
    },
  };
}

/** LayerNorm(ReLU(state·W + b + weight·Σ value)) */
function meanSettler({ hidden: H }: NetworkShape, weights: FittedWeights, target: string) {
  const of = (name: string) => weights[`${target}.${name}`]!;
  const self = weights[`${target}.self`];
  return (state: Float64Array | undefined, values: readonly Float64Array[], weight: number): Float64Array => {
    const sum = state && self ? times(state, { w: self, b: of('b'), outputs: H }) : Float64Array.from(of('b'));
    for (const value of values) for (let o = 0; o < H; o++) sum[o]! += weight * value[o]!;
    return layerNormPlain(
      sum.map((x) => Math.max(x, 0)),
      of('gamma'),
      of('beta'),
    );
  };
}

/** How a target asks, and what becomes of what it hears. */
function attentionSettler({ hidden: H, heads }: NetworkShape, weights: FittedWeights, target: string) {
  const of = (name: string) => weights[`${target}.${name}`]!;
  const asks = weights[`${target}.q.w`];
  const out = { w: of('o.w'), b: of('o.b'), outputs: H };
  return {
    /** [J] of [heads]; where the query is fixed, the keys are that already. */
    logits: (state: Float64Array | undefined, keys: readonly Float64Array[]): readonly Float64Array[] => {
      if (!asks) return keys;
      const query = state ? times(state, { w: asks, b: of('q.b'), outputs: H }) : of('q.b');
      return keys.map((key) => logitsOf(query, key, 0, heads));
    },
    settle: (state: Float64Array | undefined, message: Float64Array): Float64Array =>
      layerNormPlain(gatedUpdatePlain(message, out, of('skip')[0]!, state), of('gamma'), of('beta')),
  };
}
