// Softmax along one axis, shifted by the maximum so that no exponential overflows.
import { around, axisOf, floats, type Kernel, numberAttribute } from './kernel.js';

/** Attribute axis (−1). */
export const softmax: Kernel = ([a], attributes) => {
  const values = floats(a!, 'Softmax');
  const axis = axisOf(numberAttribute(attributes, 'axis', -1), a!.shape.length, 'Softmax');
  const { outer, size, inner } = around(a!.shape, axis);
  const data = new Float32Array(values.length);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const from = o * size * inner + i;
      let max = Number.NEGATIVE_INFINITY;
      for (let s = 0; s < size; s++) max = Math.max(max, values[from + s * inner]!);
      let sum = 0;
      for (let s = 0; s < size; s++) {
        const at = from + s * inner;
        const e = Math.exp(values[at]! - max);
        data[at] = e;
        sum += e;
      }
      for (let s = 0; s < size; s++) data[from + s * inner]! /= sum;
    }
  }
  return [{ shape: a!.shape, data }];
};
