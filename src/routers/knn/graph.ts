// k nearest neighbours as a scoring graph: L2 → MatMul X̂ᵀ → TopK → Gather → weighted sums → Add κ·ā·g → Div.
// Means over neighbours: Cover and Hart (1967); κ shrinks them towards the model's mean, since few neighbours are noise.
import { type GraphBuilder, graphBuilder, type ScoringGraph, type Value } from '../../inference/scoring-graph.js';
import type { Tensor } from '../../inference/tensor.js';
import { unitRows } from '../unit-rows.js';
import type { KnnParams } from './params.js';
import type { KnnState } from './state.js';
import { HIT_DISTANCE, INVERSE_EPSILON, SOFTMAX_TEMPERATURE } from './weights.js';

/** Added to κ·ā: with κ = 0 and no cell among the neighbours 0/0 becomes g, and nothing else notices it. */
const FALL_BACK_TO_PRIOR = 1e-20;

/**
 * S[q,m] = (Σ_{i∈𝒩} a_i K Y[i,m] + κ·ā·g[m]) / (Σ_{i∈𝒩} a_i K[i,m] + κ·ā).
 * features [batch×D] → scores [batch×M].
 */
export function knnGraph(
  state: KnnState,
  { weights, shrinkage }: Pick<KnnParams, 'weights' | 'shrinkage'>,
): ScoringGraph {
  const graph = graphBuilder();
  const features = graph.input('features', ['batch', state.rows.shape[0]!]);
  const similarity = graph.matMul(unitRows(graph, features), graph.constant('rows', state.rows)); // [batch×N]
  const nearest = graph.topK(similarity, state.k); // [batch×k]
  const a = neighbourWeights(graph, nearest.values, weights); // [batch×k], undefined = all 1
  const sumOver = (name: string, table: Tensor): Value => {
    const cells = graph.gather(graph.constant(name, table), nearest.indices); // [batch×k×M]
    if (!a) return graph.reduceSum(cells, [1], false); // [batch×M]
    return graph.squeeze(graph.matMul(graph.unsqueeze(a, [1]), cells), [1]); // [batch×1×k]·[batch×k×M]
  };
  const meanWeight = a ? graph.reduceMean(a, [-1]) : graph.scalar(1); // ā [batch×1]
  const pull = graph.add(graph.mul(meanWeight, graph.scalar(shrinkage)), graph.scalar(FALL_BACK_TO_PRIOR)); // κ·ā
  const prior = graph.constant('prior', state.prior); // [M]
  const numerator = graph.add(sumOver('quality', state.quality), graph.mul(pull, prior));
  const denominator = graph.add(sumOver('present', state.present), pull);
  return graph.build(graph.div(numerator, denominator));
}

/** Unit rows [batch×D] → cosine similarities to all training rows [batch×N]: for inner validation and explanations. */
export function similarityGraph(rows: Tensor): ScoringGraph {
  const graph = graphBuilder();
  const features = graph.input('features', ['batch', rows.shape[0]!]);
  return graph.build(graph.matMul(features, graph.constant('rows', rows)));
}

/** @param similarity [batch×k], largest first */
function neighbourWeights(graph: GraphBuilder, similarity: Value, weights: KnnParams['weights']): Value | undefined {
  if (weights === 'uniform') return undefined;
  if (weights === 'inverse') {
    const distance = graph.relu(graph.sub(graph.scalar(1 - HIT_DISTANCE), similarity));
    return graph.div(graph.scalar(1), graph.add(distance, graph.scalar(INVERSE_EPSILON)));
  }
  const best = graph.topK(similarity, 1).values; // [batch×1]
  return graph.exp(graph.div(graph.sub(similarity, best), graph.scalar(SOFTMAX_TEMPERATURE)));
}
