// Query tower and model tower on the training engine; activations stand in columns.
import type { NamedTensors } from '../../training/fit-problem.js';
import { dense, type InputBatch, inputDense } from '../../training/layers.js';
import type { EngineTensor, TensorFlow } from '../../training/tensorflow.js';
import type { RankrouterParams } from './params.js';
import { GATE_PACE, LENGTH_FLOOR, productScale } from './scale.js';

export interface Towers {
  readonly tf: TensorFlow;
  readonly parameters: NamedTensors;
  readonly metric: RankrouterParams['similarityMetric'];
  /** Dropout while training, else the identity. */
  drop(h: EngineTensor): EngineTensor;
}

/** What models are known by: one column for each model under each of F profiles, profile by profile. */
export interface ModelColumns {
  readonly profiles: number;
  /** [P × F·M]; absent = identity alone. */
  readonly profile?: EngineTensor;
  /** [F·M × k] v − w; absent = nothing is looked up. */
  readonly advantage?: EngineTensor;
}

/** Which of the profiles each query may see. */
export interface QueryColumns {
  readonly input: InputBatch;
  /** [k × B] */
  readonly shares?: EngineTensor;
  /** [F × 1 × B] 1 at the query's own; absent with one profile. */
  readonly own?: EngineTensor;
}

/** q [d × B] */
export function queryTower({ tf, parameters: p, drop }: Towers, { input, shares }: QueryColumns): EngineTensor {
  const z = inputDense(tf, input, p['semantic.w']!, p['semantic.b']!, 'linear');
  const whole = p.cluster && shares ? tf.concat([z, tf.matMul(p.cluster, shares)], 0) : z;
  const hidden = drop(dense(tf, whole, p['query1.w']!, p['query1.b']!, 'relu'));
  const q = dense(tf, hidden, p['query2.w']!, p['query2.b']!, 'linear');
  return p.bilinear ? tf.matMul(p.bilinear, q) : q;
}

/** h [d × F·M]. @param anonymous true: every model has the mean identity */
export function modelTower(towers: Towers, { profiles, profile }: ModelColumns, anonymous: boolean): EngineTensor {
  const { tf, parameters: p, drop } = towers;
  const M = p.identity!.shape[1]!;
  const each = anonymous ? tf.tile(tf.mean(p.identity!, 1, true), [1, M]) : p.identity!;
  const identity = profiles > 1 ? tf.tile(each, [1, profiles]) : each;
  const known = profile ? tf.concat([identity, capability(towers, profile)], 0) : identity;
  const hidden = drop(dense(tf, known, p['model1.w']!, p['model1.b']!, 'relu'));
  return dense(tf, hidden, p['model2.w']!, p['model2.b']!, 'linear');
}

function capability({ tf, parameters: p, drop }: Towers, profile: EngineTensor): EngineTensor {
  const hidden = drop(dense(tf, profile, p['profile1.w']!, p['profile1.b']!, 'relu'));
  return dense(tf, hidden, p['profile2.w']!, p['profile2.b']!, 'linear');
}

/** ⟨q, h⟩ of all pairs, of unit vectors for cosine: [F·M × B]. */
export function similarity(
  { tf, metric }: Pick<Towers, 'tf' | 'metric'>,
  q: EngineTensor,
  h: EngineTensor,
): EngineTensor {
  if (metric !== 'cosine') return tf.matMul(tf.transpose(h), q);
  return tf.matMul(tf.transpose(unitColumns(tf, h)), unitColumns(tf, q));
}

/** S [M × B] = γ·scale·⟨q, h⟩ + δ·advantage in the query's clusters + β. */
export function rankScores(
  towers: Towers,
  queries: QueryColumns,
  models: ModelColumns,
  anonymous = false,
): EngineTensor {
  const { tf, parameters: p, metric } = towers;
  const q = queryTower(towers, queries);
  const products = similarity(towers, q, modelTower(towers, models, anonymous));
  const scale = GATE_PACE * productScale({ similarityMetric: metric, embeddingDim: q.shape[0]! });
  let scores = tf.mul(products, tf.mul(p.gate!, scale));
  if (p.lookup && models.advantage && queries.shares) {
    scores = tf.add(scores, tf.mul(tf.matMul(models.advantage, queries.shares), tf.mul(p.lookup, GATE_PACE)));
  }
  if (queries.own) {
    const [M, B] = [p.identity!.shape[1]!, q.shape[1]!];
    scores = tf.sum(tf.mul(tf.reshape(scores, [models.profiles, M, B]), queries.own), 0);
  }
  return tf.add(scores, p.strength!);
}

/** The tiny square keeps the gradient finite at zero. */
function unitColumns(tf: TensorFlow, x: EngineTensor): EngineTensor {
  const length = tf.sqrt(tf.add(tf.sum(tf.square(x), 0, true), LENGTH_FLOOR ** 2));
  return tf.div(x, tf.add(length, LENGTH_FLOOR));
}
