// Every op of a scoring graph as TensorFlow ops that compute the same (ONNX opset 17 is the meaning).
import type { GraphNode, OpName } from '../scoring-graph.js';
import { type GraphDefBuilder, type TfValue, unsupported } from './graph-def.js';
import { INT32 } from './saved-model-schema.js';

/** Adds the nodes of one op; returns its outputs. Throws `VSR_GRAPH` for an attribute TensorFlow has no form for. */
export type OpWriter = (graph: GraphDefBuilder, node: GraphNode, inputs: readonly TfValue[]) => TfValue[];

export const TENSORFLOW_OPS: Readonly<Record<OpName, OpWriter>> = {
  MatMul: matMul,
  Transpose: (graph, node, [a]) => [transpose(graph, nameOf(node), a!, list(node, 'perm') ?? reversed(a!.rank))],
  Sub: onTwo('Sub'),
  Mul: onTwo('Mul'),
  Add: onTwo('AddV2'),
  Div: (graph, node, inputs) => onTwo(inputs[0]!.dtype === INT32 ? 'TruncateDiv' : 'RealDiv')(graph, node, inputs),
  Sqrt: onOne('Sqrt'),
  Neg: onOne('Neg'),
  Relu: onOne('Relu'),
  Sigmoid: onOne('Sigmoid'),
  Tanh: onOne('Tanh'),
  Exp: onOne('Exp'),
  ReduceSum: reduce('Sum'),
  ReduceMean: reduce('Mean'),
  TopK: topK,
  Gather: gather,
  ArgMin: arg('ArgMin'),
  ArgMax: arg('ArgMax'),
  Softmax: softmax,
  Concat: concat,
  Unsqueeze: unsqueeze,
  Squeeze: (graph, node, [a]) => {
    const axes = list(node, 'axes') ?? [];
    if (axes.length === 0) throw unsupported('Squeeze of unnamed axes');
    const attr = { T: { type: a!.dtype }, squeeze_dims: { list: { i: [...axes] } } };
    return [graph.node('Squeeze', nameOf(node), [a!], { rank: a!.rank - axes.length, attr })];
  },
};

function nameOf(node: GraphNode): string {
  return node.outputs[0]!;
}

function onOne(op: string): OpWriter {
  return (graph, node, [a]) => [graph.node(op, nameOf(node), [a!], { rank: a!.rank, attr: { T: { type: a!.dtype } } })];
}

function onTwo(op: string): OpWriter {
  return (graph, node, [a, b]) => [
    graph.node(op, nameOf(node), [a!, b!], { rank: Math.max(a!.rank, b!.rank), attr: { T: { type: a!.dtype } } }),
  ];
}

/** numpy's rules: BatchMatMulV2 broadcasts leading axes; a vector becomes a row or a column and loses that axis again. */
function matMul(graph: GraphDefBuilder, node: GraphNode, [a, b]: readonly TfValue[]): TfValue[] {
  const name = nameOf(node);
  const left = a!.rank === 1 ? expand(graph, `${name}/row`, a!, 0) : a!;
  const right = b!.rank === 1 ? expand(graph, `${name}/column`, b!, 1) : b!;
  const lost = [...(a!.rank === 1 ? [-2] : []), ...(b!.rank === 1 ? [-1] : [])];
  const rank = Math.max(left.rank, right.rank);
  const attr = { T: { type: a!.dtype } };
  const plain = left.rank === 2 && right.rank === 2;
  const named = lost.length > 0 ? `${name}/product` : name;
  const product = graph.node(plain ? 'MatMul' : 'BatchMatMulV2', named, [left, right], { rank, attr });
  if (lost.length === 0) return [product];
  const squeeze = { ...attr, squeeze_dims: { list: { i: lost } } };
  return [graph.node('Squeeze', name, [product], { rank: rank - lost.length, attr: squeeze })];
}

function transpose(graph: GraphDefBuilder, name: string, a: TfValue, permutation: readonly number[]): TfValue {
  const attr = { T: { type: a.dtype }, Tperm: { type: INT32 } };
  return graph.node('Transpose', name, [a, graph.ints(name, permutation)], { rank: a.rank, attr });
}

/** No axes: all of them. */
function reduce(op: string): OpWriter {
  return (graph, node, [a]) => {
    const given = list(node, 'axes') ?? [];
    const axes = given.length > 0 ? given : Array.from({ length: a!.rank }, (_, i) => i);
    const keep = number(node, 'keepdims', 1) === 1;
    const attr = { T: { type: a!.dtype }, Tidx: { type: INT32 }, keep_dims: { b: keep } };
    const rank = keep ? a!.rank : a!.rank - axes.length;
    return [graph.node(op, nameOf(node), [a!, graph.ints(nameOf(node), axes)], { rank, attr })];
  };
}

/** TopKV2 takes the largest along the last axis, equal values by index; the smallest are the largest of −a. */
function topK(graph: GraphDefBuilder, node: GraphNode, [a]: readonly TfValue[]): TfValue[] {
  if (positive(number(node, 'axis', -1), a!.rank) !== a!.rank - 1) throw unsupported('TopK along an inner axis');
  const name = nameOf(node);
  const attr = { T: { type: a!.dtype } };
  const smallest = number(node, 'largest', 1) !== 1;
  const from = smallest ? graph.node('Neg', `${name}/negative`, [a!], { rank: a!.rank, attr }) : a!;
  const k = graph.ints(`${name}/k`, number(node, 'k', 1));
  const named = smallest ? `${name}/top` : name;
  const top = graph.node('TopKV2', named, [from, k], { rank: a!.rank, attr: { ...attr, sorted: { b: true } } });
  const values = smallest ? graph.node('Neg', name, [top], { rank: a!.rank, attr }) : top;
  return [values, { ref: `${top.ref}:1`, dtype: INT32, rank: a!.rank, notNegative: true }];
}

/** An index of −1 is the last slice: indices that may be negative are taken modulo the axis' size. */
function gather(graph: GraphDefBuilder, node: GraphNode, [a, at]: readonly TfValue[]): TfValue[] {
  const name = nameOf(node);
  const axis = positive(number(node, 'axis', 0), a!.rank);
  const indices = at!.notNegative ? at! : wrapped(graph, name, a!, at!, axis);
  const attr = { Tparams: { type: a!.dtype }, Tindices: { type: INT32 }, Taxis: { type: INT32 } };
  const inputs = [a!, indices, graph.ints(name, axis)];
  return [graph.node('GatherV2', name, inputs, { rank: a!.rank - 1 + at!.rank, attr })];
}

function wrapped(graph: GraphDefBuilder, name: string, a: TfValue, at: TfValue, axis: number): TfValue {
  const sizes = graph.node('Shape', `${name}/sizes`, [a], {
    rank: 1,
    dtype: INT32,
    attr: { T: { type: a.dtype }, out_type: { type: INT32 } },
  });
  const attr = { Tparams: { type: INT32 }, Tindices: { type: INT32 }, Taxis: { type: INT32 } };
  const which = [sizes, graph.ints(`${name}/which`, axis), graph.ints(`${name}/of`, 0)];
  const size = graph.node('GatherV2', `${name}/size`, which, { rank: 0, attr });
  return graph.node('FloorMod', `${name}/wrapped`, [at, size], { rank: at.rank, attr: { T: { type: INT32 } } });
}

/**
 * TopKV2 of k = 1, whose ties go to the lowest index by its definition. TensorFlow's ArgMin and ArgMax promise none, and its
 * optimiser looks through Relu under them, which moves ties.
 */
function arg(op: 'ArgMin' | 'ArgMax'): OpWriter {
  return (graph, node, [a]) => {
    if (number(node, 'select_last_index', 0) === 1) throw unsupported(`${op} with select_last_index`);
    const axis = positive(number(node, 'axis', 0), a!.rank);
    if (axis !== a!.rank - 1) throw unsupported(`${op} along an inner axis`);
    const name = nameOf(node);
    const largest = op === 'ArgMax' ? 1 : 0;
    const top = { ...node, outputs: [`${name}/best`], attributes: { k: 1, axis: -1, largest } };
    const index = topK(graph, top, [a!])[1]!; // [… × 1]
    if (number(node, 'keepdims', 1) === 1) return [index];
    const attr = { T: { type: INT32 }, squeeze_dims: { list: { i: [axis] } } };
    return [{ ...graph.node('Squeeze', name, [index], { rank: a!.rank - 1, attr }), notNegative: true }];
  };
}

/** TensorFlow's runs along the last axis: another one is swapped there and back. */
function softmax(graph: GraphDefBuilder, node: GraphNode, [a]: readonly TfValue[]): TfValue[] {
  const name = nameOf(node);
  const axis = positive(number(node, 'axis', -1), a!.rank);
  const attr = { T: { type: a!.dtype } };
  const run = (named: string, from: TfValue) => graph.node('Softmax', named, [from], { rank: a!.rank, attr });
  const last = a!.rank - 1;
  if (axis === last) return [run(name, a!)];
  const swap = Array.from({ length: a!.rank }, (_, i) => (i === axis ? last : i === last ? axis : i));
  const swapped = run(`${name}/along`, transpose(graph, `${name}/there`, a!, swap));
  return [transpose(graph, name, swapped, swap)];
}

/** ConcatV2 takes two values at least; ONNX's Concat takes one too. */
function concat(graph: GraphDefBuilder, node: GraphNode, values: readonly TfValue[]): TfValue[] {
  const { dtype, rank } = values[0]!;
  if (values.length === 1)
    return [graph.node('Identity', nameOf(node), values, { rank, attr: { T: { type: dtype } } })];
  const attr = { N: { i: values.length }, T: { type: dtype }, Tidx: { type: INT32 } };
  const axis = graph.ints(nameOf(node), number(node, 'axis', 0));
  return [graph.node('ConcatV2', nameOf(node), [...values, axis], { rank, attr })];
}

/** Axes count in the result, so they are inserted from the left, one at a time. */
function unsqueeze(graph: GraphDefBuilder, node: GraphNode, [a]: readonly TfValue[]): TfValue[] {
  const name = nameOf(node);
  const given = list(node, 'axes') ?? [];
  const axes = given.map((axis) => positive(axis, a!.rank + given.length)).sort((x, y) => x - y);
  let value = a!;
  axes.forEach((axis, i) => {
    value = expand(graph, i === axes.length - 1 ? name : `${name}/${i}`, value, axis);
  });
  return [axes.length > 0 ? value : identity(graph, name, a!)];
}

export function identity(graph: GraphDefBuilder, name: string, a: TfValue): TfValue {
  return graph.node('Identity', name, [a], { rank: a.rank, attr: { T: { type: a.dtype } } });
}

function expand(graph: GraphDefBuilder, name: string, a: TfValue, axis: number): TfValue {
  const attr = { T: { type: a.dtype }, Tdim: { type: INT32 } };
  return graph.node('ExpandDims', name, [a, graph.ints(name, axis)], { rank: a.rank + 1, attr });
}

function reversed(rank: number): number[] {
  return Array.from({ length: rank }, (_, i) => rank - 1 - i);
}

function positive(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

function number(node: GraphNode, name: string, otherwise: number): number {
  const value = node.attributes[name];
  return typeof value === 'number' ? value : otherwise;
}

function list(node: GraphNode, name: string): readonly number[] | undefined {
  const value = node.attributes[name];
  return typeof value === 'object' ? value : undefined;
}
