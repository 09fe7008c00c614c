// Ops on one tensor, value by value: Sqrt, Neg, Exp, Relu, Sigmoid, Tanh.
import { floats, graphError, type Kernel, newArray } from './kernel.js';

export const sqrt = onFloats('Sqrt', Math.sqrt);
export const exp = onFloats('Exp', Math.exp);
export const tanh = onFloats('Tanh', Math.tanh);
export const sigmoid = onFloats('Sigmoid', (x) => 1 / (1 + Math.exp(-x)));
export const neg = onNumbers('Neg', (x) => -x);
/** NaN stays NaN, as in ONNX Runtime. */
export const relu = onNumbers('Relu', (x) => Math.max(x, 0));

function onFloats(op: string, f: (x: number) => number): Kernel {
  return ([a]) => {
    const from = floats(a!, op);
    const data = new Float32Array(from.length);
    for (let i = 0; i < from.length; i++) data[i] = f(from[i]!);
    return [{ shape: a!.shape, data }];
  };
}

function onNumbers(op: string, f: (x: number) => number): Kernel {
  return ([a]) => {
    if (!a) throw graphError(`${op} has no input.`);
    const data = newArray(a.data, a.data.length);
    for (let i = 0; i < data.length; i++) data[i] = f(a.data[i]!);
    return [{ shape: a.shape, data }];
  };
}
