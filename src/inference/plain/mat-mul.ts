// MatMul by numpy's rules: [… × M × K] · [… × K × N], leading axes broadcast, a vector is a row or a column.
import type { Tensor } from '../tensor.js';
import { broadcastShape, broadcastStrides, elements, floats, graphError, type Kernel } from './kernel.js';
import { multiply } from './multiply.js';

export const matMul: Kernel = ([left, right]) => {
  const a = matrixView(left!, 'row');
  const b = matrixView(right!, 'column');
  const [M, K] = a.shape.slice(-2) as [number, number];
  const [inner, N] = b.shape.slice(-2) as [number, number];
  if (K !== inner) throw graphError(`MatMul of [${left!.shape.join('×')}] and [${right!.shape.join('×')}].`);
  const batch = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2), 'MatMul');
  const aSteps = broadcastStrides(a.shape.slice(0, -2), batch);
  const bSteps = broadcastStrides(b.shape.slice(0, -2), batch);
  const data = new Float32Array(elements(batch) * M * N);
  for (let i = 0; i < elements(batch); i++) {
    const [aIndex, bIndex] = offsets(i, batch, aSteps, bSteps);
    multiply(
      a.data.subarray(aIndex * M * K, (aIndex + 1) * M * K),
      b.data.subarray(bIndex * K * N, (bIndex + 1) * K * N),
      data.subarray(i * M * N, (i + 1) * M * N),
      M,
      K,
      N,
    );
  }
  const shape = [...batch, ...(left!.shape.length === 1 ? [] : [M]), ...(right!.shape.length === 1 ? [] : [N])];
  return [{ shape, data }];
};

function matrixView(tensor: Tensor, vectorAs: 'row' | 'column'): { shape: readonly number[]; data: Float32Array } {
  const data = floats(tensor, 'MatMul');
  if (tensor.shape.length === 0) throw graphError('MatMul of a scalar.');
  if (tensor.shape.length > 1) return { shape: tensor.shape, data };
  return { shape: vectorAs === 'row' ? [1, data.length] : [data.length, 1], data };
}

/** The matrix of each side that batch number `i` multiplies. */
function offsets(
  i: number,
  batch: readonly number[],
  aSteps: readonly number[],
  bSteps: readonly number[],
): [number, number] {
  let a = 0;
  let b = 0;
  for (let axis = batch.length - 1, rest = i; axis >= 0; axis--) {
    const position = rest % batch[axis]!;
    a += position * aSteps[axis]!;
    b += position * bSteps[axis]!;
    rest = Math.floor(rest / batch[axis]!);
  }
  return [a, b];
}
