// Gather: slices of a tensor along one axis, at given indices.
import { around, axisOf, graphError, type Kernel, newArray, numberAttribute } from './kernel.js';

/** Attribute axis (0). An index of −1 is the last slice. [… × size × …] at indices [I…] → [… × I… × …]. */
export const gather: Kernel = ([a, at], attributes) => {
  const axis = axisOf(numberAttribute(attributes, 'axis', 0), a!.shape.length, 'Gather');
  const { outer, size, inner } = around(a!.shape, axis);
  const indices = at!.data;
  if (!(indices instanceof Int32Array)) throw graphError('Gather takes whole numbers as indices, got float32 values.');
  const data = newArray(a!.data, outer * indices.length * inner);
  let to = 0;
  for (let o = 0; o < outer; o++) {
    for (const given of indices) {
      const index = given < 0 ? given + size : given;
      if (index < 0 || index >= size) throw graphError(`Gather at index ${given} of an axis of ${size}.`);
      const from = (o * size + index) * inner;
      for (let i = 0; i < inner; i++) data[to++] = a!.data[from + i]!;
    }
  }
  return [{ shape: [...a!.shape.slice(0, axis), ...at!.shape, ...a!.shape.slice(axis + 1)], data }];
};
