// How near a set of points comes to the joint frontier of cost and quality.
import type { CostPoint } from './cost-curve.js';

export interface ParetoMeasures {
  /** Share of the points that no other point of all beats (cheaper or equal, better or equal, one of them strictly). */
  readonly paretoRatio: number;
  /** Mean Euclidean distance to the nearest frontier point; cost scaled by its range, quality by that of all points. */
  readonly paretoDistance: number;
}

/** @param costRange least and greatest cost, the scale of the cost axis */
export function paretoMeasures(
  own: readonly CostPoint[],
  all: readonly CostPoint[],
  [minCost, maxCost]: readonly [number, number],
): ParetoMeasures {
  const frontier = all.filter((point) => !all.some((other) => dominates(other, point)));
  const qualities = all.map(({ quality }) => quality);
  const low = Math.min(...qualities);
  const height = Math.max(...qualities) - low || 1;
  const width = maxCost - minCost || 1;
  const distance = (a: CostPoint, b: CostPoint) =>
    Math.hypot((a.cost - b.cost) / width, (a.quality - b.quality) / height);
  const nearest = own.map((point) => Math.min(...frontier.map((other) => distance(point, other))));
  return {
    paretoRatio: own.filter((point) => !all.some((other) => dominates(other, point))).length / own.length,
    paretoDistance: nearest.reduce((sum, value) => sum + value, 0) / own.length,
  };
}

function dominates(a: CostPoint, b: CostPoint): boolean {
  return a.cost <= b.cost && a.quality >= b.quality && (a.cost < b.cost || a.quality > b.quality);
}
