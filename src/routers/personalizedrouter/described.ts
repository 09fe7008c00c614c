// What is known of a model besides its outcomes: its description as a vector, and its family by name.
import { type Matrix, normaliseRows } from '../../math/matrix.js';
import type { ModelProfile } from '../router.js';

/** √D·x̂ of unit rows: the network's weights expect inputs of variance 1. */
export function scaledRows(unit: Matrix): Matrix {
  const length = Math.sqrt(unit.cols);
  return { rows: unit.rows, cols: unit.cols, data: unit.data.map((value) => length * value) };
}

/** [M×D] √D·f̂, zero where a model has no description; null where none has. */
export function descriptions(
  profiles: readonly Pick<ModelProfile, 'description'>[] | undefined,
  D: number,
): Matrix | null {
  if (!profiles?.some(({ description }) => description)) return null;
  const data = new Float32Array(profiles.length * D);
  profiles.forEach(({ description }, m) => {
    if (description) data.set(description, m * D);
  });
  return scaledRows(normaliseRows({ rows: profiles.length, cols: D, data }));
}

/** true: the two names share one of the families' texts, whatever their case. */
export function sameFamily(a: string, b: string, family: readonly string[]): boolean {
  const within = (name: string, text: string) => name.toLowerCase().includes(text.toLowerCase());
  return family.some((text) => within(a, text) && within(b, text));
}
