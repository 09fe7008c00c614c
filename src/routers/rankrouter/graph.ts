// The fitted towers as a scoring graph: L2 → layers of the query tower → products with the model vectors, plus what the cluster tells.
import { type GraphBuilder, graphBuilder, type ScoringGraph, type Value } from '../../inference/scoring-graph.js';
import { dot } from '../../math/distance.js';
import { matrix, rowOf } from '../../math/matrix.js';
import { transpose } from '../../math/transpose.js';
import { constantGraph } from '../indifferent.js';
import { unitRows } from '../unit-rows.js';
import { gates, modelVectors } from './plain-towers.js';
import { SOFT_SCALE } from './query-clusters.js';
import { LENGTH_FLOOR } from './scale.js';
import type { ConstantState, FloatTensor, RankState } from './state.js';

/** features [batch×E] → scores [batch×M], logits. */
export function rankGraph(state: RankState | ConstantState, featureDim: number): ScoringGraph {
  if ('strengths' in state) return constantGraph(featureDim, state.strengths);
  const { shape, weights, advantage } = state;
  const graph = graphBuilder();
  const unit = unitRows(graph, graph.input('features', ['batch', featureDim]));
  const fromCluster = shape.clusterFeature === 'none' ? undefined : clusterReader(graph, state, unit);
  const z = layer(graph, weights, 'semantic', unit, Math.sqrt(featureDim));
  const whole = fromCluster ? graph.concat([z, fromCluster('cluster', turned(weights.cluster!))], 1) : z;
  const hidden = graph.relu(layer(graph, weights, 'query1', whole));
  let q = layer(graph, weights, 'query2', hidden);
  if (weights.bilinear) q = graph.matMul(q, graph.constant('bilinear', turned(weights.bilinear)));
  if (shape.similarityMetric === 'cosine') q = unitVectors(graph, q);
  const gate = gates(state);
  const vectors = modelVectors(state);
  const products = graph.matMul(
    q,
    graph.constant('models', scaled(turned({ shape: [vectors.rows, vectors.cols], data: vectors.data }), gate.product)),
  );
  const strength = { shape: [shape.models], data: weights.strength!.data };
  const scores = graph.add(products, graph.constant('strength', strength));
  if (!fromCluster || !advantage) return graph.build(scores);
  return graph.build(graph.add(scores, fromCluster('advantage', scaled(advantage, gate.lookup))));
}

/** Reads a table [k×C] at the query's cluster, or by how close each is: [batch×C]. */
function clusterReader(graph: GraphBuilder, { centres, shape }: RankState, unit: Value) {
  const { rows: k, cols: E, data } = centres!;
  const lengths = Float32Array.from({ length: k }, (_, c) => dot(rowOf(centres!, c), rowOf(centres!, c)));
  const columns = scaled(turned({ shape: [k, E], data }), -2);
  const products = graph.matMul(unit, graph.constant('centres', columns));
  const distances = graph.add(products, graph.constant('squared_lengths', { shape: [k], data: lengths }));
  if (shape.clusterFeature === 'hard') {
    const cluster = graph.argMin(distances);
    return (name: string, table: FloatTensor) => graph.gather(graph.constant(name, table), cluster);
  }
  const shares = graph.softmax(graph.mul(distances, graph.scalar(-1 / SOFT_SCALE)));
  return (name: string, table: FloatTensor) => graph.matMul(shares, graph.constant(name, table));
}

function layer(graph: GraphBuilder, weights: RankState['weights'], name: string, x: Value, factor = 1): Value {
  const w = graph.constant(`${name}.w`, scaled(turned(weights[`${name}.w`]!), factor));
  const b = weights[`${name}.b`]!;
  return graph.add(graph.matMul(x, w), graph.constant(`${name}.b`, { shape: [b.shape[0]!], data: b.data }));
}

function unitVectors(graph: GraphBuilder, q: Value): Value {
  const squares = graph.add(graph.reduceSum(graph.mul(q, q), [-1]), graph.scalar(LENGTH_FLOOR ** 2));
  return graph.div(q, graph.add(graph.sqrt(squares), graph.scalar(LENGTH_FLOOR)));
}

function turned({ shape, data }: FloatTensor): FloatTensor {
  const [rows, cols] = shape as [number, number];
  return { shape: [cols, rows], data: transpose(matrix(rows, cols, data)).data };
}

function scaled({ shape, data }: FloatTensor, factor: number): FloatTensor {
  return { shape, data: data.map((value) => value * factor) };
}
