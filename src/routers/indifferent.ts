// Where every query finds all its models equally good there is nothing to learn: each model scores its mean.
import { type GraphBuilder, graphBuilder, type ScoringGraph, type Value } from '../inference/scoring-graph.js';
import type { Tensor } from '../inference/tensor.js';
import type { TrainingTable } from './router.js';

/** Rows whose present cells differ by more than `tolerance`: those that say which model is the better one. */
export function tellingRows({ quality }: TrainingTable, tolerance = 0): Int32Array {
  const rows: number[] = [];
  for (let i = 0; i < quality.rows; i++) {
    const cells = quality.data
      .subarray(i * quality.cols, (i + 1) * quality.cols)
      .filter((value) => !Number.isNaN(value));
    if (Math.max(...cells) - Math.min(...cells) > tolerance) rows.push(i);
  }
  return Int32Array.from(rows);
}

/** features [batch×D] → the means [M] for every query. */
export function constantGraph(featureDim: number, means: Tensor): ScoringGraph {
  const graph = graphBuilder();
  const features = graph.input('features', ['batch', featureDim]);
  return graph.build(graph.add(zeroColumn(graph, features), graph.constant('means', means)));
}

/** [batch×1] of zeros, so that the batch size reaches the output. */
function zeroColumn(graph: GraphBuilder, features: Value): Value {
  return graph.reduceSum(graph.mul(features, graph.scalar(0)), [-1]);
}
