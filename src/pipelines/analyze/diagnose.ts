// analyze without artifacts: the outcomes alone, before any router is trained.
import type { VsrConfig } from '../../config/schema.js';
import type { OutcomeTable } from '../../data/outcome-table.js';
import { assignFolds } from '../../data/splits.js';
import { VsrError } from '../../errors/vsr-error.js';
import { taskOf } from '../../evaluation/baselines.js';
import { type Diagnosis, diagnose } from '../../evaluation/diagnosis.js';
import { modelData } from '../../evaluation/model-data.js';
import { type Matrix, takeRows } from '../../math/matrix.js';
import type { PipelineContext } from '../context.js';
import { embedForTraining } from '../learning/embed-for-training.js';
import { pinObjective } from '../learning/objective.js';
import { loadOutcomeData, type OutcomeData } from '../learning/outcome-data.js';
import { rowsToFold } from '../train/rows.js';
import { neighbourRows, placesIn, unitedRows } from './drawn-rows.js';
import { curveChoices } from './learning-curve.js';
import { partOf } from './part.js';

const FOLDS = 5;
/** Above this one fold in five is judged alone: enough rows, a fifth of the work. */
const MANY = 2000;

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
      `${data.path}: ${rows.length === 1 ? '1 query is' : `${rows.length} queries are`} too few to learn from some and judge on others.`,
      {
        hint: `Benchmark more queries; 30 are the least that say anything. Until then all that is known is the mean quality: ${meansOf(partOf(data.table, rows))}.`,
      },
    );
  }
  const asked = { ...config.objective, ...givenWeights(config) };
  const { objective, moved } = pinObjective({ ...config, objective: asked }, data.table, rows);
  if (moved) context.onWarning?.(moved);
  const groups = data.by === 'query' ? rows.map((row) => data.groups[row]!) : undefined;
  const fold = assignFolds(units, folds, config.seed, groups);
  const judgedFolds = rows.length > MANY ? 1 : folds;
  const judged = Int32Array.from(fold.keys()).filter((i) => fold[i]! < judgedFolds);
  const parts = Array.from({ length: judgedFolds }, (_, f) => ({
    learn: rows.filter((_, i) => fold[i] !== f),
    judge: rows.filter((_, i) => fold[i] === f),
  }));
  const judgedRows = judged.map((i) => rows[i]!);
  // many rows are cut in two, few stand on either side in turn
  const near =
    judgedFolds === 1 ? neighbourRows(parts[0]!.learn, parts[0]!.judge, config.seed) : { learn: rows, judge: rows };
  const embedded = unitedRows(near);
  const vectors = await vectorsOrNone(config, data, embedded, context);
  const curve = { parts, judged: judgedRows, vectors, embedded, objective, seed: config.seed };
  const steps = await curveChoices(data, curve, context);
  const { minGain, bootstrap, confidence } = config.analyze;
  return diagnose({
    table: partOf(data.table, rows),
    groups: rows.map((row) => data.groups[row]!),
    vectors: vectors && takeRows(vectors, embedded),
    vectorRows: placesIn(rows, embedded),
    objective,
    curve: { rows: judged, judged: partOf(data.table, judgedRows), steps },
    data: { path: data.path, cells: data.audit, leaks: data.leaks },
    options: { minGain, bootstrap, confidence, seed: config.seed },
  });
}

function meansOf(table: OutcomeTable): string {
  const known = modelData(table).flatMap(({ model, quality }) => (quality === null ? [] : [{ model, quality }]));
  return known
    .toSorted((a, b) => b.quality - a.quality)
    .map(({ model, quality }) => `${model} ${quality.toFixed(3)}`)
    .join(', ');
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
