// analyze without artifacts: the outcomes alone, before any router is trained.
import type { VsrConfig } from '../../config/schema.js';
import { assignFolds, uniformHash } from '../../data/splits.js';
import { VsrError } from '../../errors/vsr-error.js';
import { taskLookup, taskOf } from '../../evaluation/baselines.js';
import { type CurveChoices, type Diagnosis, diagnose } from '../../evaluation/diagnosis.js';
import { utilityMatrix } from '../../evaluation/utility-matrix.js';
import { type Matrix, rowOf, takeRows } from '../../math/matrix.js';
import type { Objective } from '../../math/utility.js';
import type { PipelineContext } from '../context.js';
import { embedForTraining } from '../learning/embed-for-training.js';
import { policyFrom } from '../learning/learned-policy.js';
import { pinObjective } from '../learning/objective.js';
import { loadOutcomeData, type OutcomeData } from '../learning/outcome-data.js';
import { choose, fitRouter } from '../train/fit-routers.js';
import { rowsToFold } from '../train/rows.js';
import { partOf } from './part.js';

const FOLDS = 5;
const SHARES = [0.25, 0.5, 1];
/** Above this one fold in five is judged alone: enough rows, a fifth of the work. */
const MANY = 2000;
const NEIGHBOURS = 40;

/** Never looks at rows that the data reserves for testing. Throws what reading the outcomes throws, `VSR_DATA` for too few queries. */
export async function diagnoseOutcomes(config: VsrConfig, context: PipelineContext): Promise<Diagnosis> {
  const data = await loadOutcomeData(
    config,
    config.analyze.dataFile,
    {
      ratios: config.train.split,
      seed: config.seed,
      by: config.analyze.splitBy ?? config.train.splitBy,
      leakCheck: config.analyze.leakCheck ?? 'warn',
      queryLimit: config.train.queryLimit,
      prices: config.analyze.prices,
    },
    context,
  );
  const excluded = new Set(config.analyze.excludeTasks);
  const rows = rowsToFold(data).filter((row) => !excluded.has(taskOf(data.table.queries[row]!)));
  const units = Array.from(rows, (row) => data.units[row]!);
  const folds = Math.min(FOLDS, new Set(units).size);
  if (folds < 2) {
    throw new VsrError(
      'VSR_DATA',
      `${data.path}: ${rows.length} queries are too few to learn from some and judge on others.`,
      {
        hint: 'Benchmark more queries; 30 are the least that say anything.',
      },
    );
  }
  const asked = { ...config.objective, ...givenWeights(config) };
  const { objective, moved } = pinObjective({ ...config, objective: asked }, data.table, rows);
  if (moved) context.onWarning?.(moved);
  const vectors = await vectorsOrNone(config, data, rows, context);
  const fold = assignFolds(units, folds, config.seed);
  const judgedFolds = rows.length > MANY ? 1 : folds;
  const judged = Int32Array.from(fold.keys()).filter((i) => fold[i]! < judgedFolds);
  const steps: CurveChoices[] = [];
  for (const share of SHARES) {
    steps.push(
      await stepOf(share, { data, vectors, objective, rows, fold, judged, judgedFolds, seed: config.seed }, context),
    );
  }
  const { minGain, bootstrap, confidence } = config.analyze;
  const judgedRows = judged.map((i) => rows[i]!);
  return diagnose({
    table: partOf(data.table, rows),
    groups: rows.map((row) => data.groups[row]!),
    vectors: vectors && takeRows(vectors, rows),
    objective,
    curve: { rows: judged, judged: partOf(data.table, judgedRows), steps },
    data: { path: data.path, cells: data.audit, leaks: data.leaks },
    options: { minGain, bootstrap, confidence, seed: config.seed },
  });
}

function givenWeights({ analyze: { qualityWeight, costWeight } }: VsrConfig) {
  return {
    ...(qualityWeight !== undefined && { qualityWeight }),
    ...(costWeight !== undefined && { costWeight }),
  };
}

/** null, and a warning, where the encoder does not work: the rest is still worth saying. */
async function vectorsOrNone(
  config: VsrConfig,
  data: OutcomeData,
  rows: Int32Array,
  context: PipelineContext,
): Promise<Matrix | null> {
  try {
    return (await embedForTraining(config, data, rows, [rows], context)).embeddings;
  } catch (error) {
    if (!(error instanceof VsrError) || error.code === 'VSR_ABORTED') throw error;
    context.onWarning?.(`${error.message} Locality and neighbours are left out.`);
    return null;
  }
}

interface Curve {
  readonly data: OutcomeData;
  readonly vectors: Matrix | null;
  readonly objective: Objective;
  readonly rows: Int32Array;
  /** [rows] */
  readonly fold: Int32Array;
  /** Positions in `rows`. */
  readonly judged: Int32Array;
  readonly judgedFolds: number;
  readonly seed: number;
}

/** Learns from a share of the other folds, drawn by a hash of the text, so that a larger share holds the smaller one. */
async function stepOf(share: number, curve: Curve, context: PipelineContext): Promise<CurveChoices> {
  const { data, vectors, objective, rows, fold, judged, judgedFolds, seed } = curve;
  const { table } = data;
  const placeOf = new Map(Array.from(judged, (i, at) => [i, at]));
  const choices = { bestSingle: empty(judged), lookup: empty(judged), knn: vectors && empty(judged) };
  const tasks = table.queries.map(taskOf);
  const utilities = utilityMatrix(table, objective);
  let learned = 0;
  for (let f = 0; f < judgedFolds; f++) {
    const learn = rows.filter(
      (row, i) => fold[i] !== f && (share === 1 || uniformHash(table.queries[row]!.query, seed + 1) < share),
    );
    const held = Array.from(judged).filter((i) => fold[i] === f);
    if (learn.length === 0) continue;
    learned += learn.length;
    const policy = policyFrom(table, learn, { objective, catalogue: data.catalogue });
    const best = table.models.indexOf(policy.fallback);
    const byTask = taskLookup(utilities, tasks, learn);
    for (const i of held) {
      const known = byTask.get(tasks[rows[i]!]!) ?? -1;
      choices.bestSingle[placeOf.get(i)!] = best;
      choices.lookup[placeOf.get(i)!] = known < 0 ? best : known;
    }
    if (!vectors || !choices.knn) continue;
    const stage = `neighbours at ${100 * share} %, fold ${f + 1}`;
    const params = { k: Math.max(1, Math.min(NEIGHBOURS, Math.floor(Math.sqrt(learn.length)))) };
    const learning = { table, features: vectors, groups: data.groups };
    const { fitted } = await fitRouter({ name: 'knn', params }, learning, learn, { seed, stage }, context);
    const scores = await fitted.score({
      features: takeRows(
        vectors,
        held.map((i) => rows[i]!),
      ),
    });
    held.forEach((i, h) => {
      choices.knn![placeOf.get(i)!] = choose(table, rows[i]!, rowOf(scores, h), { ...policy, scale: fitted.scale });
    });
  }
  return { share, learned: Math.round(learned / judgedFolds), ...choices };
}

function empty(rows: Int32Array): Int32Array {
  return new Int32Array(rows.length).fill(-1);
}
