// Evaluates a scoring graph in plain typed arrays: no dependency, no start-up, every op by ONNX opset 17.
import { checkGraph, checkInputs } from '../check-graph.js';
import type { Evaluator } from '../evaluator.js';
import type { GraphNode, ScoringGraph } from '../scoring-graph.js';
import type { Tensor } from '../tensor.js';
import { graphError } from './kernel.js';
import { KERNELS } from './kernels.js';

export function plainEvaluator(graph: ScoringGraph): Evaluator {
  const { run, known } = prepared(graph);
  return { engine: 'plain', run: async (inputs) => run(inputs), dispose: async () => known.clear() };
}

/** What depends on constants alone (a transposed matrix, a norm) is computed once, here. Throws `VSR_GRAPH`. */
function prepared(graph: ScoringGraph) {
  checkGraph(graph);
  const known = new Map(Object.entries(graph.constants));
  const nodes = graph.nodes.filter((node) => {
    if (!node.inputs.every((name) => known.has(name))) return true;
    runNode(node, known);
    return false;
  });
  const run = (inputs: Readonly<Record<string, Tensor>>): Tensor => {
    checkInputs(graph, inputs);
    const values = new Map(known);
    for (const { name } of graph.inputs) values.set(name, inputs[name]!);
    for (const node of nodes) runNode(node, values);
    return values.get(graph.output)!;
  };
  return { run, known };
}

function runNode(node: GraphNode, values: Map<string, Tensor>): void {
  const kernel = KERNELS[node.op];
  if (!kernel) throw graphError(`there is no op "${node.op}".`);
  const outputs = kernel(
    node.inputs.map((name) => values.get(name)!),
    node.attributes,
  );
  node.outputs.forEach((name, i) => {
    values.set(name, outputs[i]!);
  });
}
