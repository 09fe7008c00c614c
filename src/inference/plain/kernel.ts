// What one op is in plain arrays, and the arithmetic of shapes that all ops share.
import { VsrError } from '../../errors/vsr-error.js';
import type { GraphNode } from '../scoring-graph.js';
import type { Tensor } from '../tensor.js';

export type Attributes = GraphNode['attributes'];

/** Computes a node's outputs; never writes to its inputs. Throws `VSR_GRAPH` where shapes or types do not fit. */
export type Kernel = (inputs: readonly Tensor[], attributes: Attributes) => Tensor[];

export function graphError(message: string): VsrError {
  return new VsrError('VSR_GRAPH', `scoring graph: ${message}`);
}

export function elements(shape: readonly number[]): number {
  let n = 1;
  for (const size of shape) n *= size;
  return n;
}

/** An array of the same kind as `like`. */
export function newArray(like: Tensor['data'], length: number): Tensor['data'] {
  return like instanceof Float32Array ? new Float32Array(length) : new Int32Array(length);
}

/** The tensor's float32 values, or `VSR_GRAPH` where it holds whole numbers. */
export function floats(tensor: Tensor, op: string): Float32Array {
  if (tensor.data instanceof Float32Array) return tensor.data;
  throw graphError(`${op} takes float32 values, got whole numbers.`);
}

export function numberAttribute(attributes: Attributes, name: string, otherwise: number): number {
  const value = attributes[name];
  return typeof value === 'number' ? value : otherwise;
}

export function listAttribute(attributes: Attributes, name: string): readonly number[] | undefined {
  const value = attributes[name];
  return typeof value === 'object' ? value : undefined;
}

/** An axis in [−rank, rank) as one in [0, rank). */
export function axisOf(axis: number, rank: number, op: string): number {
  const positive = axis < 0 ? axis + rank : axis;
  if (Number.isInteger(axis) && positive >= 0 && positive < rank) return positive;
  throw graphError(`${op} along axis ${axis} of a tensor of rank ${rank}.`);
}

/** A tensor seen as [outer × size × inner] around one axis. */
export function around(shape: readonly number[], axis: number): { outer: number; size: number; inner: number } {
  return { outer: elements(shape.slice(0, axis)), size: shape[axis]!, inner: elements(shape.slice(axis + 1)) };
}

/** Elements to step over in row-major order for one step along each axis. */
export function strides(shape: readonly number[]): number[] {
  const out = new Array<number>(shape.length);
  let stride = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    out[i] = stride;
    stride *= shape[i]!;
  }
  return out;
}

/** The shape two shapes broadcast to (numpy's rule, which is ONNX's). */
export function broadcastShape(a: readonly number[], b: readonly number[], op: string): number[] {
  const rank = Math.max(a.length, b.length);
  const shape = new Array<number>(rank);
  for (let i = 0; i < rank; i++) {
    const x = a[a.length - rank + i] ?? 1;
    const y = b[b.length - rank + i] ?? 1;
    if (x !== y && x !== 1 && y !== 1)
      throw graphError(`${op} of [${a.join('×')}] and [${b.join('×')}] does not broadcast.`);
    shape[i] = x === 1 ? y : x;
  }
  return shape;
}

/** Strides that walk a tensor of `from` through the broadcast shape `to`: 0 along repeated axes. */
export function broadcastStrides(from: readonly number[], to: readonly number[]): number[] {
  const own = strides(from);
  const missing = to.length - from.length;
  return to.map((_, i) => (i < missing || from[i - missing] === 1 ? 0 : own[i - missing]!));
}
