// Which weights to set: every router at 21 weights of quality against cost, and the setting that a target asks for.
import type { OutcomeTable } from '../data/outcome-table.js';
import type { Matrix } from '../math/matrix.js';
import { columnMeans } from './baselines.js';
import { chosenValues, presentMean } from './choice-metrics.js';

export interface Setting {
  /** A router at a weight, or one model for every query (weight null). */
  readonly name: string;
  /** `--quality-weight`; the rest is `--cost-weight`. */
  readonly qualityWeight: number | null;
  /** Mean quality, and mean dollars per query, on the judged queries. */
  readonly quality: number;
  readonly cost: number;
}

export interface Recommendation {
  readonly targetQuality: number | null;
  readonly maxCost: number | null;
  /** null: no setting fits. */
  readonly setting: Setting | null;
  readonly sentence: string;
}

export interface SettingsInput {
  readonly judged: OutcomeTable;
  /** Dollars at which the cost term is one half. */
  readonly costScale: number;
  readonly routers: readonly {
    readonly name: string;
    /** [N×M] */
    readonly expected: Matrix;
    /** [N×M] dollars; NaN = unknown. */
    readonly costs: Matrix<Float64Array>;
  }[];
}

export interface Target {
  readonly quality?: number | undefined;
  /** Dollars per query. */
  readonly maxCost?: number | undefined;
}

const STEPS = 20;

/** Single models and routers, each router from cost alone to quality alone; settings of unknown cost are left out. */
export function allSettings({ judged, costScale, routers }: SettingsInput): Setting[] {
  const quality = columnMeans(judged.quality);
  const cost = columnMeans(judged.cost);
  const singles = judged.models.map((name, m) => ({ name, qualityWeight: null, quality: quality[m]!, cost: cost[m]! }));
  const weighted = routers.flatMap(({ name, expected, costs }) =>
    Array.from({ length: STEPS + 1 }, (_, step): Setting => {
      const qualityWeight = step / STEPS;
      const choices = choicesAt(expected, costs, qualityWeight, costScale);
      return {
        name,
        qualityWeight,
        quality: presentMean(chosenValues(judged.quality, choices)),
        cost: presentMean(chosenValues(judged.cost, choices)),
      };
    }),
  );
  return [...singles, ...weighted].filter((one) => Number.isFinite(one.quality) && Number.isFinite(one.cost));
}

/** The cheapest setting of at least the target's quality; with a greatest cost, the best that costs no more. Ties: cheaper, then simpler. */
export function recommend(settings: readonly Setting[], { quality: target, maxCost }: Target): Recommendation {
  const fitting = settings.filter(
    (one) =>
      (target === undefined || one.quality >= target - 1e-12) &&
      (maxCost === undefined || one.cost <= maxCost * (1 + 1e-12)),
  );
  const better = (a: Setting, b: Setting): boolean =>
    target !== undefined
      ? a.cost < b.cost || (a.cost === b.cost && a.quality > b.quality)
      : a.quality > b.quality || (a.quality === b.quality && a.cost < b.cost);
  const setting = fitting.reduce<Setting | null>(
    (best, one) => (best === null || better(one, best) ? one : best),
    null,
  );
  return {
    targetQuality: target ?? null,
    maxCost: maxCost ?? null,
    setting,
    sentence: sentenceOf(setting, target, maxCost, settings),
  };
}

function sentenceOf(
  setting: Setting | null,
  target: number | undefined,
  maxCost: number | undefined,
  settings: readonly Setting[],
): string {
  const wanted = [
    ...(target === undefined ? [] : [`a quality of ${target.toFixed(3)}`]),
    ...(maxCost === undefined ? [] : [`at most ${dollars(maxCost)} per 1,000 queries`]),
  ].join(' for ');
  if (!setting) {
    const best = Math.max(...settings.map(({ quality }) => quality));
    const least = Math.min(...settings.map(({ cost }) => cost));
    return settings.length === 0
      ? `For ${wanted}: costs are unknown, so that no setting can be recommended.`
      : `For ${wanted}: no setting fits. The greatest quality is ${best.toFixed(3)}, the least cost ${dollars(least)} per 1,000 queries.`;
  }
  const how =
    setting.qualityWeight === null
      ? `send every query to ${setting.name}`
      : `use ${setting.name} with --quality-weight ${round(setting.qualityWeight)} --cost-weight ${round(1 - setting.qualityWeight)}`;
  return `For ${wanted}: ${how} (quality ${setting.quality.toFixed(3)}, ${dollars(setting.cost)} per 1,000 queries here). The setting was picked on these queries, so expect a little less elsewhere.`;
}

/** argmax w·ŝ + (1 − w)/(1 + ĉ/C), as a decision with these weights; unknown costs stand last as soon as cost counts. */
function choicesAt(expected: Matrix, costs: Matrix<Float64Array>, weight: number, scale: number): Int32Array {
  const M = expected.cols;
  const choices = new Int32Array(expected.rows);
  for (let i = 0; i < expected.rows; i++) {
    let best = -1;
    let bestValue = Number.NEGATIVE_INFINITY;
    let bestCost = Number.POSITIVE_INFINITY;
    for (let m = 0; m < M; m++) {
      const cost = costs.data[i * M + m]!;
      const known = Number.isNaN(cost) ? Number.POSITIVE_INFINITY : cost;
      const value = weight * expected.data[i * M + m]! + (1 - weight) / (1 + known / scale);
      if (best >= 0 && (value < bestValue || (value === bestValue && known >= bestCost))) continue;
      best = m;
      bestValue = value;
      bestCost = known;
    }
    choices[i] = best;
  }
  return choices;
}

function round(weight: number): string {
  return String(Number(weight.toFixed(2)));
}

function dollars(perQuery: number): string {
  return `$${Number((1000 * perQuery).toPrecision(3))}`;
}
