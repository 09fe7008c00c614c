// A TensorFlow graph under construction: node names, types, and the rank of every value (some ops need to know it).
import { VsrError } from '../../errors/vsr-error.js';
import type { Tensor } from '../tensor.js';
import { type AttrValue, FLOAT, INT32, type NodeDef, type ShapeProto, type TensorProto } from './saved-model-schema.js';

/** A value of the TensorFlow graph. */
export interface TfValue {
  /** As a node names its input: `topk_3` or `topk_3:1`. */
  readonly ref: string;
  readonly dtype: number;
  readonly rank: number;
  /** Indices that no op has checked may be negative; ONNX counts those from the end, TensorFlow refuses them. */
  readonly notNegative?: boolean;
}

export interface GraphDefBuilder {
  readonly nodes: NodeDef[];
  placeholder(name: string, shape: readonly (number | 'batch')[]): TfValue;
  constant(name: string, tensor: Tensor): TfValue;
  /** A small int32 constant beside the node it serves: an axis, a permutation. */
  ints(beside: string, values: number | readonly number[]): TfValue;
  /** Adds a node; its first output has the type of its first input unless given. */
  node(op: string, name: string, inputs: readonly TfValue[], made: NodeDetails): TfValue;
}

export interface NodeDetails {
  readonly rank: number;
  readonly dtype?: number;
  readonly attr?: Readonly<Record<string, AttrValue>>;
}

export function graphDefBuilder(): GraphDefBuilder {
  const nodes: NodeDef[] = [];
  const taken = new Set<string>();
  const add = (op: string, wanted: string, inputs: readonly TfValue[], attr: Record<string, AttrValue>): string => {
    const name = freeName(wanted, taken);
    nodes.push({ name, op, input: inputs.map(({ ref }) => ref), attr });
    return name;
  };
  const constant = (name: string, { shape, data }: Tensor): TfValue => {
    const dtype = data instanceof Float32Array ? FLOAT : INT32;
    const tensor: TensorProto = {
      dtype,
      tensorShape: shapeProto(shape),
      tensorContent: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    };
    return { ref: add('Const', name, [], { dtype: { type: dtype }, value: { tensor } }), dtype, rank: shape.length };
  };
  return {
    nodes,
    constant,
    placeholder: (name, shape) => ({
      ref: add('Placeholder', name, [], { dtype: { type: FLOAT }, shape: { shape: shapeProto(shape) } }),
      dtype: FLOAT,
      rank: shape.length,
    }),
    ints: (beside, values) =>
      typeof values === 'number'
        ? constant(`${beside}/axis`, { shape: [], data: Int32Array.of(values) })
        : constant(`${beside}/axes`, { shape: [values.length], data: Int32Array.from(values) }),
    node: (op, name, inputs, { rank, dtype = inputs[0]!.dtype, attr = {} }) => ({
      ref: add(op, name, inputs, { ...attr }),
      dtype,
      rank,
    }),
  };
}

/** TensorFlow's free dimension is −1. */
export function shapeProto(shape: readonly (number | 'batch')[]): ShapeProto {
  return { dim: shape.map((size) => ({ size: size === 'batch' ? -1 : size })) };
}

export function unsupported(what: string): VsrError {
  return new VsrError('VSR_GRAPH', `scoring graph: ${what} has no TensorFlow form.`);
}

/** TensorFlow takes letters, digits and _.-/ in names, no two the same (`a` and `A` included). */
function freeName(wanted: string, taken: Set<string>): string {
  const plain = wanted.replace(/[^A-Za-z0-9_./-]/g, '_').replace(/^[^A-Za-z0-9.]/, 'n$&') || 'node';
  let name = plain;
  for (let i = 1; taken.has(name.toLowerCase()); i++) name = `${plain}_${i}`;
  taken.add(name.toLowerCase());
  return name;
}
