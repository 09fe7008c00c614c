// The graph network on the training engine: rated turns → sessions → users, and the head that scores models for a user's query.
import type { NamedTensors } from '../../training/fit-problem.js';
import type { EngineTensor, TensorFlow } from '../../training/tensorflow.js';
import { attendMembers, attendSources, foldQuery, type Said } from './alike-attention.js';
import { attend, type Folded, foldSource, gatedUpdate, layerNorm, project, type Slots } from './attention-layer.js';
import { meanOfSlots } from './mean-layer.js';
import { type NetworkShape, type SessionSource, sessionSources } from './shape.js';

export interface Network {
  readonly tf: TensorFlow;
  readonly parameters: NamedTensors;
  readonly shape: NetworkShape;
  /** Dropout while training, else the identity. */
  drop(h: EngineTensor): EngineTensor;
}

/** Index tensors of a batch of pasts; see `Histories`. */
export interface HistoryTensors {
  readonly rowQuery: EngineTensor;
  readonly rowModel: EngineTensor;
  /** [R × 3] r, r², 1 */
  readonly ratings: EngineTensor;
  /** [R] and [1 × R] 1 = there is one; only with linked turns. */
  readonly previous?: EngineTensor;
  readonly hasPrevious?: EngineTensor;
  /** [S·B] */
  readonly slots: EngineTensor;
  /** [S × B] */
  readonly filled: EngineTensor;
  /** [B × R] 1 = the row is of the target's past. */
  readonly member: EngineTensor;
  /** [R × M] 1 = the row's model; and the same times r. */
  readonly ofModel: EngineTensor;
  readonly ratedModel: EngineTensor;
}

/** States of sources [X × H], and for each target the index of its own (absent: in the targets' order). */
interface Source {
  readonly states: EngineTensor;
  readonly index?: EngineTensor;
  /** [1 × N] 1 = the target has one; absent = all have. */
  readonly filled?: EngineTensor;
}

/** l [M × H]: F·Wf + e. @param descriptions F [M × D], zero rows where there is none */
export function modelStates({ tf, parameters: p }: Network, descriptions: EngineTensor | undefined): EngineTensor {
  return descriptions ? tf.add(tf.matMul(descriptions, p['llm.w']!), p['llm.e']!) : p['llm.e']!;
}

/** n_q [X × H]. @param queries [X × D] */
export function queryStates({ tf, parameters: p }: Network, queries: EngineTensor): EngineTensor {
  return tf.add(tf.matMul(queries, p['query.w']!), p['query.b']!);
}

/**
 * n_u [B × H]: sessions hear their query, model and rating in layers 1 … L − 1, users hear their sessions in layers 2 … L.
 * @param nq [X × H]
 * @param nl [M × H]
 */
export function userStates(network: Network, nq: EngineTensor, nl: EngineTensor, past: HistoryTensors): EngineTensor {
  const { tf, shape } = network;
  const R = past.rowModel.shape[0]!;
  let listed: Partial<Record<SessionSource, Source>> | undefined;
  const sourceStates = () => {
    listed ??= {
      query: { states: nq, index: past.rowQuery },
      llm: { states: nl, index: past.rowModel },
      response: { states: responseStates(network, nl, past) },
    };
    return listed;
  };
  let session: EngineTensor | undefined;
  let user: EngineTensor | undefined;
  for (let layer = 1; layer <= shape.layers; layer++) {
    const heard = session;
    if (layer === 1 && shape.conv === 'hgt' && !shape.multiTurn) {
      session = firstSessions(network, nq, nl, past);
    } else if (layer < shape.layers) {
      const sources = sourceStates();
      const states = session ?? tf.zeros([R, shape.hidden]);
      if (shape.multiTurn) sources.previous = { states, index: past.previous, filled: past.hasPrevious };
      session = updateSessions(network, layer, session, sources, R);
    }
    if (heard) user = updateUsers(network, layer, user, heard, past);
  }
  return user!;
}

/**
 * Layer 1 of the sessions. A response is linear in its rating and its model, so what it says comes from a table of the few models
 * there are; only what a query says is copied to its rows.
 */
function firstSessions(network: Network, nq: EngineTensor, nl: EngineTensor, past: HistoryTensors): EngineTensor {
  const { tf, parameters: p, shape } = network;
  const query = p['layer1.session.q.b']!;
  const folded = (source: string) => {
    const { key, value } = foldSource(tf, p, 'layer1', source, source);
    return [foldQuery(tf, key, query, shape.heads), value] as const;
  };
  const said = ([logits, values]: readonly [Folded, Folded], hear: (by: Folded) => EngineTensor): Said => ({
    logits: hear(logits),
    values: hear(values),
  });
  const rated = tf.matMul(nl, p['response.model']!);
  const responses = tf.concat([past.ratings, past.ratedModel], 1); // [R × 3 + M]
  const heard = [
    said(folded('query'), (by) => tf.gather(project(tf, nq, by), past.rowQuery)),
    said(folded('llm'), (by) => tf.matMul(past.ofModel, project(tf, nl, by))),
    said(folded('response'), ({ w, b }) => {
      const tables = [tf.matMul(p['response.rating']!, w), tf.matMul(rated, w)];
      return tf.add(tf.matMul(responses, tf.concat(tables, 0)), b);
    }),
  ];
  return settled(network, 1, 'session', attendSources(tf, heard, shape.heads), undefined);
}

/** n_r [R × H]: [r, r², 1]·Wρ + r ⊙ (n_l·Wrl) */
function responseStates({ tf, parameters: p }: Network, nl: EngineTensor, past: HistoryTensors): EngineTensor {
  const rated = tf.gather(tf.matMul(nl, p['response.model']!), past.rowModel);
  const r = tf.slice(past.ratings, [0, 0], [-1, 1]);
  return tf.add(tf.matMul(past.ratings, p['response.rating']!), tf.mul(rated, r));
}

function updateSessions(
  network: Network,
  layer: number,
  state: EngineTensor | undefined,
  sources: Partial<Record<SessionSource, Source>>,
  R: number,
): EngineTensor {
  const { tf, parameters: p, shape } = network;
  const names = sessionSources(shape);
  const given = names.map((name) => sources[name]!);
  if (shape.conv === 'sage') {
    const parts = names.map((name, i) => {
      const heard = pick(tf, tf.matMul(given[i]!.states, p[`layer${layer}.${name}.w`]!), given[i]!.index);
      return given[i]!.filled ? tf.mul(heard, tf.reshape(given[i]!.filled!, [R, 1])) : heard;
    });
    return meanUpdate(network, layer, 'session', parts, state);
  }
  const folds = names.map((name) => foldSource(tf, p, `layer${layer}`, name === 'previous' ? 'session' : name, name));
  const stacked = (part: 'key' | 'value') =>
    tf.stack(given.map(({ states, index }, i) => pick(tf, project(tf, states, folds[i]![part]), index)));
  const mask = given.some(({ filled }) => filled)
    ? perHead(
        tf,
        tf.concat(
          given.map(({ filled }) => filled ?? tf.ones([1, R])),
          0,
        ),
        shape.heads,
      )
    : undefined;
  return attentionUpdate(network, layer, 'session', { keys: stacked('key'), values: stacked('value'), mask }, state);
}

function updateUsers(
  network: Network,
  layer: number,
  state: EngineTensor | undefined,
  sessions: EngineTensor,
  { slots, filled, member }: HistoryTensors,
): EngineTensor {
  const { tf, parameters: p, shape } = network;
  if (shape.conv === 'hgt' && !state) {
    const { key, value } = foldSource(tf, p, `layer${layer}`, 'session', 'owner');
    const asked = foldQuery(tf, key, p[`layer${layer}.user.q.b`]!, shape.heads);
    const said = { logits: project(tf, sessions, asked), values: project(tf, sessions, value) };
    return settled(network, layer, 'user', attendMembers(tf, said, member, shape.heads), undefined);
  }
  const [S, B] = filled.shape as [number, number];
  const spread = (values: EngineTensor) => tf.reshape(tf.gather(values, slots), [S, B, shape.hidden]);
  if (shape.conv === 'sage') {
    const heard = meanOfSlots(tf, spread(tf.matMul(sessions, p[`layer${layer}.owner.w`]!)), filled);
    return meanUpdate(network, layer, 'user', [heard], state);
  }
  const fold = foldSource(tf, p, `layer${layer}`, 'session', 'owner');
  const keys = spread(project(tf, sessions, fold.key));
  const values = spread(project(tf, sessions, fold.value));
  return attentionUpdate(network, layer, 'user', { keys, values, mask: perHead(tf, filled, shape.heads) }, state);
}

function attentionUpdate(
  network: Network,
  layer: number,
  target: 'session' | 'user',
  slots: Slots,
  state: EngineTensor | undefined,
): EngineTensor {
  const { tf, parameters: p, shape } = network;
  const of = (name: string) => p[`layer${layer}.${target}.${name}`]!;
  const queries =
    state && p[`layer${layer}.${target}.q.w`] ? tf.add(tf.matMul(state, of('q.w')), of('q.b')) : of('q.b');
  return settled(network, layer, target, attend(tf, queries, slots, shape.heads), state);
}

/** LayerNorm(Dropout(g·(GELU(message)·W + b) + (1 − g)·state)) */
function settled(
  { tf, parameters: p, drop }: Network,
  layer: number,
  target: 'session' | 'user',
  message: EngineTensor,
  state: EngineTensor | undefined,
): EngineTensor {
  const of = (name: string) => p[`layer${layer}.${target}.${name}`]!;
  const updated = gatedUpdate(tf, message, { w: of('o.w'), b: of('o.b') }, of('skip'), state);
  return layerNorm(tf, drop(updated), of('gamma'), of('beta'));
}

/** LayerNorm(Dropout(ReLU(state·self + b + Σ what is heard))) */
function meanUpdate(
  { tf, parameters: p, drop }: Network,
  layer: number,
  target: 'session' | 'user',
  heard: readonly EngineTensor[],
  state: EngineTensor | undefined,
): EngineTensor {
  const of = (name: string) => p[`layer${layer}.${target}.${name}`]!;
  const own = state ? [tf.matMul(state, of('self'))] : [];
  const sum = [...own, ...heard].reduce((total, part) => tf.add(total, part), of('b'));
  return layerNorm(tf, drop(tf.relu(sum)), of('gamma'), of('beta'));
}

/**
 * z [B × M]: each model attends over [û; q̂]; z = w·Dropout(ReLU([attended; l̂])) + ρ⟨û, l̂⟩/√H.
 * @param nu [B × H]
 * @param nq [B × H]
 * @param nl [M × H]
 */
export function headScores(network: Network, nu: EngineTensor, nq: EngineTensor, nl: EngineTensor): EngineTensor {
  const { tf, parameters: p, shape, drop } = network;
  const { heads, hidden: H } = shape;
  const linear = (name: string, x: EngineTensor) => project(tf, x, { w: p[`${name}.w`]!, b: p[`${name}.b`]! });
  const [user, query, llm] = [linear('head.user', nu), linear('head.query', nq), linear('head.llm', nl)];
  const [B, M] = [nu.shape[0]!, nl.shape[0]!];
  const perHeads = (x: EngineTensor) => tf.transpose(tf.reshape(x, [x.shape[0]!, heads, H / heads]), [1, 0, 2]); // [heads × · × d]
  const asked = perHeads(tf.mul(linear('head.attention.q', llm), Math.sqrt(heads / H)));
  const [userKey, queryKey] = [linear('head.attention.k', user), linear('head.attention.k', query)];
  const [userValue, queryValue] = [linear('head.attention.v', user), linear('head.attention.v', query)];
  // A softmax of two is a sigmoid of their difference.
  const share = tf.sigmoid(tf.matMul(perHeads(tf.sub(userKey, queryKey)), asked, false, true)); // [heads × B × M]
  const out = tf.reshape(p['head.attention.o.w']!, [heads, H / heads, H]);
  const change = tf.matMul(perHeads(tf.sub(userValue, queryValue)), out); // [heads × B × H]
  const base = tf.reshape(linear('head.attention.o', queryValue), [B, 1, H]);
  const attended = tf.add(base, tf.matMul(tf.transpose(share, [1, 2, 0]), tf.transpose(change, [1, 0, 2]))); // [B × M × H]
  const weightsOf = (part: number) => tf.slice(p['head.w']!, [part * H, 0], [H, 1]);
  const weighed = (x: EngineTensor, part: number) => tf.matMul(drop(tf.relu(x)), weightsOf(part));
  const z = tf.add(
    tf.reshape(weighed(tf.reshape(attended, [B * M, H]), 0), [B, M]),
    tf.reshape(weighed(llm, 1), [1, M]),
  );
  const liking = tf.mul(tf.matMul(user, llm, false, true), tf.mul(p['head.rho']!, 1 / Math.sqrt(H)));
  return tf.add(z, liking);
}

function pick(tf: TensorFlow, states: EngineTensor, index: EngineTensor | undefined): EngineTensor {
  return index ? tf.gather(states, index) : states;
}

/** [J × N] → [J × N·heads] */
function perHead(tf: TensorFlow, filled: EngineTensor, heads: number): EngineTensor {
  const [J, N] = filled.shape as [number, number];
  return tf.reshape(tf.tile(tf.reshape(filled, [J, N, 1]), [1, 1, heads]), [J, N * heads]);
}
