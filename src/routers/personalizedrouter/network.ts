// The graph network in training: query, task and model nodes exchange messages for two layers, then query meets model.

import type { Matrix } from '../../math/matrix.js';
import type { NamedTensors } from '../../training/fit-problem.js';
import type { EngineTensor, TensorFlow } from '../../training/tensorflow.js';
import { LAYERS, NORM_EPSILON } from './constants.js';
import { type Edges, type MessageWeights, meanOfMessages } from './messages.js';

/** The visible part of the graph; every mask and value is a constant. */
export interface VisibleGraph {
  /** Queries to models [M×S], with one value a component. */
  readonly queriesToModels: Edges;
  /** Absent where the data knows no tasks. */
  readonly tasks?: {
    /** [T×S] */
    readonly fromQueries: Edges;
    /** [T×M], valued by the mean quality of a model on a task. */
    readonly fromModels: Edges;
    /** [M×T], valued alike. */
    readonly toModels: Edges;
  };
  /** [M×M] between models of one family. */
  readonly family: Edges;
}

/** States by layer: layer 0 is where they start. */
export interface NodeStates {
  /** [R×H] of the queries that are routed, after the last layer. */
  readonly queries: EngineTensor;
  /** [M×H] each. */
  readonly models: readonly EngineTensor[];
  /** [T×H] each, all but the last layer's; empty without tasks. */
  readonly tasks: readonly EngineTensor[];
}

/**
 * Layer by layer h ← LayerNorm(h + ReLU(S h + n)), n the sum over kinds of edges of the mean message.
 * @param scaledRows [(R+S)×D] √D·x̂, the S visible queries last
 * @param taskShares [(R+S)×T] each query's task, an unknown one shared evenly; undefined without tasks
 * @param described [M×D] √D·f̂ of the descriptions; undefined without any
 */
export function propagate(
  tf: TensorFlow,
  p: NamedTensors,
  scaledRows: Matrix,
  routed: number,
  graph: VisibleGraph,
  taskShares: EngineTensor | undefined,
  described: EngineTensor | undefined,
): NodeStates {
  const input = tf.tensor(scaledRows.data, [scaledRows.rows, scaledRows.cols]);
  let queries: EngineTensor = tf.relu(tf.add(tf.matMul(input, p['encoder.weights']!), p['encoder.bias']!));
  const models = [described ? tf.add(tf.matMul(described, p['description.weights']!), p.model!) : p.model!];
  const tasks = graph.tasks ? [p.task!] : [];
  for (let layer = 1; layer <= LAYERS; layer++) {
    const last = layer === LAYERS;
    const weights = messageWeights(p, layer);
    const plain = { ...weights, products: [] };
    const visible = tf.slice(queries, [routed, 0], [-1, -1]);
    const model = models[layer - 1]!;
    const task = tasks[layer - 1];
    let toModels = meanOfMessages(tf, visible, graph.queriesToModels, weights);
    toModels = tf.add(toModels, meanOfMessages(tf, model, graph.family, plain));
    let toQueries: EngineTensor | undefined;
    if (last) queries = tf.slice(queries, [0, 0], [routed, -1]);
    if (task && graph.tasks && taskShares) {
      toModels = tf.add(toModels, meanOfMessages(tf, task, graph.tasks.toModels, weights));
      const shares = last ? tf.slice(taskShares, [0, 0], [routed, -1]) : taskShares;
      toQueries = tf.matMul(shares, tf.add(tf.matMul(task, weights.source), weights.bias));
      if (!last) {
        const fromModels = meanOfMessages(tf, model, graph.tasks.fromModels, weights);
        const n = tf.add(meanOfMessages(tf, visible, graph.tasks.fromQueries, plain), fromModels);
        tasks.push(updated(tf, p, `layer${layer}.task`, task, n));
      }
    }
    models.push(updated(tf, p, `layer${layer}.model`, model, toModels));
    queries = updated(tf, p, `layer${layer}.query`, queries, toQueries);
  }
  return { queries, models, tasks };
}

/**
 * o [R·M×(K+A)]: K corrections to the estimates, then ψ.
 * @param estimates [R·M×K] what the neighbours say
 */
export function headOutputs(
  tf: TensorFlow,
  p: NamedTensors,
  { queries, models }: Pick<NodeStates, 'queries' | 'models'>,
  estimates: EngineTensor,
): EngineTensor {
  const model = models[LAYERS]!;
  const [R, H] = queries.shape as [number, number];
  const M = model.shape[0]!;
  const pairs = tf.mul(tf.expandDims(queries, 1), tf.expandDims(model, 0)); // [R×M×H]
  const alone = tf.add(
    tf.expandDims(tf.matMul(queries, p['head.query']!), 1),
    tf.expandDims(tf.add(tf.matMul(model, p['head.model']!), p['head.bias']!), 0),
  ); // [R×M×H]
  const together = tf.matMul(tf.reshape(pairs, [R * M, H]), p['head.product']!);
  const told = tf.matMul(estimates, p['head.estimates']!);
  const hidden = tf.relu(tf.add(tf.add(tf.reshape(alone, [R * M, H]), together), told));
  return tf.add(tf.matMul(hidden, p['head.out']!), p['head.outBias']!);
}

export function messageWeights(p: NamedTensors, layer: number): MessageWeights {
  const edge = p[`layer${layer}.edge`]!;
  return {
    source: p[`layer${layer}.message`]!,
    bias: p[`layer${layer}.messageBias`]!,
    edge,
    products: Array.from({ length: edge.shape[0]! }, (_, k) => p[`layer${layer}.product${k}`]!),
  };
}

function updated(
  tf: TensorFlow,
  p: NamedTensors,
  name: string,
  h: EngineTensor,
  messages: EngineTensor | undefined,
): EngineTensor {
  const own = tf.add(tf.matMul(h, p[`${name}.self`]!), p[`${name}.selfBias`]!);
  const z = tf.add(h, tf.relu(messages ? tf.add(own, messages) : own));
  const centred = tf.sub(z, tf.mean(z, 1, true));
  const variance = tf.mean(tf.square(centred), 1, true);
  const unit = tf.mul(centred, tf.rsqrt(tf.add(variance, NORM_EPSILON)));
  return tf.add(tf.mul(unit, p[`${name}.gain`]!), p[`${name}.shift`]!);
}
