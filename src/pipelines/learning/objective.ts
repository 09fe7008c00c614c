// The objective that an artifact pins: the user's weights, moved off what the data does not know, and the scales.
import type { ModelStats } from '../../artifacts/manifest.js';
import type { VsrConfig } from '../../config/schema.js';
import type { OutcomeTable } from '../../data/outcome-table.js';
import { type Matrix, rowOf } from '../../math/matrix.js';
import { median } from '../../math/stats.js';
import { type AskedWeights, type Objective, objectiveWeights } from '../../math/utility.js';

export interface PinnedObjective {
  readonly objective: Objective;
  /** Says which weight went where because the data does not know latency or cost. */
  readonly moved: string | undefined;
}

/** Weights as asked for; cost scale = the median cost of the present cells of `rows`, unless configured. */
export function pinObjective(config: VsrConfig, table: OutcomeTable, rows: Int32Array): PinnedObjective {
  const costs = presentCells(table.cost, rows);
  const { moved, weights } = objectiveWeights(config.objective, {
    hasLatency: rows.some((row) => rowOf(table.latency, row).some((value) => !Number.isNaN(value))),
    hasCost: costs.length > 0,
  });
  const typical = costs.length > 0 ? median(costs) : 0;
  return {
    objective: {
      ...weights,
      latencyScaleMs: config.objective.latencyScaleMs,
      costScale: config.objective.costScale === 'auto' ? (typical > 0 ? typical : 1) : config.objective.costScale,
    },
    moved,
  };
}

function presentCells(column: Matrix<Float64Array>, rows: Int32Array): Float64Array {
  const cells = new Float64Array(rows.length * column.cols);
  let n = 0;
  for (const row of rows) {
    for (let at = row * column.cols, end = at + column.cols; at < end; at++) {
      const value = column.data[at]!;
      if (!Number.isNaN(value)) cells[n++] = value;
    }
  }
  return cells.subarray(0, n);
}

/** Another user's weights under the artifact's scales; a term that its data does not know stays without weight. */
export function reweigh(pinned: Objective, asked: AskedWeights, stats: readonly ModelStats[]): Objective {
  const { weights } = objectiveWeights(asked, {
    hasLatency: stats.some(({ latency }) => latency !== null),
    hasCost: stats.some(({ cost }) => cost !== null),
  });
  return { ...pinned, ...weights };
}

/** The flags' weights; one that is not given keeps the artifact's value as far as the other leaves room. undefined: no flag was given. */
export function reweighByFlags(
  pinned: Objective,
  flags: Partial<AskedWeights>,
  stats: readonly ModelStats[],
): Objective | undefined {
  if (flags.qualityWeight === undefined && flags.costWeight === undefined) return undefined;
  const qualityWeight = flags.qualityWeight ?? Math.min(pinned.quality, 1 - flags.costWeight!);
  const costWeight = flags.costWeight ?? Math.min(pinned.cost, 1 - qualityWeight);
  return reweigh(pinned, { qualityWeight, costWeight }, stats);
}
