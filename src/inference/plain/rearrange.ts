// Ops that move values and compute nothing: Transpose, Concat, Unsqueeze, Squeeze.
import {
  around,
  axisOf,
  elements,
  graphError,
  type Kernel,
  listAttribute,
  newArray,
  numberAttribute,
  strides,
} from './kernel.js';

/** Attribute perm (absent: axes reversed). */
export const transpose: Kernel = ([a], attributes) => {
  const rank = a!.shape.length;
  const perm = listAttribute(attributes, 'perm') ?? a!.shape.map((_, i) => rank - 1 - i);
  if (perm.length !== rank || a!.shape.some((_, i) => !perm.includes(i))) {
    throw graphError(`Transpose by [${perm.join(', ')}] of a tensor of rank ${rank}.`);
  }
  const shape = perm.map((axis) => a!.shape[axis]!);
  const own = strides(a!.shape);
  const steps = perm.map((axis) => own[axis]!);
  const data = newArray(a!.data, a!.data.length);
  if (rank === 0) return [{ shape, data: a!.data }];
  // The last two axes run in tiles, so that neither reading nor writing strides through all of memory.
  const [rows, cols] = rank === 1 ? [1, shape[0]!] : [shape[rank - 2]!, shape[rank - 1]!];
  const rowStep = rank === 1 ? 0 : steps[rank - 2]!;
  const colStep = steps[rank - 1]!;
  const outer = shape.slice(0, Math.max(0, rank - 2));
  for (let block = 0; block < elements(outer); block++) {
    let from = 0;
    for (let axis = outer.length - 1, rest = block; axis >= 0; axis--) {
      from += (rest % outer[axis]!) * steps[axis]!;
      rest = Math.floor(rest / outer[axis]!);
    }
    const to = block * rows * cols;
    for (let r0 = 0; r0 < rows; r0 += TILE) {
      for (let c0 = 0; c0 < cols; c0 += TILE) {
        for (let r = r0; r < Math.min(r0 + TILE, rows); r++) {
          for (let c = c0; c < Math.min(c0 + TILE, cols); c++) {
            data[to + r * cols + c] = a!.data[from + r * rowStep + c * colStep]!;
          }
        }
      }
    }
  }
  return [{ shape, data }];
};

const TILE = 32;

/** Attribute axis. */
export const concat: Kernel = (inputs, attributes) => {
  const first = inputs[0]!;
  const axis = axisOf(numberAttribute(attributes, 'axis', Number.NaN), first.shape.length, 'Concat');
  let size = 0;
  for (const tensor of inputs) {
    const fits =
      tensor.shape.length === first.shape.length && tensor.shape.every((n, i) => i === axis || n === first.shape[i]);
    if (!fits)
      throw graphError(`Concat along axis ${axis} of [${first.shape.join('×')}] and [${tensor.shape.join('×')}].`);
    if (tensor.data.constructor !== first.data.constructor)
      throw graphError('Concat of float32 values and whole numbers.');
    size += tensor.shape[axis]!;
  }
  const shape = first.shape.with(axis, size);
  const { outer, inner } = around(shape, axis);
  const data = newArray(first.data, outer * size * inner);
  let to = 0;
  for (let o = 0; o < outer; o++) {
    for (const tensor of inputs) {
      const width = tensor.shape[axis]! * inner;
      data.set(tensor.data.subarray(o * width, (o + 1) * width), to);
      to += width;
    }
  }
  return [{ shape, data }];
};

/** Attribute axes: where the new axes of size 1 stand in the result. */
export const unsqueeze: Kernel = ([a], attributes) => {
  const given = listAttribute(attributes, 'axes') ?? [];
  const rank = a!.shape.length + given.length;
  const axes = new Set(given.map((axis) => axisOf(axis, rank, 'Unsqueeze')));
  if (axes.size !== given.length) throw graphError(`Unsqueeze names an axis twice: [${given.join(', ')}].`);
  const sizes = [...a!.shape];
  return [{ shape: Array.from({ length: rank }, (_, i) => (axes.has(i) ? 1 : sizes.shift()!)), data: a!.data }];
};

/** Attribute axes (absent or empty: every axis of size 1). */
export const squeeze: Kernel = ([a], attributes) => {
  const rank = a!.shape.length;
  const given = listAttribute(attributes, 'axes') ?? [];
  const axes = given.length
    ? given.map((axis) => axisOf(axis, rank, 'Squeeze'))
    : a!.shape.flatMap((size, i) => (size === 1 ? [i] : []));
  const wide = axes.find((axis) => a!.shape[axis] !== 1);
  if (wide !== undefined) throw graphError(`Squeeze of axis ${wide} of [${a!.shape.join('×')}], which is not 1.`);
  return [{ shape: a!.shape.filter((_, i) => !axes.includes(i)), data: a!.data }];
};
