// What `--tune` may try: for each parameter the values or the range it is drawn from.
import type { Random } from '../math/random.js';

export type Dimension = Choices | Range;

export interface Choices {
  readonly choices: readonly unknown[];
}

export interface Range {
  readonly low: number;
  readonly high: number;
  /** log: equal ratios are equally likely. */
  readonly scale: 'linear' | 'log';
  /** Only whole numbers. */
  readonly whole: boolean;
}

/** By parameter name; a parameter that is not there is not searched. */
export type SearchSpace = Readonly<Record<string, Dimension>>;

/** A space whose names are parameters of the router. */
export type SpaceOf<P> = { readonly [name in keyof P]?: Dimension };

export function choices<T>(...values: readonly T[]): Choices {
  return { choices: values };
}

/** Equal ratios equally likely, from `low` to `high`. */
export function logRange(low: number, high: number): Range {
  return { low, high, scale: 'log', whole: false };
}

export function linearRange(low: number, high: number): Range {
  return { low, high, scale: 'linear', whole: false };
}

/** One value for every parameter of the space; each has draws of its own, so another parameter never shifts them. */
export function drawParams(space: SearchSpace, random: Random): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(space).map(([name, dimension]) => [name, drawValue(dimension, random.fork(name))]),
  );
}

function drawValue(dimension: Dimension, random: Random): unknown {
  if ('choices' in dimension) return dimension.choices[random.int(dimension.choices.length)];
  const { low, high, whole } = dimension;
  const value = between(dimension, random.uniform());
  // Four digits are enough to search with, and can be read and typed again.
  return Math.min(high, Math.max(low, whole ? Math.round(value) : Number(value.toPrecision(4))));
}

/** The value at `share` (0 to 1) of the way from low to high. */
function between({ low, high, scale }: Range, share: number): number {
  return scale === 'log' ? low * (high / low) ** share : low + share * (high - low);
}

/** Values whose validity stands for that of every draw: all choices, or both ends and what lies between. */
export function probeValues(dimension: Dimension): readonly unknown[] {
  if ('choices' in dimension) return dimension.choices;
  const inner = between(dimension, 0.381966);
  return [dimension.low, dimension.whole ? Math.round(inner) : inner, dimension.high];
}
