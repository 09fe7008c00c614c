// Thresholds for the cheapest-qualified choice, from rows whose outcomes are known: one number ρ sets them all, the cheapest ρ that reaches
// a goal of quality, or the best one within a budget, is taken. No free search over the thresholds: it promises more than it keeps.
import type { Matrix } from '../math/matrix.js';
import { cheapestFirst, likeliestFirst, type Qualifying } from './decide-thresholds.js';

export type ThresholdMode = 'shared' | 'per_model';

/** Mean quality to reach, or mean dollars per query not to pass. */
export type Goal = { readonly quality: number } | { readonly budget: number };

/** Rows that the scores were not learned from. */
export interface ThresholdRows {
  readonly models: readonly string[];
  /** [n×M] ŝ as decisions compare it: calibrated where there is a calibrator. */
  readonly chance: Matrix | Matrix<Float64Array>;
  /** [n×M] dollars expected; NaN = unknown, dearer than any price. */
  readonly expected: Matrix<Float64Array>;
  /** [n×M] 1 = may answer. */
  readonly eligible: Uint8Array;
  /** [n×M] what came of it; NaN = missing. */
  readonly quality: Matrix<Float64Array>;
  /** [n×M] dollars paid; NaN = unknown. */
  readonly cost: Matrix<Float64Array>;
}

/** Mean quality and dollars a query over the rows whose chosen cell is present. */
export interface ThresholdPoint {
  readonly quality: number;
  readonly cost: number;
}

export interface Tuned {
  /** By model; null: no chance is enough. */
  readonly thresholds: Readonly<Record<string, number | null>>;
  readonly point: ThresholdPoint;
  /** false: no ρ reaches the goal, and this is the nearest to it. */
  readonly reached: boolean;
}

export interface ThresholdSetting {
  /** ρ; ∞ = no chance is enough. */
  readonly rho: number;
  /** [M] τ; ∞ likewise. */
  readonly thresholds: Float64Array;
  /** [n] column chosen; −1 where no model may answer. */
  readonly choices: Int32Array;
}

/** Values of ρ that are tried of a shared threshold; of more distinct chances the quantiles. */
const MOST_VALUES = 400;
/** Rows that must reach a model's own threshold for their mean to say anything. */
const FEWEST_ROWS = 20;
const STEPS = 100;

/** undefined where no row has a model that may answer and whose outcome and cost are known. */
export function tuneThresholds(rows: ThresholdRows, mode: ThresholdMode, goal: Goal): Tuned | undefined {
  let best: { setting: ThresholdSetting; point: ThresholdPoint } | undefined;
  for (const setting of thresholdSettings(rows, mode)) {
    const point = pointOf(rows, setting.choices);
    if (Number.isNaN(point.quality) || Number.isNaN(point.cost)) continue;
    // ρ ascends: what is only as good as the best so far does not replace it.
    if (best === undefined || isBetter(point, best.point, goal)) best = { setting, point };
  }
  if (!best) return undefined;
  const { setting, point } = best;
  return {
    thresholds: Object.fromEntries(
      rows.models.map((model, m) => [model, Number.isFinite(setting.thresholds[m]) ? setting.thresholds[m]! : null]),
    ),
    point,
    reached: reaches(point, goal),
  };
}

/**
 * shared: τ_m = ρ, for ρ = 0, every distinct ŝ (of more than 400 the quantiles) and ∞. per_model: for ρ = 0, .01 … 1 the least ŝ of
 * the model from which on at least 20 rows have a mean quality of ρ. Ascending; [] without rows.
 */
export function thresholdSettings(rows: ThresholdRows, mode: ThresholdMode): ThresholdSetting[] {
  const M = rows.models.length;
  if (rows.chance.rows === 0) return [];
  const candidates = Array.from({ length: rows.chance.rows }, (_, i) => candidatesOf(rows, i));
  const likeliest = Int32Array.from(candidates, (some) => some.toSorted(likeliestFirst)[0]?.column ?? -1);
  const byCost = candidates.map((some) => some.toSorted(cheapestFirst).map(({ column }) => column));
  const setting = (rho: number, thresholds: Float64Array) => ({
    rho,
    thresholds,
    choices: choicesAt(rows, thresholds, byCost, likeliest),
  });
  if (mode === 'shared') return sharedValues(rows).map((rho) => setting(rho, new Float64Array(M).fill(rho)));
  const own = rows.models.map((_, m) => ownThresholds(rows, m));
  return Array.from({ length: STEPS + 1 }, (_, step) =>
    setting(
      step / STEPS,
      Float64Array.from(own, (thresholdAt) => thresholdAt(step / STEPS)),
    ),
  );
}

/** Cheaper at the goal of quality, better at the goal of cost; where neither reaches the goal, nearer to it. */
function isBetter(a: ThresholdPoint, b: ThresholdPoint, goal: Goal): boolean {
  if (reaches(a, goal) !== reaches(b, goal)) return reaches(a, goal);
  const cheaper = b.cost - a.cost;
  const better = a.quality - b.quality;
  const costFirst = 'quality' in goal ? reaches(a, goal) : !reaches(a, goal);
  return costFirst ? cheaper > 0 || (cheaper === 0 && better > 0) : better > 0 || (better === 0 && cheaper > 0);
}

function reaches({ quality, cost }: ThresholdPoint, goal: Goal): boolean {
  return 'quality' in goal ? quality >= goal.quality - ROUNDING : cost <= goal.budget * (1 + ROUNDING);
}

const ROUNDING = 1e-12;

/** As decisions choose: the first that qualifies from cheap to dear, else the likeliest. */
function choicesAt(
  { chance }: ThresholdRows,
  thresholds: Float64Array,
  byCost: readonly (readonly number[])[],
  likeliest: Int32Array,
): Int32Array {
  const M = thresholds.length;
  return likeliest.map((fallback, i) => {
    const order = byCost[i]!;
    if (order.length === 1) return fallback;
    return order.find((m) => chance.data[i * M + m]! >= thresholds[m]!) ?? fallback;
  });
}

/** What decisions see of a row's eligible models, and the column of each. */
function candidatesOf(
  { models, chance, expected, eligible }: ThresholdRows,
  row: number,
): (Qualifying & { readonly column: number })[] {
  return models.flatMap((model, column) => {
    const at = row * models.length + column;
    if (eligible[at] !== 1) return [];
    const cost = expected.data[at]!;
    return [{ column, model, expectedQuality: chance.data[at]!, expectedCost: Number.isNaN(cost) ? null : cost }];
  });
}

function sharedValues({ chance, eligible }: ThresholdRows): number[] {
  const distinct = [...new Set(chance.data.filter((_, at) => eligible[at] === 1))]
    .filter((v) => v > 0)
    .sort((a, b) => a - b);
  const values =
    distinct.length <= MOST_VALUES
      ? distinct
      : Array.from(
          { length: MOST_VALUES },
          (_, k) => distinct[Math.round((k * (distinct.length - 1)) / (MOST_VALUES - 1))]!,
        );
  return [0, ...values, Number.POSITIVE_INFINITY];
}

/** ρ → the least ŝ of the model such that the rows from it on are at least 20 and right in a share of ρ. */
function ownThresholds({ models, chance, quality, eligible }: ThresholdRows, m: number): (rho: number) => number {
  const M = models.length;
  const rows = Array.from({ length: chance.rows }, (_, i) => i * M + m)
    .filter((at) => eligible[at] === 1 && !Number.isNaN(quality.data[at]))
    .sort((a, b) => chance.data[b]! - chance.data[a]!);
  const steps: { value: number; mean: number }[] = [];
  let sum = 0;
  rows.forEach((at, k) => {
    sum += quality.data[at]!;
    const value = chance.data[at]!;
    const isLast = k === rows.length - 1 || chance.data[rows[k + 1]!] !== value;
    if (isLast && k + 1 >= FEWEST_ROWS) steps.push({ value, mean: sum / (k + 1) });
  });
  return (rho) =>
    steps.reduce((least, { value, mean }) => (mean >= rho ? Math.min(least, value) : least), Number.POSITIVE_INFINITY);
}

function pointOf({ quality, cost }: ThresholdRows, choices: Int32Array): ThresholdPoint {
  let [qualities, answered, dollars, paid] = [0, 0, 0, 0];
  choices.forEach((m, i) => {
    if (m < 0 || Number.isNaN(quality.data[i * quality.cols + m])) return;
    qualities += quality.data[i * quality.cols + m]!;
    answered++;
    const price = cost.data[i * cost.cols + m]!;
    if (Number.isNaN(price)) return;
    dollars += price;
    paid++;
  });
  return { quality: qualities / answered, cost: dollars / paid };
}
