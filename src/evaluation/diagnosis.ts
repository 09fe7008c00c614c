// Before any training: what the outcomes alone say about routing, and how many more of them would say it surely.
import type { CellAudit } from '../data/cell-audit.js';
import type { OutcomeTable } from '../data/outcome-table.js';
import type { Matrix } from '../math/matrix.js';
import type { Objective } from '../math/utility.js';
import { rowMaxima } from './baselines.js';
import { groupNumbers } from './bootstrap.js';
import { type DiagnosisVerdict, diagnosisVerdict } from './diagnosis-verdict.js';
import type { BootstrapOptions } from './estimates.js';
import { type CurveChoices, type CurveStep, learningCurve } from './learning-curve.js';
import { modelData } from './model-data.js';
import { NEIGHBOUR_SAMPLE } from './neighbour-sample.js';
import type { ModelData } from './report.js';
import { type Routability, routability } from './routability.js';

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

export interface ModelWorth {
  readonly model: string;
  /** Mean quality that a perfect router loses without it. */
  readonly oracleLoss: number;
  /** Queries that it alone answers best. */
  readonly uniqueBest: number;
}

export interface DiagnosisInput {
  /** All rows that may be looked at. */
  readonly table: OutcomeTable;
  /** [N] drawn together. */
  readonly groups: Int32Array;
  /** [N×D], or of `vectorRows` alone, for locality. */
  readonly vectors: Matrix | null;
  readonly vectorRows?: Int32Array;
  readonly objective: Objective;
  readonly curve: {
    /** Rows of the table that were judged, and what was chosen for them; the last step learned from all. */
    readonly rows: Int32Array;
    readonly judged: OutcomeTable;
    readonly steps: readonly CurveChoices[];
  };
  readonly data: Pick<Diagnosis['data'], 'path' | 'cells' | 'leaks'>;
  readonly options: BootstrapOptions & { readonly minGain: number };
}

export function diagnose(input: DiagnosisInput): Diagnosis {
  const { table, curve, options, objective } = input;
  const judgedGroups = curve.rows.map((row) => input.groups[row]!);
  const { steps, ps } = learningCurve(
    { judged: curve.judged, groups: judgedGroups, objective, steps: curve.steps },
    options,
  );
  const pays = routability(table, input.vectors, options.seed, input.vectorRows);
  const models = modelWorth(table);
  return {
    schema: DIAGNOSIS_SCHEMA,
    verdict: diagnosisVerdict({
      routability: pays,
      last: steps.at(-1)!,
      p: { lookup: ps[0]!, knn: ps[1] ?? null },
      groups: groupNumbers(judgedGroups).count,
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
  NEIGHBOUR_SAMPLE,
  'Locality: agreement of the outcomes of ten nearest neighbours against that of random pairs, p by 999 permutations.',
  'Intervals: paired bootstrap over groups of equal queries; the two p-values are corrected by Holm.',
];

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
