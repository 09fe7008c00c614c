// Ops that fold axes away: ReduceSum, ReduceMean, ArgMin, ArgMax.
import type { Tensor } from '../tensor.js';
import {
  around,
  axisOf,
  elements,
  graphError,
  type Kernel,
  listAttribute,
  newArray,
  numberAttribute,
} from './kernel.js';

export const reduceSum = reduce('ReduceSum', (sum) => sum);
/** The mean of whole numbers is cut towards zero. */
export const reduceMean = reduce('ReduceMean', (sum, count) => sum / count);
export const argMin = arg('ArgMin', (value, best) => value < best);
export const argMax = arg('ArgMax', (value, best) => value > best);

/** Attributes axes (absent or empty: all), keepdims (1). Sums run in float64, left to right. */
function reduce(op: string, finish: (sum: number, count: number) => number): Kernel {
  return ([a], attributes) => {
    const rank = a!.shape.length;
    const given = listAttribute(attributes, 'axes') ?? [];
    const axes = given.length ? given.map((axis) => axisOf(axis, rank, op)) : a!.shape.map((_, i) => i);
    const kept = a!.shape.map((size, i) => (axes.includes(i) ? 1 : size));
    const sums = sumInto(a!, kept);
    const count = elements(a!.shape.filter((_, i) => axes.includes(i)));
    const data = newArray(a!.data, sums.length);
    for (let i = 0; i < data.length; i++) data[i] = finish(sums[i]!, count);
    const keep = numberAttribute(attributes, 'keepdims', 1) === 1;
    return [{ shape: keep ? kept : a!.shape.filter((_, i) => !axes.includes(i)), data }];
  };
}

/** Folds one axis after the other, last first: [outer × size × inner] → [outer × inner]. */
function sumInto(a: Tensor, kept: readonly number[]): Float64Array {
  let shape = [...a.shape];
  let values: ArrayLike<number> = a.data;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (kept[axis] === shape[axis]) continue;
    const { outer, size, inner } = around(shape, axis);
    const folded = new Float64Array(outer * inner);
    for (let o = 0; o < outer; o++) {
      for (let s = 0; s < size; s++) {
        const from = (o * size + s) * inner;
        for (let i = 0; i < inner; i++) folded[o * inner + i]! += values[from + i]!;
      }
    }
    values = folded;
    shape = shape.with(axis, 1);
  }
  return values instanceof Float64Array ? values : Float64Array.from(values);
}

/** Attributes axis (0), keepdims (1), select_last_index (0). Equal values: the first index. */
function arg(op: string, better: (value: number, best: number) => boolean): Kernel {
  return ([a], attributes) => {
    const axis = axisOf(numberAttribute(attributes, 'axis', 0), a!.shape.length, op);
    const last = numberAttribute(attributes, 'select_last_index', 0) === 1;
    const { outer, size, inner } = around(a!.shape, axis);
    if (size === 0) throw graphError(`${op} along an axis without values.`);
    const values = a!.data;
    const data = new Int32Array(outer * inner);
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        const from = o * size * inner + i;
        let best = 0;
        for (let s = 1; s < size; s++) {
          const value = values[from + s * inner]!;
          const champion = values[from + best * inner]!;
          if (better(value, champion) || (last && value === champion)) best = s;
        }
        data[o * inner + i] = best;
      }
    }
    const keep = numberAttribute(attributes, 'keepdims', 1) === 1;
    return [{ shape: keep ? a!.shape.with(axis, 1) : a!.shape.toSpliced(axis, 1), data }];
  };
}
