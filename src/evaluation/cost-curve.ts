// The cost–quality plane: non-decreasing hull and AIQ (RouterBench, arXiv 2403.12031, §3), and the zero router on it.

export interface CostPoint {
  readonly cost: number;
  readonly quality: number;
}

/** Upper concave hull by cost, cut after its highest point; collinear points dropped, the best of equal costs kept. */
export function nonDecreasingHull<P extends CostPoint>(points: readonly P[]): P[] {
  const byCost = points
    .filter(({ cost, quality }) => !Number.isNaN(cost) && !Number.isNaN(quality))
    .sort((a, b) => a.cost - b.cost || b.quality - a.quality);
  const hull: P[] = [];
  for (const point of byCost) {
    const last = hull.at(-1);
    if (last && (point.cost === last.cost || point.quality <= last.quality)) continue;
    while (hull.length >= 2 && isUnderChord(hull.at(-2)!, hull.at(-1)!, point)) hull.pop();
    hull.push(point);
  }
  return hull;
}

/** Area under the hull from its first cost to `maxCost`, level after its last point. */
export function hullArea(hull: readonly CostPoint[], maxCost: number): number {
  let area = 0;
  for (let i = 1; i < hull.length; i++) {
    area += ((hull[i]!.cost - hull[i - 1]!.cost) * (hull[i]!.quality + hull[i - 1]!.quality)) / 2;
  }
  const last = hull.at(-1);
  return last ? area + (maxCost - last.cost) * last.quality : Number.NaN;
}

/**
 * AIQ = 1/(maxCost − minCost) · ∫ hull dc, the paper's form over a cost range shared by all routers (RouterBench's code
 * divides by maxCost instead). null where the range is empty.
 */
export function aiq(points: readonly CostPoint[], minCost: number, maxCost: number): number | null {
  const area = hullArea(nonDecreasingHull(points), maxCost);
  return maxCost > minCost && !Number.isNaN(area) ? area / (maxCost - minCost) : null;
}

/**
 * The zero router's mixture for a given mean cost: weights [M] of at most two models, neighbours on `hull`.
 * @param hull model indices in hull order (as found on train)
 * @param costs [M] mean cost per model where the mixture is to be paid
 */
export function mixtureAtCost(hull: readonly number[], costs: ArrayLike<number>, cost: number): Float64Array {
  const weights = new Float64Array(costs.length);
  for (let k = 1; k < hull.length; k++) {
    const [low, high] = [costs[hull[k - 1]!]!, costs[hull[k]!]!];
    if (cost >= high && k < hull.length - 1) continue;
    const share = high > low ? Math.min(1, Math.max(0, (cost - low) / (high - low))) : Number(cost >= high);
    weights[hull[k - 1]!] = 1 - share;
    weights[hull[k]!] = share;
    return weights;
  }
  if (hull.length > 0) weights[hull[0]!] = 1;
  return weights;
}

/** The middle point does not rise above the line between its neighbours. */
function isUnderChord(left: CostPoint, middle: CostPoint, right: CostPoint): boolean {
  return (
    (middle.cost - left.cost) * (right.quality - left.quality) >=
    (middle.quality - left.quality) * (right.cost - left.cost)
  );
}
