// The head as a scoring graph: the asker's state is an input, and whoever has no past gets exactly the ranking for everybody.
import { type GraphBuilder, graphBuilder, type ScoringGraph, type Value } from '../../inference/scoring-graph.js';
import { unitRows } from '../unit-rows.js';
import { type PlainLinear, times } from './plain-attention.js';
import type { GmtrouterState } from './state.js';

/** A bias-carrying linear map as graph constants: x·W + b. */
type Apply = (x: Value) => Value;

/**
 * features [batch × D], user n_u [batch × H], history n [batch × 1] → scores [batch × M] = β + z∅ + n/(n + κ)·(z − z∅),
 * or without the second term where strangers get the ranking.
 * @param stranger n_u of an empty past [H]
 */
export function gmtrouterGraph(
  { shape, weights, prior, strangers }: GmtrouterState,
  stranger: Float64Array,
  shrinkage: number,
): ScoringGraph {
  const { featureDim, hidden: H, models: M } = shape;
  const graph = graphBuilder();
  const features = graph.input('features', ['batch', featureDim]);
  const user = graph.input('user', ['batch', H]);
  const length = graph.input('history', ['batch', 1]);
  const head = headGraph(graph, { shape, weights });
  const query = head.query(unitRows(graph, features));
  const empty = head.scores(head.constantUser(stranger), query);
  const personal = graph.sub(head.scores(head.user(user), query), empty);
  // A κ of 0 must not divide 0 by 0.
  const share = graph.div(length, graph.add(length, graph.scalar(Math.max(shrinkage, SMALLEST_SHRINKAGE))));
  const ranking = graph.constant('prior', { shape: [M], data: prior });
  const ranked = strangers === 'network' ? graph.add(ranking, empty) : ranking;
  return graph.build(graph.add(ranked, graph.mul(share, personal)));
}

const SMALLEST_SHRINKAGE = 1e-12;

/** Key and value of one token of the two that models attend over; a user's liking of each model beside them. */
interface Token {
  readonly key: Value;
  readonly value: Value;
}

function headGraph(graph: GraphBuilder, { shape, weights }: Pick<GmtrouterState, 'shape' | 'weights'>) {
  const { featureDim: D, hidden: H, models: M, heads } = shape;
  const d = H / heads;
  const linear = (name: string, inputs = H): PlainLinear & { readonly inputs: number } => ({
    w: weights[`${name}.w`]!,
    b: weights[`${name}.b`]!,
    inputs,
    outputs: H,
  });
  const llm = Array.from({ length: M }, (_, m) =>
    times(weights['llm.e']!.subarray(m * H, (m + 1) * H), linear('head.llm')),
  );
  const asked = llm.map((state) => times(state, linear('head.attention.q')).map((x) => x / Math.sqrt(d)));
  const last = weights['head.w']!;
  const out = linear('head.attention.o');
  const constant = (name: string, sizes: number[], at: (i: number) => number) =>
    graph.constant(name, {
      shape: sizes,
      data: Float32Array.from({ length: sizes.reduce((a, b) => a * b, 1) }, (_, i) => at(i)),
    });
  const apply = (name: string, chain: readonly (PlainLinear & { readonly inputs: number })[], scale = 1): Apply => {
    const folded = chained(chain);
    const w = constant(`${name}.w`, [folded.inputs, H], (i) => folded.w[i]! * scale);
    const b = constant(`${name}.b`, [H], (i) => folded.b![i]!);
    return (x) => graph.add(graph.matMul(x, w), b);
  };
  const token = (name: string, chain: Parameters<typeof chained>[0], scale?: number) => {
    const key = apply(`${name}.key`, [...chain, linear('head.attention.k')], scale);
    const value = apply(`${name}.value`, [...chain, linear('head.attention.v')], scale);
    return (x: Value): Token => ({ key: key(x), value: value(x) });
  };
  const byHead = Array.from({ length: heads }, (_, head) => {
    const mine = (o: number) => (Math.floor(o / d) === head ? 1 : 0);
    return {
      asked: constant(`head${head}.asked`, [H, M], (i) => mine(Math.floor(i / M)) * asked[i % M]![Math.floor(i / M)]!),
      out: constant(`head${head}.out`, [H, H], (i) => mine(Math.floor(i / H)) * out.w[i]!),
    };
  });
  const outWeights = constant('out.w', [H, H], (i) => out.w[i]!);
  const outBias = constant('out.b', [H], (i) => out.b![i]!);
  const attendedWeights = constant('last', [H, 1], (i) => last[i]!);
  const ofModel = constant('llm', [M], (m) => llm[m]!.reduce((sum, x, o) => sum + Math.max(x, 0) * last[H + o]!, 0));
  const rho = weights['head.rho']![0]! / Math.sqrt(H);
  const userToken = token('user', [linear('head.user')]);
  const wish = linear('head.user');
  const wishes = llm.map((state) => {
    const column = new Float64Array(H + 1); // the user's weights times l̂, and its bias times l̂
    for (let i = 0; i <= H; i++) {
      for (let o = 0; o < H; o++) column[i]! += rho * (i < H ? wish.w[i * H + o]! : wish.b![o]!) * state[o]!;
    }
    return column;
  });
  const liking: Apply = (() => {
    const w = constant('liking.w', [H, M], (i) => wishes[i % M]![Math.floor(i / M)]!);
    const b = constant('liking.b', [M], (m) => wishes[m]![H]!);
    return (x) => graph.add(graph.matMul(x, w), b);
  })();
  const user = (state: Value) => ({ ...userToken(state), liking: liking(state) });
  return {
    /** √D is in the weights. */
    query: token('query', [linear('query', D), linear('head.query')], Math.sqrt(D)),
    user,
    constantUser: (state: Float64Array) => user(constant('stranger', [1, H], (i) => state[i]!)),
    /** z [batch × M] */
    scores: (asker: Token & { readonly liking: Value }, query: Token): Value => {
      const keys = graph.sub(asker.key, query.key);
      const values = graph.sub(asker.value, query.value);
      let attended = graph.unsqueeze(graph.add(graph.matMul(query.value, outWeights), outBias), [1]); // [batch × 1 × H]
      for (const head of byHead) {
        const share = graph.unsqueeze(graph.sigmoid(graph.matMul(keys, head.asked)), [2]); // [batch × M × 1]
        const change = graph.unsqueeze(graph.matMul(values, head.out), [1]); // [batch × 1 × H]
        attended = graph.add(attended, graph.mul(share, change));
      }
      const z = graph.squeeze(graph.matMul(graph.relu(attended), attendedWeights), [2]);
      return graph.add(graph.add(z, ofModel), asker.liking);
    },
  };
}

/** One map for several in a row. */
function chained(
  maps: readonly (PlainLinear & { readonly inputs: number })[],
): PlainLinear & { readonly inputs: number } {
  return maps.reduce((first, next) => {
    const H = next.outputs;
    const w = new Float64Array(first.inputs * H);
    for (let i = 0; i < first.inputs; i++) {
      const row = Float64Array.from({ length: first.outputs }, (_, o) => first.w[i * first.outputs + o]!);
      w.set(times(row, { w: next.w, outputs: H }), i * H);
    }
    return { w, b: times(first.b!, next), inputs: first.inputs, outputs: H };
  });
}
