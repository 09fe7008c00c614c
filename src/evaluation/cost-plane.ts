// The cost–quality plane: what every router reaches as cost is weighed more and more, beside single models and their mixtures.
import type { OutcomeTable } from '../data/outcome-table.js';
import type { Matrix } from '../math/matrix.js';
import { columnMeans } from './baselines.js';
import { aiq, type CostPoint, hullArea, nonDecreasingHull } from './cost-curve.js';
import { orNull } from './or-null.js';
import { paretoMeasures } from './pareto.js';

/** A router as scores, so that cost can be weighed against them. */
export interface SweptRouter {
  readonly name: string;
  /** [N×M] expected quality of each judged query and model. */
  readonly expected: Matrix;
  /** [N×M] dollars expected; NaN = unknown. */
  readonly costs: Matrix<Float64Array>;
  /** Where thresholds decide: what each setting of them chooses [N]; a curve of its own. */
  readonly byThreshold?: readonly { readonly threshold: number | null; readonly choices: Int32Array }[];
}

/** Mean dollars per query and mean quality, at one weight λ of a dollar, or at one threshold; null = infinite. */
export interface SweepPoint extends CostPoint {
  /** λ = ∞: always the cheapest. null of a curve of thresholds. */
  readonly lambda: number | null;
  /** Of a curve of thresholds alone; null: no chance is enough. */
  readonly threshold?: number | null;
}

export interface PlaneRouter {
  readonly name: string;
  readonly points: readonly SweepPoint[];
  readonly hull: readonly CostPoint[];
  readonly aiq: number | null;
  /** AIQ minus that of the zero router. */
  readonly aiqOverZero: number | null;
  /** (greatest quality over the settings − best single)/best single. */
  readonly perfGain: number | null;
  /** 1 − least cost with at least the best single model's quality / that model's cost; null where never reached. */
  readonly costSave: number | null;
  /** Greatest quality for at most the best single model's cost. */
  readonly qualityAtEqualCost: number | null;
  /** Share of its own points on the joint frontier; mean distance of its points to it, both axes scaled to [0, 1]. */
  readonly paretoRatio: number;
  readonly paretoDistance: number;
}

export interface CostPlane {
  readonly minCost: number;
  readonly maxCost: number;
  readonly models: readonly (CostPoint & { readonly model: string })[];
  readonly bestSingle: string;
  /** Single models mixed at random along the hull that they span on train, scored on the judged queries. */
  readonly zero: { readonly points: readonly CostPoint[]; readonly aiq: number | null };
  readonly oracle: CostPoint | null;
  readonly routers: readonly PlaneRouter[];
}

export interface PlaneInput {
  readonly judged: OutcomeTable;
  /** Mean quality and cost of each model where baselines learn [M]. */
  readonly learned: { readonly quality: Float64Array; readonly cost: Float64Array };
  /** Column of the best single model by quality, as learned. */
  readonly bestSingle: number;
  /** [N] the cheapest of the best models. */
  readonly oracle: Int32Array;
  readonly routers: readonly SweptRouter[];
}

const STEPS = 21;

/** null where costs are unknown, or where all single models cost the same. */
export function costPlane(input: PlaneInput): CostPlane | null {
  const { judged, learned, bestSingle, routers } = input;
  const meansOf = { quality: columnMeans(judged.quality), cost: columnMeans(judged.cost) };
  const models = judged.models.map((model, m) => ({ model, cost: meansOf.cost[m]!, quality: meansOf.quality[m]! }));
  const known = models.filter(isPoint);
  const minCost = Math.min(...known.map(({ cost }) => cost));
  const maxCost = Math.max(...known.map(({ cost }) => cost));
  const best = models[bestSingle];
  if (!(maxCost > minCost) || best === undefined || !isPoint(best)) return null;
  const zero = zeroRouter(learned, meansOf, [minCost, maxCost]);
  const swept = routers.flatMap((router) => [
    { name: router.name, points: sweep(router, judged) },
    ...(router.byThreshold
      ? [{ name: `${router.name} by threshold`, points: thresholdPoints(router.byThreshold, judged) }]
      : []),
  ]);
  const frontier = [...known, ...swept.flatMap(({ points }) => points)];
  return {
    minCost,
    maxCost,
    models: known,
    bestSingle: best.model,
    zero,
    oracle: pointOf(judged, input.oracle),
    routers: swept.map(({ name, points }) => {
      const own = aiq(points, minCost, maxCost);
      const reached = points.filter(({ quality }) => quality >= best.quality - 1e-12);
      const affordable = points.filter(({ cost }) => cost <= best.cost * (1 + 1e-12));
      const greatest = Math.max(...points.map(({ quality }) => quality));
      return {
        name,
        points,
        hull: nonDecreasingHull(points).map(({ cost, quality }) => ({ cost, quality })),
        aiq: own,
        aiqOverZero: own === null || zero.aiq === null ? null : own - zero.aiq,
        perfGain: best.quality > 0 ? orNull((greatest - best.quality) / best.quality) : null,
        costSave:
          reached.length > 0 && best.cost > 0 ? 1 - Math.min(...reached.map(({ cost }) => cost)) / best.cost : null,
        qualityAtEqualCost: affordable.length > 0 ? Math.max(...affordable.map(({ quality }) => quality)) : null,
        ...paretoMeasures(points, frontier, [minCost, maxCost]),
      };
    }),
  };
}

/** λ = 0, 21 log-spaced values from 0.01/max ĉ to 10/min ĉ (ĉ > 0), and ∞, where every router picks the cheapest. */
function sweep(router: SweptRouter, judged: OutcomeTable): SweepPoint[] {
  let [least, greatest] = [Number.POSITIVE_INFINITY, 0];
  for (const cost of router.costs.data) {
    if (!(cost > 0)) continue;
    if (cost < least) least = cost;
    if (cost > greatest) greatest = cost;
  }
  const lambdas = greatest > 0 ? [0, ...logSpaced(0.01 / greatest, 10 / least, STEPS), Number.POSITIVE_INFINITY] : [0];
  return lambdas.flatMap((lambda) => {
    const point = pointOf(judged, choicesAt(router, lambda));
    return point ? [{ lambda: Number.isFinite(lambda) ? lambda : null, ...point }] : [];
  });
}

function thresholdPoints(settings: NonNullable<SweptRouter['byThreshold']>, judged: OutcomeTable): SweepPoint[] {
  return settings.flatMap(({ threshold, choices }) => {
    const point = pointOf(judged, choices);
    return point ? [{ lambda: null, threshold, ...point }] : [];
  });
}

/** argmax ŝ − λ·ĉ; a model of unknown cost stands behind all known ones as soon as cost counts. Ties: cheaper, then first. */
function choicesAt({ expected, costs }: SweptRouter, lambda: number): Int32Array {
  const M = expected.cols;
  const choices = new Int32Array(expected.rows);
  // ∞ weighs cost alone
  const [weight, price] = lambda === Number.POSITIVE_INFINITY ? [0, 1] : [1, lambda];
  for (let i = 0, at = 0; i < expected.rows; i++) {
    let best = 0;
    let bestValue = Number.NEGATIVE_INFINITY;
    let bestCost = Number.POSITIVE_INFINITY;
    for (let m = 0; m < M; m++, at++) {
      const cost = costs.data[at]!;
      const known = Number.isNaN(cost) ? Number.POSITIVE_INFINITY : cost;
      const value = price === 0 ? expected.data[at]! : weight * expected.data[at]! - price * known;
      if (value > bestValue || (value === bestValue && known < bestCost)) {
        best = m;
        bestValue = value;
        bestCost = known;
      }
    }
    choices[i] = best;
  }
  return choices;
}

/** Mean cost and quality of the answered rows; null where nothing is known. */
function pointOf(judged: OutcomeTable, choices: Int32Array): CostPoint | null {
  const [quality, cost] = [judged.quality.data, judged.cost.data];
  const sums = { quality: 0, answered: 0, cost: 0, priced: 0 };
  for (let i = 0, row = 0; i < choices.length; i++, row += judged.models.length) {
    const at = row + choices[i]!;
    if (choices[i]! < 0 || Number.isNaN(quality[at])) continue;
    sums.quality += quality[at]!;
    sums.answered++;
    if (Number.isNaN(cost[at])) continue;
    sums.cost += cost[at]!;
    sums.priced++;
  }
  const point = { cost: sums.cost / sums.priced, quality: sums.quality / sums.answered };
  return isPoint(point) ? point : null;
}

interface Means {
  readonly quality: Float64Array;
  readonly cost: Float64Array;
}

/** The corners of the learned hull, where they lie on the judged queries, and the area under the mixtures between them. */
function zeroRouter(learned: Means, judged: Means, [minCost, maxCost]: readonly [number, number]) {
  const points = Array.from(learned.cost, (cost, model) => ({ model, cost, quality: learned.quality[model]! }));
  const hull = nonDecreasingHull(points).map(({ model }) => model);
  const corners = hull.map((model) => ({ cost: judged.cost[model]!, quality: judged.quality[model]! })).filter(isPoint);
  const byCost = [...corners].sort((a, b) => a.cost - b.cost);
  const area = hullArea(byCost, maxCost);
  const whole = byCost.length > 0 ? area / (maxCost - minCost) : Number.NaN;
  return { points: byCost, aiq: orNull(whole) };
}

function isPoint({ cost, quality }: CostPoint): boolean {
  return Number.isFinite(cost) && Number.isFinite(quality);
}

function logSpaced(from: number, to: number, count: number): number[] {
  const step = (Math.log(to) - Math.log(from)) / (count - 1);
  return Array.from({ length: count }, (_, k) => Math.exp(Math.log(from) + k * step));
}
