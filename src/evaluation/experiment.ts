// An A/B test of routing: requests drawn at random to the router against those drawn to the default model.
import { seededResamples } from '../math/resample.js';
import { bootstrapMeans, groupNumbers, groupValues, percentileInterval } from './bootstrap.js';
import { presentMean } from './choice-metrics.js';
import type { BootstrapOptions } from './estimates.js';
import type { Estimate } from './report.js';

export type Arm = 'routed' | 'default';

export interface Experiment {
  readonly routed: ArmMeans;
  readonly default: ArmMeans;
  /** Mean utility of the routed minus that of the default arm. Users or sessions are drawn whole, as they were assigned. */
  readonly difference: Estimate;
}

export interface ArmMeans {
  /** Rated answers, and the sessions, users or single requests that they came from. */
  readonly n: number;
  readonly units: number;
  readonly utility: number;
}

/**
 * @param utility [N] NaN = nobody rated the answer
 * @param arms [N] null = not part of the experiment
 * @param units [N] what was assigned as one: all of a unit are in one arm
 * Null where an arm has no rated answer.
 */
export function judgeExperiment(
  utility: Float64Array,
  arms: readonly (Arm | null)[],
  units: readonly string[],
  { bootstrap, seed, confidence }: BootstrapOptions,
): Experiment | null {
  const of = (arm: Arm) => utility.map((value, i) => (arms[i] === arm ? value : Number.NaN));
  const [routed, standard] = [of('routed'), of('default')];
  const meansOf = (values: Float64Array): ArmMeans => {
    const there = [...values.keys()].filter((i) => !Number.isNaN(values[i]));
    return { n: there.length, units: new Set(there.map((i) => units[i])).size, utility: presentMean(values) };
  };
  const means = { routed: meansOf(routed), default: meansOf(standard) };
  if (means.routed.n === 0 || means.default.n === 0) return null;
  const groups = groupNumbers(units);
  const [a, b] = bootstrapMeans(
    [routed, standard].map((values) => groupValues(values, groups)),
    seededResamples(seed, groups.count),
    bootstrap,
  );
  // A resample may have drawn nobody of one arm: it says nothing of their difference.
  const differences = a!.map((mean, draw) => mean - b![draw]!).filter((value) => Number.isFinite(value));
  return {
    ...means,
    difference: {
      delta: means.routed.utility - means.default.utility,
      ...percentileInterval(differences, confidence),
    },
  };
}
