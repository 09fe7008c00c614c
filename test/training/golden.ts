// Reads golden tensors as plain arrays: float32 stays float32, float64 stays float64.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSafetensors, type StoredTensor } from '../../src/data/safetensors.js';
import type { NamedWeights } from '../../src/training/fit-problem.js';
import { SHARED } from '../shared-folder.js';

export type FloatTensor = StoredTensor<Float32Array | Float64Array>;

export function goldenTensors(folder: string, name: string): Readonly<Record<string, FloatTensor>> {
  const path = join(SHARED, 'fixtures', folder, name);
  return readSafetensors(readFileSync(path), path).tensors as Readonly<Record<string, FloatTensor>>;
}

export function goldenJson<T>(folder: string, name: string): T {
  return JSON.parse(readFileSync(join(SHARED, 'fixtures', folder, name), 'utf8')) as T;
}

/** The parameters of these names; a vector [n] becomes a column [n × 1], as our layers hold biases. */
export function goldenWeights(tensors: Readonly<Record<string, FloatTensor>>, names: readonly string[]): NamedWeights {
  return Object.fromEntries(
    names.map((name) => {
      const { shape, data } = tensors[name]!;
      return [name, { shape: shape.length === 1 ? [shape[0]!, 1] : shape, data: Float32Array.from(data) }];
    }),
  );
}

/** Largest distance between two arrays of equal length. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
}

/** [rows × cols] → [cols × rows], flat. */
export function transposed(data: ArrayLike<number>, rows: number, cols: number): number[] {
  return Array.from({ length: rows * cols }, (_, at) => data[(at % rows) * cols + Math.floor(at / rows)]!);
}
