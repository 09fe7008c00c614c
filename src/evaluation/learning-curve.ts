// What simple routing earns as it learns from more rows: best single model, lookup and nearest neighbours at growing shares.
import type { OutcomeTable } from '../data/outcome-table.js';
import type { Objective } from '../math/utility.js';
import { groupNumbers, holm } from './bootstrap.js';
import { chosenValues, presentMean } from './choice-metrics.js';
import { type BootstrapOptions, estimateAll } from './estimates.js';
import { orNull } from './or-null.js';
import type { Estimate } from './report.js';
import { utilityMatrix } from './utility-matrix.js';

export interface CurveStep {
  /** Of the rows that may be learned from. */
  readonly share: number;
  /** Rows learned from, per fold. */
  readonly learned: number;
  readonly judged: number;
  readonly bestSingle: StepEarned;
  readonly lookup: StepEarned;
  /** null where there are no vectors. */
  readonly knn: StepEarned | null;
}

export interface StepEarned {
  readonly utility: number | null;
  readonly quality: number | null;
  /** In utility, to the best single model of the same rows; null for itself. */
  readonly difference: Estimate | null;
}

/** [judged rows] columns chosen after learning from a share of the rows. */
export interface CurveChoices {
  readonly share: number;
  readonly learned: number;
  readonly bestSingle: Int32Array;
  readonly lookup: Int32Array;
  readonly knn: Int32Array | null;
}

export interface LearningCurveInput {
  readonly judged: OutcomeTable;
  /** [judged rows] drawn together. */
  readonly groups: ArrayLike<number>;
  readonly objective: Objective;
  /** The last one learned from all rows. */
  readonly steps: readonly CurveChoices[];
}

/** Every step with its differences; p of lookup and neighbours at the last step, corrected by Holm. */
export function learningCurve(
  { judged, groups, objective, steps }: LearningCurveInput,
  options: BootstrapOptions,
): { readonly steps: readonly CurveStep[]; readonly ps: readonly number[] } {
  const utilities = utilityMatrix(judged, objective);
  const values = steps.map((step) => {
    const of = (choices: Int32Array) => ({
      utility: chosenValues(utilities, choices),
      quality: chosenValues(judged.quality, choices),
    });
    const best = of(step.bestSingle);
    const against = (choices: Int32Array) => {
      const own = of(choices);
      return { ...own, difference: own.utility.map((value, i) => value - best.utility[i]!) };
    };
    return { step, best, lookup: against(step.lookup), knn: step.knn && against(step.knn) };
  });
  const estimates = estimateAll(
    values.flatMap(({ lookup, knn }) => [lookup.difference, ...(knn ? [knn.difference] : [])]),
    groupNumbers(groups),
    options,
  );
  const earned = (one: { utility: Float64Array; quality: Float64Array; difference?: Float64Array }): StepEarned => ({
    utility: orNull(presentMean(one.utility)),
    quality: orNull(presentMean(one.quality)),
    difference: one.difference ? (estimates.get(one.difference)?.estimate ?? null) : null,
  });
  const last = values.at(-1)!;
  const finals = [last.lookup, ...(last.knn ? [last.knn] : [])];
  return {
    steps: values.map(
      ({ step, best, lookup, knn }): CurveStep => ({
        share: step.share,
        learned: step.learned,
        judged: judged.queries.length,
        bestSingle: earned(best),
        lookup: earned(lookup),
        knn: knn && earned(knn),
      }),
    ),
    ps: holm(finals.map(({ difference }) => estimates.get(difference)?.p ?? 1)),
  };
}
