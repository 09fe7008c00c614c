// Before any training: what the outcomes alone say about routing, and how many more of them would say it surely.
import type { CellAudit } from '../data/cell-audit.js';
import type { OutcomeTable } from '../data/outcome-table.js';
import type { Matrix } from '../math/matrix.js';
import type { Objective } from '../math/utility.js';
import { rowMaxima } from './baselines.js';
import { groupNumbers, holm } from './bootstrap.js';
import { chosenValues, presentMean } from './choice-metrics.js';
import { type DiagnosisVerdict, diagnosisVerdict } from './diagnosis-verdict.js';
import { estimateAll } from './estimates.js';
import { modelData } from './model-data.js';
import { orNull } from './or-null.js';
import type { Estimate, ModelData } from './report.js';
import { type Routability, routability } from './routability.js';
import { utilityMatrix } from './utility-matrix.js';

export const DIAGNOSIS_SCHEMA = 'vsr.diagnosis/1';

export interface Diagnosis {
  readonly schema: typeof DIAGNOSIS_SCHEMA;
  readonly verdict: DiagnosisVerdict;
  readonly warnings: readonly string[];
  readonly data: {
    readonly path: string;
    readonly queries: number;
    readonly groups: number;
    readonly tasks: number;
    readonly cells: CellAudit;
    readonly leaks: { readonly count: number; readonly near: number; readonly excluded: boolean };
    readonly models: readonly ModelData[];
  };
  readonly routability: Routability;
  /** Chosen without a look at the judged rows, from growing shares of the others. */
  readonly curve: readonly CurveStep[];
  /** Models by what the pool loses without them, least first. */
  readonly models: readonly ModelWorth[];
  readonly method: {
    readonly objective: Objective;
    readonly minGain: number;
    readonly bootstrap: number;
    readonly confidence: number;
    readonly seed: number;
    readonly sentences: readonly string[];
  };
}

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

export interface ModelWorth {
  readonly model: string;
  /** Mean quality that a perfect router loses without it. */
  readonly oracleLoss: number;
  /** Queries that it alone answers best. */
  readonly uniqueBest: number;
}

/** [judged rows] columns chosen after learning from a share of the rows. */
export interface CurveChoices {
  readonly share: number;
  readonly learned: number;
  readonly bestSingle: Int32Array;
  readonly lookup: Int32Array;
  readonly knn: Int32Array | null;
}

export interface DiagnosisInput {
  /** All rows that may be looked at. */
  readonly table: OutcomeTable;
  /** [N] drawn together. */
  readonly groups: Int32Array;
  /** [N×D], for locality. */
  readonly vectors: Matrix | null;
  readonly objective: Objective;
  readonly curve: {
    /** Rows of the table that were judged, and what was chosen for them; the last step learned from all. */
    readonly rows: Int32Array;
    readonly judged: OutcomeTable;
    readonly steps: readonly CurveChoices[];
  };
  readonly data: Pick<Diagnosis['data'], 'path' | 'cells' | 'leaks'>;
  readonly options: {
    readonly minGain: number;
    readonly bootstrap: number;
    readonly confidence: number;
    readonly seed: number;
  };
}

export function diagnose(input: DiagnosisInput): Diagnosis {
  const { table, curve, options, objective } = input;
  const { steps, ps } = curveSteps(input);
  const pays = routability(table, input.vectors, options.seed);
  const models = modelWorth(table);
  return {
    schema: DIAGNOSIS_SCHEMA,
    verdict: diagnosisVerdict({
      routability: pays,
      last: steps.at(-1)!,
      p: { lookup: ps[0]!, knn: ps[1] ?? null },
      groups: groupNumbers(curve.rows.map((row) => input.groups[row]!)).count,
      minGain: options.minGain,
      qualityAlone: objective.quality >= 1,
    }),
    warnings: [],
    data: {
      ...input.data,
      queries: table.queries.length,
      groups: groupNumbers(input.groups).count,
      tasks: new Set(table.queries.map(({ taskName, category }) => taskName ?? category ?? '')).size,
      models: modelData(table),
    },
    routability: pays,
    curve: steps,
    models,
    method: { objective: { ...objective }, ...options, sentences: SENTENCES },
  };
}

const SENTENCES = [
  'Headroom, task share, pool order and unique best are computed on all rows, with the outcomes in view: bounds, not forecasts.',
  'The learning curve is a forecast: best single model, lookup and neighbours were learned from other rows than those they are judged on (five folds; above 2,000 queries one fold).',
  'Neighbours: mean quality of the 40 nearest queries (fewer where there are few), by the cosine of their vectors, shrunk as the knn router does.',
  'Locality: agreement of the outcomes of ten nearest neighbours against that of random pairs, p by 999 permutations.',
  'Intervals: paired bootstrap over groups of equal queries; the two p-values are corrected by Holm.',
];

/** Every step with its differences; p of lookup and neighbours at the last step, corrected. */
function curveSteps({ curve, groups, objective, options }: DiagnosisInput) {
  const utilities = utilityMatrix(curve.judged, objective);
  const values = curve.steps.map((step) => {
    const of = (choices: Int32Array) => ({
      utility: chosenValues(utilities, choices),
      quality: chosenValues(curve.judged.quality, choices),
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
    groupNumbers(curve.rows.map((row) => groups[row]!)),
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
        judged: curve.rows.length,
        bestSingle: earned(best),
        lookup: earned(lookup),
        knn: knn && earned(knn),
      }),
    ),
    ps: holm(finals.map(({ difference }) => estimates.get(difference)?.p ?? 1)),
  };
}

/** What each model alone adds to the oracle: on rows where no other is as good. */
function modelWorth({ models, quality }: OutcomeTable): ModelWorth[] {
  const M = models.length;
  const maxima = rowMaxima(quality);
  const loss = new Float64Array(M);
  const unique = new Float64Array(M);
  maxima.forEach((max, i) => {
    let best = -1;
    let second = 0;
    let ties = 0;
    for (let m = 0; m < M; m++) {
      const value = quality.data[i * M + m]!;
      if (value === max) {
        best = m;
        ties++;
      } else if (value > second) second = value;
    }
    if (ties !== 1) return;
    loss[best]! += max - second;
    unique[best]! += 1;
  });
  return models
    .map((model, m) => ({ model, oracleLoss: loss[m]! / quality.rows, uniqueBest: unique[m]! }))
    .sort((a, b) => a.oracleLoss - b.oracleLoss);
}
