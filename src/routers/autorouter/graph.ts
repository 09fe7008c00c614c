// The trained network as a scoring graph: L2 (of text and image) → Concat → (MatMul → Add → Relu)… → MatMul → Add → Sigmoid.
import { type GraphBuilder, graphBuilder, type ScoringGraph, type Value } from '../../inference/scoring-graph.js';
import { constantGraph } from '../indifferent.js';
import { unitRows } from '../unit-rows.js';
import type { AutorouterState } from './state.js';

/** features [batch×D], and of a router trained with images image [batch×Di] and has_image [batch×1] → scores [batch×M]. */
export function autorouterGraph({ layers, means, imageDim }: AutorouterState, featureDim: number): ScoringGraph {
  if (means) return constantGraph(featureDim, means);
  const graph = graphBuilder();
  let h = networkInput(graph, featureDim, imageDim);
  layers.forEach(({ weights, bias }, i) => {
    const product = graph.matMul(h, graph.constant(`layer${i + 1}.weights`, weights));
    const z = graph.add(product, graph.constant(`layer${i + 1}.bias`, bias));
    h = i === layers.length - 1 ? z : graph.relu(z);
  });
  return graph.build(graph.sigmoid(h));
}

function networkInput(graph: GraphBuilder, featureDim: number, imageDim: number): Value {
  const text = unitRows(graph, graph.input('features', ['batch', featureDim]));
  if (imageDim === 0) return text;
  const image = unitRows(graph, graph.input('image', ['batch', imageDim]));
  const has = graph.input('has_image', ['batch', 1]);
  return graph.concat([text, graph.mul(image, has), has], 1);
}
