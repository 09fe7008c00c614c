// The network's layers folded for serving: what turns say and hear, all rows of a past at once.
import {
  addLogits,
  addShare,
  beside,
  type FoldedLinear,
  foldPlain,
  foldQueryPlain,
  gatedUpdatePlain,
  layerNormPlain,
  sharedStates,
  sharesPlain,
  timesRows,
} from './plain-attention.js';
import type { NetworkShape } from './shape.js';

/** Every weight by name. */
export type PlainWeights = Readonly<Record<string, Float64Array>>;

/** The R rated answers of a past, and the Q queries they are about. */
export interface PlainTurns {
  /** R */
  readonly rows: number;
  /** n_q [Q × H] */
  readonly queries: Float64Array;
  /** [R] row of `queries`. */
  readonly query: Int32Array;
  /** [R] */
  readonly model: Int32Array;
  /** [R] */
  readonly rating: Float64Array;
  /** [R] the row before it in the same conversation with the same model; −1 = none. */
  readonly previous: Int32Array;
}

export interface PlainLayer {
  /** The turns' states [R × H] from those before this layer (absent: zeros). Absent in the last layer. */
  readonly session?: (turns: PlainTurns, before: Float64Array | undefined) => Float64Array;
  /** Absent in the first layer. @param sessions [R × H] */
  readonly user?: ((state: Float64Array | undefined, sessions: Float64Array, rows: number) => Heard) | undefined;
}

export interface Heard {
  /** [H] */
  readonly state: Float64Array;
  /** [R] what each row weighed, adding up to 1. */
  readonly shares: readonly number[];
}

export function plainLayers(shape: NetworkShape, weights: PlainWeights): PlainLayer[] {
  return Array.from({ length: shape.layers }, (_, i) => {
    const layer = i + 1;
    const user = layer > 1 ? userOf(shape, weights, layer) : undefined;
    return layer === shape.layers ? { user } : { session: sessionOf(shape, weights, layer), user };
  });
}

/** Sources of one kind: each row [W] of the table is a key (absent in typed means), then a value. */
interface Said {
  readonly table: Float64Array;
  /** [R] row of the table; −1 = this source is not there. Absent: each row's own. */
  readonly of?: Int32Array;
}

/** Layer `layer` of the sessions, each source heard through a relation of its own. */
function sessionOf(shape: NetworkShape, weights: PlainWeights, layer: number): NonNullable<PlainLayer['session']> {
  const { hidden: H, models: M } = shape;
  const voice = (source: string, relation: string) => {
    const { key, value } = voiceOf(shape, weights, `layer${layer}`, { source, relation, target: 'session' });
    return key ? beside(key, value) : value;
  };
  const query = voice('query', 'query');
  const llm = timesRows(weights['llm.e']!, M, voice('llm', 'llm'));
  const respond = responses(shape, weights, voice('response', 'response'));
  const previous = shape.multiTurn ? voice('session', 'previous') : undefined;
  const settle = (shape.conv === 'sage' ? meanSettler : attentionSettler)(shape, weights, `layer${layer}.session`);
  return (turns, before) => {
    const said: Said[] = [
      { table: timesRows(turns.queries, turns.queries.length / H, query), of: turns.query },
      { table: llm, of: turns.model },
      { table: respond(turns) },
    ];
    if (previous) {
      const heard = before ?? new Float64Array(turns.rows * H);
      said.push({ table: timesRows(heard, turns.rows, previous), of: turns.previous });
    }
    return settle(said, turns.rows, before);
  };
}

/** [R × W]; n_r = [r, r², 1]·Wρ + r·(n_l·Wrl) is linear in r and r²: its three parts are worked out once a model. */
function responses({ hidden: H, models: M }: NetworkShape, weights: PlainWeights, voice: FoldedLinear) {
  const rating = weights['response.rating']!;
  const W = voice.outputs;
  const [slope, square] = [rating.subarray(0, H), rating.subarray(H, 2 * H)];
  const base = timesRows(rating.subarray(2 * H), 1, voice);
  const { w } = voice; // parts that the rating multiplies have no bias
  const bent = timesRows(square, 1, { w, outputs: W });
  const liked = timesRows(weights['llm.e']!, M, { w: weights['response.model']!, outputs: H });
  const linear = timesRows(
    liked.map((value, at) => value + slope[at % H]!),
    M,
    { w, outputs: W },
  );
  return ({ rows, model, rating: ratings }: PlainTurns): Float64Array => {
    const table = new Float64Array(rows * W);
    for (let row = 0; row < rows; row++) {
      const r = ratings[row]!;
      const [to, from] = [row * W, model[row]! * W];
      for (let o = 0; o < W; o++) table[to + o] = base[o]! + r * r * bent[o]! + r * linear[from + o]!;
    }
    return table;
  };
}

/** The folded maps of one relation: a state's key (absent in typed means) and value. */
interface Voice {
  readonly key?: FoldedLinear;
  readonly value: FoldedLinear;
}

function voiceOf(
  { hidden: H, heads, conv }: NetworkShape,
  weights: PlainWeights,
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

/** All sessions are of one relation: a typed mean is their mean. */
function userOf(shape: NetworkShape, weights: PlainWeights, layer: number): NonNullable<PlainLayer['user']> {
  const { hidden: H, heads, conv } = shape;
  const target = `layer${layer}.user`;
  const { key, value } = voiceOf(shape, weights, `layer${layer}`, {
    source: 'session',
    relation: 'owner',
    target: 'user',
  });
  if (conv === 'sage') {
    const settle = meanSettler(shape, weights, target);
    return (state, sessions, rows) => {
      const pooled = new Float64Array(H);
      for (let at = 0; at < rows * H; at++) pooled[at % H]! += sessions[at]! / rows;
      const said = [{ table: timesRows(pooled, 1, value) }];
      return { state: settle(said, 1, state), shares: new Array<number>(rows).fill(1 / rows) };
    };
  }
  const asks = asker(shape, weights, target);
  const finish = finisher(shape, weights, target);
  return (state, sessions, rows) => {
    const keys = timesRows(sessions, rows, key!);
    const query = asks(state, 1);
    const shares = query ? new Float64Array(rows * heads) : keys;
    if (query) for (let j = 0; j < rows; j++) addLogits(query, 0, keys, j * H, H, shares, j * heads, heads);
    sharesPlain(shares, rows, heads);
    const ofRow = (j: number) => {
      let sum = 0;
      for (let head = 0; head < heads; head++) sum += shares[j * heads + head]!;
      return sum / heads;
    };
    return {
      state: finish(sharedStates(shares, sessions, rows, value, heads), 1, state),
      shares: Array.from({ length: rows }, (_, j) => ofRow(j)),
    };
  };
}

/** What becomes of each target [R × H] that hears one source of each kind. */
type Settler = (said: readonly Said[], rows: number, before: Float64Array | undefined) => Float64Array;

/** LayerNorm(ReLU(state·W + b + Σ value)) */
function meanSettler({ hidden: H }: NetworkShape, weights: PlainWeights, target: string): Settler {
  const of = (name: string) => weights[`${target}.${name}`]!;
  const self = weights[`${target}.self`];
  return (said, rows, before) => {
    const b = of('b');
    const sums =
      before && self
        ? timesRows(before, rows, { w: self, b, outputs: H })
        : new Float64Array(rows * H).map((_, at) => b[at % H]!);
    for (const { table, of: index } of said) {
      for (let row = 0; row < rows; row++) {
        const source = index ? index[row]! : row;
        if (source < 0) continue;
        for (let o = 0; o < H; o++) sums[row * H + o]! += table[source * H + o]!;
      }
    }
    for (let at = 0; at < sums.length; at++) sums[at] = Math.max(sums[at]!, 0);
    return layerNormPlain(sums, of('gamma'), of('beta'));
  };
}

function attentionSettler(shape: NetworkShape, weights: PlainWeights, target: string): Settler {
  const { hidden: H, heads } = shape;
  const asks = asker(shape, weights, target);
  const finish = finisher(shape, weights, target);
  return (said, rows, before) => {
    const messages = new Float64Array(rows * H);
    const queries = asks(before, rows);
    const keyed = queries ? H : heads;
    const shares = new Float64Array(said.length * heads);
    const tables: Float64Array[] = [];
    const starts = new Int32Array(said.length);
    for (let row = 0; row < rows; row++) {
      let J = 0;
      shares.fill(0);
      for (const { table, of: index } of said) {
        const source = index ? index[row]! : row;
        if (source < 0) continue;
        const start = source * (keyed + H);
        if (queries) addLogits(queries, row * H, table, start, H, shares, J * heads, heads);
        else for (let head = 0; head < heads; head++) shares[J * heads + head] = table[start + head]!;
        tables[J] = table;
        starts[J++] = start + keyed;
      }
      sharesPlain(shares, J, heads);
      for (let j = 0; j < J; j++) addShare(messages, row * H, tables[j]!, starts[j]!, H, shares, j, heads);
    }
    return finish(messages, rows, before);
  };
}

/** What targets ask with [R × H]; undefined where their question is fixed and the keys are logits already. */
function asker({ hidden: H }: NetworkShape, weights: PlainWeights, target: string) {
  const w = weights[`${target}.q.w`];
  const b = weights[`${target}.q.b`]!;
  return (states: Float64Array | undefined, rows: number): Float64Array | undefined =>
    w && timesRows(states ?? new Float64Array(rows * H), rows, { w, b, outputs: H });
}

/** LayerNorm(g·(GELU(message)·W + b) + (1 − g)·state) of each row. */
function finisher({ hidden: H }: NetworkShape, weights: PlainWeights, target: string) {
  const of = (name: string) => weights[`${target}.${name}`]!;
  const out = { w: of('o.w'), b: of('o.b'), outputs: H };
  return (messages: Float64Array, rows: number, states: Float64Array | undefined): Float64Array => {
    const updated = gatedUpdatePlain(messages, rows, out, of('skip')[0]!, states);
    return layerNormPlain(updated, of('gamma'), of('beta'));
  };
}
