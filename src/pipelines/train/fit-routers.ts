// Fits the asked-for routers on given rows and judges them on others.
import type { OutcomeTable } from '../../data/outcome-table.js';
import { utilityMatrix } from '../../evaluation/utility-matrix.js';
import { type Matrix, matrix64, takeRows } from '../../math/matrix.js';
import { seededRandom } from '../../math/random.js';
import { type DecisionPolicy, decide } from '../../routers/decide.js';
import type { QueryFacts } from '../../routers/decide-masks.js';
import { loadRouter } from '../../routers/registry.js';
import type { FitContext, FittedRouter, Images, RouterNeeds, TrainingTable } from '../../routers/router.js';
import type { PipelineContext } from '../context.js';
import { columnsBeside, type LearningPeople } from '../people/learning-people.js';
import { takeImages } from '../people/objective-asker.js';
import type { Checkpoints } from './checkpoints.js';

/** Everything a fit needs, for all rows; a fit picks its own. */
export interface LearningData {
  readonly table: OutcomeTable;
  /** [N×D]; rows that no fit may see are zero. */
  readonly features: Matrix;
  /** Of the rows that a fit may see; absent where there are none, or nobody looks at them. */
  readonly images?: Images | undefined;
  /** [N] equal number = same normalised text. */
  readonly groups: Int32Array;
  /** [N] what is folded together; default the query's text. */
  readonly units?: readonly string[];
  /** Absent: a fit knows features and qualities alone. */
  readonly people?: LearningPeople;
}

export interface RouterRequest {
  readonly name: string;
  readonly params: Readonly<Record<string, unknown>>;
}

export interface FitOutcome {
  readonly fitted: FittedRouter;
  readonly seconds: number;
}

/** How one fit is run. */
export interface FitRun {
  readonly seed: number;
  /** For the progress bar: fit knn. */
  readonly stage: string;
  /** Engine and device of routers that learn by gradient. */
  readonly training?: FitContext['training'];
  /** Where such a fit leaves its checkpoints, and goes on from. */
  readonly checkpoints?: Checkpoints | undefined;
}

/** Fits one router on `rows`. Throws what its `fit` throws. */
export async function fitRouter(
  request: RouterRequest,
  data: LearningData,
  rows: Int32Array,
  { seed, stage, training, checkpoints }: FitRun,
  context: PipelineContext,
): Promise<FitOutcome> {
  const router = await loadRouter(request.name);
  const started = performance.now();
  const fitted = await router.fit(trainingTable(data, rows, router.needs), request.params, {
    seed: seededRandom(seed).fork(request.name).int(0x7fffffff),
    signal: context.signal,
    training: router.needs.gradient ? { ...training, ...checkpoints?.of(stage) } : undefined,
    onProgress: (progress) =>
      context.onProgress?.({ stage, done: progress.step, total: progress.steps, detail: progress.message }),
    onWarning: (sentence) => context.onWarning?.(`${request.name}: ${sentence}`),
  });
  return { fitted, seconds: (performance.now() - started) / 1000 };
}

/** What a router earns where it did not learn: its decisions against the outcomes of `rows`. */
export interface Earned {
  readonly utility: number;
  readonly quality: number;
  /** Rows whose chosen cell is present. */
  readonly n: number;
}

/** @param scores [rows × M], in the order of `rows` */
export function earned(table: OutcomeTable, rows: Int32Array, scores: Matrix, policy: DecisionPolicy): Earned {
  const utilities = utilityMatrix(table, policy.objective);
  let quality = 0;
  let utility = 0;
  let n = 0;
  for (let r = 0; r < rows.length; r++) {
    const m = choose(table, rows[r]!, scores.data.subarray(r * scores.cols, (r + 1) * scores.cols), policy);
    const value = utilities.data[rows[r]! * table.models.length + m]!;
    if (Number.isNaN(value)) continue;
    utility += value;
    quality += table.quality.data[rows[r]! * table.models.length + m]!;
    n++;
  }
  return { utility: n ? utility / n : 0, quality: n ? quality / n : 0, n };
}

/** Column of the model that `decide` picks for row `row` of the table; the cells of models that cannot take it are not looked at. */
export function choose(table: OutcomeTable, row: number, scores: ArrayLike<number>, policy: DecisionPolicy): number {
  return table.models.indexOf(decide(scores, rowFacts(table, row), policy).model);
}

export function rowFacts(table: OutcomeTable, row: number): QueryFacts {
  return { inputTokens: meanInputTokens(table, row), hasImage: table.queries[row]!.images.length > 0 };
}

/** What is known of the prompt's length: the mean over the models' own counts; null = unknown. */
export function meanInputTokens(table: OutcomeTable, row: number): number | null {
  let sum = 0;
  let n = 0;
  for (let m = 0; m < table.models.length; m++) {
    const tokens = table.inputTokens.data[row * table.models.length + m]!;
    if (Number.isNaN(tokens)) continue;
    sum += tokens;
    n++;
  }
  return n ? sum / n : null;
}

function trainingTable(data: LearningData, rows: Int32Array, needs: RouterNeeds): TrainingTable {
  const { table, features, groups, people } = data;
  const quality = takeRows(table.quality, rows);
  return {
    models: table.models,
    features: takeRows(features, rows),
    quality: matrix64(quality.rows, quality.cols, quality.data),
    groups: Int32Array.from(rows, (row) => groups[row]!),
    ...(needs.images && data.images && { images: takeImages(data.images, rows) }),
    ...(people && columnsBeside(data, rows, people, needs)),
  };
}
