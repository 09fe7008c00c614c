// TopK along one axis, equal values to the lowest index.
import { topK as largestOf } from '../../math/top-k.js';
import { around, axisOf, graphError, type Kernel, newArray, numberAttribute } from './kernel.js';

/** Attributes k, axis (−1), largest (1); always sorted. Outputs values, then indices. */
export const topK: Kernel = ([a], attributes) => {
  const axis = axisOf(numberAttribute(attributes, 'axis', -1), a!.shape.length, 'TopK');
  const k = numberAttribute(attributes, 'k', Number.NaN);
  const { outer, size, inner } = around(a!.shape, axis);
  if (!Number.isInteger(k) || k < 0 || k > size) throw graphError(`TopK of k = ${k} along an axis of ${size}.`);
  const sign = numberAttribute(attributes, 'largest', 1) === 1 ? 1 : -1;
  const shape = a!.shape.with(axis, k);
  const values = newArray(a!.data, outer * k * inner);
  const indices = new Int32Array(values.length);
  const line = newArray(a!.data, size);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      for (let s = 0; s < size; s++) line[s] = sign * a!.data[(o * size + s) * inner + i]!;
      largestOf(line, k).forEach((index, rank) => {
        const at = (o * k + rank) * inner + i;
        values[at] = sign * line[index]!;
        indices[at] = index;
      });
    }
  }
  return [
    { shape, data: values },
    { shape, data: indices },
  ];
};
