// A fitted router as data: a short list of standard ONNX ops (opset 17 semantics) over named tensors.
import type { Tensor } from './tensor.js';

/** Ops a scoring graph may use; each means exactly what ONNX opset 17 says. */
export type OpName =
  | 'MatMul'
  | 'Transpose'
  | 'Sub'
  | 'Mul'
  | 'Add'
  | 'Div'
  | 'Sqrt'
  | 'Neg'
  | 'ReduceSum' // axes attribute here; the ONNX writer turns it into opset 13's second input
  | 'ReduceMean'
  | 'TopK' // attributes axis = -1, largest = 1, sorted = 1, k; outputs values, indices; ties to the lowest index
  | 'Gather' // axis 0
  | 'ArgMin'
  | 'ArgMax'
  | 'Softmax'
  | 'Relu'
  | 'Sigmoid'
  | 'Tanh'
  | 'Exp'
  | 'Concat'
  | 'Unsqueeze' // axes attribute here, as for ReduceSum
  | 'Squeeze';

export interface GraphNode {
  readonly op: OpName;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, number | readonly number[]>>;
}

export interface GraphInput {
  readonly name: string;
  /** 'batch' is the free first dimension. */
  readonly shape: readonly (number | 'batch')[];
}

/** Inputs → `scores` [batch × models]. Nodes stand in an order in which they can be run. */
export interface ScoringGraph {
  readonly inputs: readonly GraphInput[];
  readonly constants: Readonly<Record<string, Tensor>>;
  readonly nodes: readonly GraphNode[];
  /** Always `scores`. */
  readonly output: string;
}

/** Handle of a value inside a graph under construction. */
export type Value = string;

/** Builds a scoring graph op by op; every method returns the name of its result. */
export interface GraphBuilder {
  input(name: string, shape: readonly (number | 'batch')[]): Value;
  constant(name: string, value: Tensor): Value;
  /** A float32 scalar constant (shape []). */
  scalar(value: number): Value;
  matMul(a: Value, b: Value): Value;
  transpose(a: Value, permutation: readonly number[]): Value;
  add(a: Value, b: Value): Value;
  sub(a: Value, b: Value): Value;
  mul(a: Value, b: Value): Value;
  div(a: Value, b: Value): Value;
  sqrt(a: Value): Value;
  neg(a: Value): Value;
  exp(a: Value): Value;
  relu(a: Value): Value;
  sigmoid(a: Value): Value;
  tanh(a: Value): Value;
  softmax(a: Value, axis?: number): Value;
  reduceSum(a: Value, axes: readonly number[], keepDims?: boolean): Value;
  reduceMean(a: Value, axes: readonly number[], keepDims?: boolean): Value;
  /** Largest k along the last axis, sorted; equal values in index order. */
  topK(a: Value, k: number): { values: Value; indices: Value };
  /** Rows of `data` (axis 0) at `indices`. */
  gather(data: Value, indices: Value): Value;
  argMin(a: Value, axis?: number): Value;
  argMax(a: Value, axis?: number): Value;
  concat(values: readonly Value[], axis: number): Value;
  unsqueeze(a: Value, axes: readonly number[]): Value;
  squeeze(a: Value, axes: readonly number[]): Value;
  /** Ends the graph; `scores` is the [batch × models] value. */
  build(scores: Value): ScoringGraph;
}

export function graphBuilder(): GraphBuilder {
  const inputs: GraphInput[] = [];
  const constants: Record<string, Tensor> = {};
  const nodes: GraphNode[] = [];
  let counter = 0;
  const node = (op: OpName, from: Value[], attributes: GraphNode['attributes'] = {}): Value => {
    const name = `${op.toLowerCase()}_${counter++}`;
    nodes.push({ op, inputs: from, outputs: [name], attributes });
    return name;
  };
  return {
    input: (name, shape) => {
      inputs.push({ name, shape });
      return name;
    },
    constant: (name, value) => {
      constants[name] = value;
      return name;
    },
    scalar: (value) => {
      const name = `scalar_${counter++}`;
      constants[name] = { shape: [], data: Float32Array.of(value) };
      return name;
    },
    matMul: (a, b) => node('MatMul', [a, b]),
    transpose: (a, permutation) => node('Transpose', [a], { perm: permutation }),
    add: (a, b) => node('Add', [a, b]),
    sub: (a, b) => node('Sub', [a, b]),
    mul: (a, b) => node('Mul', [a, b]),
    div: (a, b) => node('Div', [a, b]),
    sqrt: (a) => node('Sqrt', [a]),
    neg: (a) => node('Neg', [a]),
    exp: (a) => node('Exp', [a]),
    relu: (a) => node('Relu', [a]),
    sigmoid: (a) => node('Sigmoid', [a]),
    tanh: (a) => node('Tanh', [a]),
    softmax: (a, axis = -1) => node('Softmax', [a], { axis }),
    reduceSum: (a, axes, keepDims = true) => node('ReduceSum', [a], { axes, keepdims: keepDims ? 1 : 0 }),
    reduceMean: (a, axes, keepDims = true) => node('ReduceMean', [a], { axes, keepdims: keepDims ? 1 : 0 }),
    topK: (a, k) => {
      const values = `topk_${counter++}`;
      const indices = `${values}_indices`;
      nodes.push({
        op: 'TopK',
        inputs: [a],
        outputs: [values, indices],
        attributes: { k, axis: -1, largest: 1, sorted: 1 },
      });
      return { values, indices };
    },
    gather: (data, indices) => node('Gather', [data, indices], { axis: 0 }),
    argMin: (a, axis = -1) => node('ArgMin', [a], { axis, keepdims: 0 }),
    argMax: (a, axis = -1) => node('ArgMax', [a], { axis, keepdims: 0 }),
    concat: (values, axis) => node('Concat', [...values], { axis }),
    unsqueeze: (a, axes) => node('Unsqueeze', [a], { axes }),
    squeeze: (a, axes) => node('Squeeze', [a], { axes }),
    build: (scores) => ({ inputs, constants, nodes: renameOutput(nodes, scores), output: 'scores' }),
  };
}

/** The node that makes `from` makes `scores` instead, and so do all that read it. */
function renameOutput(nodes: readonly GraphNode[], from: Value): GraphNode[] {
  const rename = (name: string) => (name === from ? 'scores' : name);
  return nodes.map((n) => ({ ...n, inputs: n.inputs.map(rename), outputs: n.outputs.map(rename) }));
}
