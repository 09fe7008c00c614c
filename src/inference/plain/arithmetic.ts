// Ops on two tensors, broadcast against each other: Add, Sub, Mul, Div.
import type { Tensor } from '../tensor.js';
import { broadcastShape, broadcastStrides, elements, graphError, type Kernel, newArray } from './kernel.js';

type Operation = (a: number, b: number) => number;

export const add = broadcast('Add', (a, b) => a + b);
export const sub = broadcast('Sub', (a, b) => a - b);
export const mul = broadcast('Mul', (a, b) => a * b, Math.imul);
/** Whole numbers are divided towards zero. */
export const div = broadcast(
  'Div',
  (a, b) => a / b,
  (a, b) => Math.trunc(a / b),
);

function broadcast(op: string, onFloats: Operation, onInts: Operation = onFloats): Kernel {
  return ([a, b]) => {
    const isFloat = a!.data instanceof Float32Array;
    if (isFloat !== b!.data instanceof Float32Array) throw graphError(`${op} of float32 values and whole numbers.`);
    const shape = broadcastShape(a!.shape, b!.shape, op);
    const data = newArray(a!.data, elements(shape));
    fill(data, a!, b!, shape, isFloat ? onFloats : onInts);
    return [{ shape, data }];
  };
}

function fill(out: Tensor['data'], a: Tensor, b: Tensor, shape: readonly number[], f: Operation): void {
  const x = a.data;
  const y = b.data;
  if (x.length === out.length && y.length === out.length) {
    for (let i = 0; i < out.length; i++) out[i] = f(x[i]!, y[i]!);
    return;
  }
  // The last axis runs in a plain loop; the axes before it are counted up like an odometer.
  const xs = broadcastStrides(a.shape, shape);
  const ys = broadcastStrides(b.shape, shape);
  const last = shape.length - 1;
  const width = shape[last]!;
  const xStep = xs[last]!;
  const yStep = ys[last]!;
  const counter = new Array<number>(last).fill(0);
  let xRow = 0;
  let yRow = 0;
  for (let start = 0; start < out.length; start += width) {
    for (let j = 0; j < width; j++) out[start + j] = f(x[xRow + j * xStep]!, y[yRow + j * yStep]!);
    for (let axis = last - 1; axis >= 0; axis--) {
      xRow += xs[axis]!;
      yRow += ys[axis]!;
      if (++counter[axis]! < shape[axis]!) break;
      counter[axis] = 0;
      xRow -= xs[axis]! * shape[axis]!;
      yRow -= ys[axis]! * shape[axis]!;
    }
  }
}
