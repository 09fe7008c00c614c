// An A/B test of routing: requests drawn at random to the router against those drawn to the default model.
import { seededResamples } from '../math/resample.js';
import { bootstrapMeans, groupNumbers, groupValues, percentileInterval } from './bootstrap.js';
import { presentMean } from './choice-metrics.js';
import type { BootstrapOptions } from './estimates.js';
import { inLots } from './lots.js';
import type { Estimate } from './report.js';

export type Arm = 'routed' | 'default';

export interface Experiment {
  readonly routed: ArmMeans;
  readonly default: ArmMeans;
  /** Mean utility of the routed minus that of the default arm; null where nobody rated an answer of one. */
  readonly difference: Estimate | null;
  /** What else is known of both arms, rated or not. */
  readonly measures: readonly ArmMeasure[];
}

export interface ArmMeans {
  /** Requests, and the sessions, users or single requests that were assigned. */
  readonly requests: number;
  readonly assigned: number;
  /** Rated answers, what they came from, and their mean utility; null without one. */
  readonly n: number;
  readonly units: number;
  readonly utility: number | null;
}

/** quality from ratings; cost in US dollars, latency in milliseconds; unanswered and fallback as shares of the requests. */
export type MeasureName = 'quality' | 'cost' | 'latency' | 'unanswered' | 'fallback';

export interface ArmMeasure {
  readonly name: MeasureName;
  readonly routed: ArmMean;
  readonly default: ArmMean;
  readonly difference: Estimate;
}

/** `delta` is the mean itself. */
export type ArmMean = Estimate & { readonly n: number };

export interface ExperimentInput {
  /** [N] NaN = nobody rated the answer */
  readonly utility: Float64Array;
  /** Each [N]; NaN = not known. */
  readonly measures: Readonly<Record<MeasureName, Float64Array>>;
  /** [N] null = not part of the experiment */
  readonly arms: readonly (Arm | null)[];
  /** [N] what was assigned as one: all of a unit are in one arm, and drawn together. */
  readonly units: readonly string[];
}

/** Null where an arm has no request; a measure that an arm knows nothing of is left out. */
export function judgeExperiment(
  { utility, measures, arms, units }: ExperimentInput,
  { bootstrap, seed, confidence }: BootstrapOptions,
): Experiment | null {
  if (!arms.includes('routed') || !arms.includes('default')) return null;
  const of = (values: Float64Array, arm: Arm) => values.map((value, i) => (arms[i] === arm ? value : Number.NaN));
  const known = Object.entries({ utility, ...measures })
    .map(([name, values]) => ({ name, routed: of(values, 'routed'), standard: of(values, 'default') }))
    .filter(({ routed, standard }) => counted(routed) > 0 && counted(standard) > 0);
  const groups = inLots(groupNumbers(units), seed);
  const drawn = bootstrapMeans(
    known.flatMap(({ routed, standard }) => [routed, standard]).map((values) => groupValues(values, groups)),
    seededResamples(seed, groups.count),
    bootstrap,
  );
  // A resample may have drawn nobody of one arm: it says nothing of that arm's mean.
  const estimate = (delta: number, means: Float64Array): Estimate => ({
    delta,
    ...percentileInterval(means.filter(Number.isFinite), confidence),
  });
  const found = known.map(({ name, routed, standard }, k) => {
    const [a, b] = [drawn[2 * k]!, drawn[2 * k + 1]!];
    const [mean, other] = [presentMean(routed), presentMean(standard)];
    return {
      name,
      routed: { ...estimate(mean, a), n: counted(routed) },
      default: { ...estimate(other, b), n: counted(standard) },
      difference: estimate(
        mean - other,
        a.map((drawnMean, draw) => drawnMean - b[draw]!),
      ),
    };
  });
  const meansOf = (arm: Arm): ArmMeans => {
    const own = [...arms.keys()].filter((i) => arms[i] === arm);
    const rated = own.filter((i) => !Number.isNaN(utility[i]));
    const assigned = (rows: readonly number[]) => new Set(rows.map((i) => units[i])).size;
    return {
      requests: own.length,
      assigned: assigned(own),
      n: rated.length,
      units: assigned(rated),
      utility: rated.length > 0 ? presentMean(of(utility, arm)) : null,
    };
  };
  return {
    routed: meansOf('routed'),
    default: meansOf('default'),
    difference: found.find(({ name }) => name === 'utility')?.difference ?? null,
    measures: found.filter((one): one is ArmMeasure => one.name !== 'utility'),
  };
}

function counted(values: Float64Array): number {
  return values.reduce((n, value) => n + Number(!Number.isNaN(value)), 0);
}
