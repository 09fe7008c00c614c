// The first step of every classic router's graph: rows divided by their Euclidean length.
import type { GraphBuilder, Value } from '../inference/scoring-graph.js';

/** Under the root, so that a zero row is divided by 1e-15 and stays zero; no other row notices it. */
const ZERO_ROW = 1e-30;

/** [batch×D] → x̂ [batch×D]. */
export function unitRows(graph: GraphBuilder, features: Value): Value {
  const squares = graph.reduceSum(graph.mul(features, features), [-1]); // [batch×1]
  return graph.div(features, graph.sqrt(graph.add(squares, graph.scalar(ZERO_ROW))));
}
