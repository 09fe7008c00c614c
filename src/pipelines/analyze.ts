// analyze: artifacts and outcomes → the honest verdict, with every number behind it. The only reader of test rows.
import type { VsrConfig } from '../config/schema.js';
import { VsrError } from '../errors/vsr-error.js';
import { taskOf } from '../evaluation/baselines.js';
import { evaluateRouters } from '../evaluation/evaluate-routers.js';
import type { Report } from '../evaluation/report.js';
import type { Objective } from '../math/utility.js';
import { foldedChoices, heldOutChoices } from './analyze/choices.js';
import { partOf } from './analyze/part.js';
import type { PipelineContext } from './context.js';
import { reweighByFlags } from './learning/objective.js';
import { loadOutcomeData, type OutcomeData } from './learning/outcome-data.js';
import { rowsOf } from './train/rows.js';
import { readFolds } from './trained/fold-files.js';
import { openTrained, type Trained } from './trained/trained-router.js';

export interface AnalyzeResult {
  /** The first decides; any other stands beside it, with its own interval. */
  readonly reports: readonly [Report, ...Report[]];
}

/**
 * Judges on out-of-fold scores where training stored them, with the held-out test beside it; else on the held-out test.
 * Throws what opening the artifact and reading the outcomes throw, `VSR_DATA` if nothing is left to judge on.
 */
export async function analyze(config: VsrConfig, context: PipelineContext): Promise<AnalyzeResult> {
  const trained = await openTrained(config.analyze.artifacts, config.embedding, context);
  const { manifest } = trained.artifact;
  const split = {
    ratios: manifest.data.ratios,
    seed: manifest.seed,
    leakCheck: config.train.leakCheck,
    queryLimit: manifest.data.queryLimit,
    models: manifest.models,
  };
  const data = await loadOutcomeData(config, config.analyze.dataFile, split, context);
  if (data.sha256 !== manifest.data.sha256) {
    context.onWarning?.(
      `${data.path} is not the file that ${trained.artifact.path} was trained on (${manifest.data.file}, as it was then).`,
    );
  }
  const stats = manifest.models.map((model) => manifest.modelStats[model]!);
  const objective = reweighByFlags(manifest.objective, config.analyze, stats) ?? manifest.objective;
  const reports = [
    ...judgeFolds(config, trained, data, objective),
    ...(await judgeHeldOut(config, trained, data, objective, context)),
  ];
  const [first, ...beside] = reports;
  if (!first) {
    throw new VsrError('VSR_DATA', `${data.path}: no held-out query is left to judge on.`, {
      hint: 'Train with --folds 5, or benchmark more queries.',
    });
  }
  return { reports: [first, ...beside] };
}

function judgeFolds(config: VsrConfig, trained: Trained, data: OutcomeData, objective: Objective): Report[] {
  const asked = config.analyze.split;
  const folds = asked === undefined || asked === 'all' ? readFolds(trained.artifact) : undefined;
  if (!folds) {
    if (asked !== 'all') return [];
    throw new VsrError('VSR_USAGE', `${trained.artifact.path} stores no out-of-fold scores, which --split all needs.`, {
      hint: 'Train with --folds 5.',
    });
  }
  const scales = Object.fromEntries(
    Object.entries(trained.artifact.manifest.routers).map(([name, { scale }]) => [name, scale]),
  );
  const { rows, fold, routers } = foldedChoices(folds, scales, data, keeper(config, data), objective);
  if (rows.length === 0) return [];
  const judged = partOf(data.table, rows);
  return [
    evaluateRouters({
      train: judged,
      test: judged,
      testGroups: rows.map((row) => data.groups[row]!),
      folds: fold,
      objective,
      routers: routers.map(({ name, choices, scores, judged: chosenOnValidation }) => ({
        name,
        choices,
        scores,
        chosenOnValidation,
        ...(chosenOnValidation && { called: calledIn(name, trained) }),
      })),
      options: evaluationOptions(config, data, `out of fold, ${folds.selected.length} folds`),
    }),
  ];
}

async function judgeHeldOut(
  config: VsrConfig,
  trained: Trained,
  data: OutcomeData,
  objective: Objective,
  context: PipelineContext,
): Promise<Report[]> {
  const part = config.analyze.split === 'validation' ? 'validation' : 'test';
  const all = rowsOf(data);
  const rows = all[part].filter(keeper(config, data));
  if (rows.length === 0) return [];
  const routers = await heldOutChoices(trained, data, rows, objective, config.embedding.cacheDir, context);
  return [
    evaluateRouters({
      train: partOf(data.table, all.train),
      test: partOf(data.table, rows),
      testGroups: rows.map((row) => data.groups[row]!),
      objective,
      routers: routers.map(({ judged, ...router }) => ({ ...router, chosenOnValidation: judged })),
      options: evaluationOptions(config, data, part === 'test' ? 'held-out test' : 'validation'),
    }),
  ];
}

/** What to use where the folds say route: the artifact's own choice, made as each fold made its own. */
function calledIn(name: string, { artifact }: Trained): string {
  const { bestRouter } = artifact.manifest;
  return name === bestRouter ? name : `${bestRouter} (${name})`;
}

/** Which rows are judged: all but the excluded tasks. */
function keeper(config: VsrConfig, data: OutcomeData): (row: number) => boolean {
  const excluded = new Set(config.analyze.excludeTasks);
  return (row) => !excluded.has(taskOf(data.table.queries[row]!));
}

function evaluationOptions(config: VsrConfig, data: OutcomeData, label: string) {
  const { minGain, bootstrap, confidence } = config.analyze;
  return { minGain, bootstrap, confidence, seed: config.seed, leak: data.leaks, label };
}
