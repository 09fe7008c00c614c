// The nearest centre's values as a scoring graph: L2 → MatMul −2Cᵀ → Add ‖C‖² → ArgMin → Gather.
import { graphBuilder, type ScoringGraph, type Value } from '../../inference/scoring-graph.js';
import { dot } from '../../math/distance.js';
import { matrix, rowOf } from '../../math/matrix.js';
import { transpose } from '../../math/transpose.js';
import { unitRows } from '../unit-rows.js';
import type { KmeansState } from './state.js';

/** S[q,m] = V[argmin_c ‖x̂_q − C_c‖², m], equal → lowest index. features [batch×D] → scores [batch×M]. */
export function kmeansGraph({ centres, values }: KmeansState): ScoringGraph {
  return nearestCentre(centres, (graph, cluster) => graph.gather(graph.constant('values', values), cluster));
}

/** The cluster itself: features [batch×D] → [batch]. */
export function clusterGraph({ centres }: Pick<KmeansState, 'centres'>): ScoringGraph {
  return nearestCentre(centres, (_, cluster) => cluster);
}

function nearestCentre(
  centres: KmeansState['centres'],
  finish: (graph: ReturnType<typeof graphBuilder>, cluster: Value) => Value,
): ScoringGraph {
  const [k, D] = centres.shape as [number, number];
  const rows = matrix(k, D, centres.data);
  const graph = graphBuilder();
  const unit = unitRows(graph, graph.input('features', ['batch', D]));
  const columns = transpose(rows).data.map((value) => -2 * value);
  const squaredLengths = Float32Array.from({ length: k }, (_, c) => dot(rowOf(rows, c), rowOf(rows, c)));
  const products = graph.matMul(unit, graph.constant('centres', { shape: [D, k], data: columns })); // −2 x̂·C [batch×k]
  const distances = graph.add(products, graph.constant('squared_lengths', { shape: [k], data: squaredLengths }));
  return graph.build(finish(graph, graph.argMin(distances)));
}
