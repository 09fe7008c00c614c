// Checks a scoring graph before an engine sees it: every name known, every op allowed, every shape as long as its data.
import { VsrError } from '../errors/vsr-error.js';
import type { ScoringGraph } from './scoring-graph.js';
import type { Tensor } from './tensor.js';

/** Throws `VSR_GRAPH` if a node reads a name nothing has made yet, a name is made twice, or the output is never made. */
export function checkGraph(graph: ScoringGraph): void {
  const known = new Set<string>();
  const make = (name: string, maker: string) => {
    if (known.has(name))
      throw new VsrError('VSR_GRAPH', `scoring graph: ${maker} makes "${name}", which exists already.`);
    known.add(name);
  };
  for (const input of graph.inputs) make(input.name, 'an input');
  for (const [name, constant] of Object.entries(graph.constants)) {
    make(name, 'a constant');
    checkTensor(constant, `scoring graph: constant "${name}"`);
  }
  graph.nodes.forEach((node, i) => {
    for (const name of node.inputs) {
      if (known.has(name)) continue;
      throw new VsrError(
        'VSR_GRAPH',
        `scoring graph: node ${i} (${node.op}) reads "${name}", which nothing before it makes.`,
      );
    }
    for (const name of node.outputs) make(name, `node ${i} (${node.op})`);
  });
  if (!known.has(graph.output)) {
    throw new VsrError('VSR_GRAPH', `scoring graph: nothing makes its output "${graph.output}".`);
  }
}

/** Throws `VSR_GRAPH` unless exactly the graph's inputs are given, in their shapes, with one batch size. */
export function checkInputs(graph: ScoringGraph, inputs: Readonly<Record<string, Tensor>>): void {
  const batch = batchSize(graph, inputs);
  for (const { name, shape } of graph.inputs) {
    const given = inputs[name];
    if (!given) throw new VsrError('VSR_GRAPH', `scoring graph: input "${name}" [${shape.join('×')}] is missing.`);
    checkTensor(given, `scoring graph: input "${name}"`);
    if (!(given.data instanceof Float32Array)) {
      throw new VsrError('VSR_GRAPH', `scoring graph: input "${name}" must be float32 values, got whole numbers.`);
    }
    const expected = shape.map((size) => (size === 'batch' ? (batch ?? size) : size));
    if (given.shape.length === expected.length && expected.every((size, i) => size === given.shape[i])) continue;
    throw new VsrError(
      'VSR_GRAPH',
      `scoring graph: input "${name}" must be [${expected.join('×')}], got [${given.shape.join('×')}].`,
    );
  }
  for (const name in inputs) {
    if (graph.inputs.some((input) => input.name === name)) continue;
    const known = graph.inputs.map((input) => input.name).join(', ');
    throw new VsrError('VSR_GRAPH', `scoring graph: there is no input "${name}"; its inputs are ${known}.`);
  }
}

/** The size of the free dimension, from the first input that has it. */
function batchSize(graph: ScoringGraph, inputs: Readonly<Record<string, Tensor>>): number | undefined {
  for (const { name, shape } of graph.inputs) {
    const axis = shape.indexOf('batch');
    if (axis >= 0) return inputs[name]?.shape[axis];
  }
  return undefined;
}

function checkTensor(tensor: Tensor, where: string): void {
  let size = 1;
  for (const n of tensor.shape) size *= Number.isInteger(n) && n >= 0 ? n : Number.NaN;
  if (size === tensor.data.length) return;
  throw new VsrError('VSR_GRAPH', `${where} has shape [${tensor.shape.join('×')}] but ${tensor.data.length} values.`);
}
