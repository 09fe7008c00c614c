// Outcomes as a user weighs them: quality, cost and latency of every cell, each in [0, 1], with what is not known marked.
import { percentile } from '../../math/stats.js';
import type { TrainingTable } from '../router.js';
import type { PersonalizedRouterParams } from './params.js';

export type ComponentName = 'quality' | 'cost' | 'latency';

/** One of the things that an edge between a query and a model tells. */
export interface Component {
  readonly name: ComponentName;
  /** What 1 stands for, in the data's own unit (dollars, milliseconds); 1 for quality. */
  readonly scale: number;
  /** [N×M] in [0, 1], 0 where the cell is missing. */
  readonly values: Float32Array;
  /** [N×M] 1 = known. */
  readonly present: Float32Array;
  /** [M] g: the mean of the known cells of each model; of all models for one without any. */
  readonly prior: Float32Array;
}

/** Costs and latencies are divided by this percentile of the training cells and cut at 1: one long prompt must not set the scale. */
const SCALE_PERCENTILE = 99;
const SIGN: Readonly<Record<ComponentName, 1 | -1>> = { quality: 1, cost: -1, latency: -1 };

/** Quality first, then cost and latency where the table knows any, as many as `edgeDim` allows. */
export function componentsOf(table: TrainingTable, edgeDim: PersonalizedRouterParams['edgeDim']): readonly Component[] {
  const M = table.models.length;
  const found = [component('quality', table.quality.data, 1, M)];
  for (const name of ['cost', 'latency'] as const) {
    const known = table[name]?.data.filter((value) => !Number.isNaN(value));
    if (!known?.length) continue;
    found.push(component(name, table[name]!.data, percentile(known, SCALE_PERCENTILE) || 1, M));
  }
  return edgeDim === 'auto' ? found : found.slice(0, edgeDim);
}

/** What a known cell says on the component's scale. */
export function scaled(value: number, scale: number): number {
  return Math.min(1, Math.max(0, value / scale));
}

/** a [K]: +1 for quality, −1 for what should be small. */
export function signsOf(components: readonly { readonly name: ComponentName }[]): readonly number[] {
  return components.map(({ name }) => SIGN[name]);
}

function component(name: ComponentName, cells: Float64Array, scale: number, M: number): Component {
  const values = new Float32Array(cells.length);
  const present = new Float32Array(cells.length);
  const sums = new Float64Array(M);
  const counts = new Float64Array(M);
  cells.forEach((cell, at) => {
    if (Number.isNaN(cell)) return;
    values[at] = scaled(cell, scale);
    present[at] = 1;
    sums[at % M]! += values[at]!;
    counts[at % M]! += 1;
  });
  const all =
    sums.reduce((a, b) => a + b, 0) /
    Math.max(
      1,
      counts.reduce((a, b) => a + b, 0),
    );
  const prior = Float32Array.from(sums, (sum, m) => (counts[m]! > 0 ? sum / counts[m]! : all));
  return { name, scale, values, present, prior };
}
