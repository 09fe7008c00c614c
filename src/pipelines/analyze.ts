// analyze: artifacts and outcomes → the honest verdict, with every number behind it. The only reader of test rows.
import type { ModelStats } from '../artifacts/manifest.js';
import type { VsrConfig } from '../config/schema.js';
import { VsrError } from '../errors/vsr-error.js';
import { taskOf } from '../evaluation/baselines.js';
import { evaluateRouters } from '../evaluation/evaluate-routers.js';
import { MOST_NEIGHBOURS } from '../evaluation/neighbour-sample.js';
import type { Report } from '../evaluation/report.js';
import { takeRows } from '../math/matrix.js';
import { routersForPeople } from '../routers/registry.js';
import { DEFAULT_ARTIFACTS } from './analyze/artifacts.js';
import { foldedChoices, heldOutChoices } from './analyze/choices.js';
import { drawnRows, neighbourRows, placesIn } from './analyze/drawn-rows.js';
import { heldOutCurve } from './analyze/held-out-curve.js';
import { type Judged, openJudged } from './analyze/judged.js';
import { partOf } from './analyze/part.js';
import { seedsReport } from './analyze/seeds.js';
import { reportSetup } from './analyze/setup.js';
import type { PipelineContext } from './context.js';
import { embedRows } from './learning/embed-rows.js';
import { modelStats } from './learning/model-stats.js';
import type { OutcomeData } from './learning/outcome-data.js';
import { peopleReport } from './people/foretold-file.js';
import { rowsOf } from './train/rows.js';
import { readFolds } from './trained/fold-files.js';
import type { Trained } from './trained/trained-router.js';

export interface AnalyzeResult {
  /** The first decides; any other stands beside it, with its own interval. */
  readonly reports: readonly [Report, ...Report[]];
}

/**
 * Judges on out-of-fold scores where training stored them, with the held-out test beside it; else on the held-out test.
 * Throws what opening the artifact and reading the outcomes throw, `VSR_DATA` if nothing is left to judge on.
 */
export async function analyze(
  config: VsrConfig,
  context: PipelineContext,
  directory = config.analyze.artifacts?.[0] ?? DEFAULT_ARTIFACTS,
): Promise<AnalyzeResult> {
  const judged = await openJudged(config, context, directory);
  const folded = await judgeFolds(config, judged, context);
  const reports = [...folded, ...(await judgeHeldOut(config, judged, folded.length === 0, context))];
  const [first, ...beside] = reports;
  if (!first) {
    throw new VsrError('VSR_DATA', `${judged.data.path}: no held-out query is left to judge on.`, {
      hint: 'Train with --folds 5, or benchmark more queries.',
    });
  }
  const { bootstrap, confidence } = config.analyze;
  const people = peopleReport(judged.trained.artifact, { seed: config.seed, bootstrap, confidence });
  if (!people && (await knowsVoters(judged.trained))) context.onNotice?.(UNMEASURED);
  const rows = rowsOf(judged.data);
  const setup = await reportSetup(config, judged, rows.test.length > 1 ? rows.test : rows.train, context);
  // refits and shares of train are judged on held-out rows, wherever the verdict comes from
  const { trainingNoise, learningCurve } = reports.at(-1)!;
  const whole = {
    ...first,
    setup,
    ...(people && { people }),
    ...(trainingNoise && { trainingNoise }),
    ...(learningCurve && { learningCurve }),
  };
  return { reports: [whole, ...beside.map(({ trainingNoise: _, learningCurve: __, ...rest }) => rest)] };
}

const UNMEASURED =
  'Whether knowing the person pays was not measured: vsr train --folds 5 foretells every vote from those of other people.';

/** true: real people's votes were learned from, by a router that knows the person. */
async function knowsVoters({ artifact }: Trained): Promise<boolean> {
  const { people, routers } = artifact.manifest;
  if (!people || people.turns === 0 || people.simulated !== 'none') return false;
  return (await routersForPeople(Object.keys(routers))).size > 0;
}

async function judgeFolds(config: VsrConfig, judged: Judged, context: PipelineContext): Promise<Report[]> {
  const { trained, data, objective, byWeights } = judged;
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
  const { routers: entries } = trained.artifact.manifest;
  const { rows, fold, routers } = foldedChoices(folds, scales, data, keeper(config, data), objective, {
    entries,
    byWeights,
  });
  // a few of the queries may all stem from one fold, of which baselines could learn nothing
  if (new Set(fold).size < 2) return [];
  const part = partOf(data.table, rows);
  const vectorRows = drawnRows(Int32Array.from(rows.keys()), MOST_NEIGHBOURS, config.seed);
  const embedded = vectorRows.map((i) => rows[i]!);
  const vectors = await embedRows(trained.encoder, data.table, [embedded], config.embedding.cacheDir, context);
  return [
    evaluateRouters({
      train: part,
      test: part,
      vectors: takeRows(vectors, embedded),
      vectorRows,
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

/** @param first false: beside another report, which tells the locality of the same data */
async function judgeHeldOut(
  config: VsrConfig,
  judged: Judged,
  first: boolean,
  context: PipelineContext,
): Promise<Report[]> {
  const { trained, data, objective, byWeights } = judged;
  const part = config.analyze.split === 'validation' ? 'validation' : 'test';
  const all = rowsOf(data);
  const rows = all[part].filter(keeper(config, data));
  if (rows.length === 0) return [];
  const stats = expectedStats(config, judged);
  const label = part === 'test' ? 'held-out test' : 'validation';
  const routers = await heldOutChoices(
    trained,
    data,
    rows,
    { objective, stats, byWeights },
    config.embedding.cacheDir,
    context,
  );
  const near = neighbourRows(all.train, rows, config.seed);
  const seen = [near.learn, near.judge];
  const vectors = await embedRows(trained.encoder, data.table, seen, config.embedding.cacheDir, context);
  const report = evaluateRouters({
    train: partOf(data.table, all.train),
    test: partOf(data.table, rows),
    testGroups: rows.map((row) => data.groups[row]!),
    ...(first && { vectors: takeRows(vectors, near.learn), vectorRows: placesIn(all.train, near.learn) }),
    objective,
    routers: routers.map(({ judged: chosenOnValidation, ...router }) => ({ ...router, chosenOnValidation })),
    options: evaluationOptions(config, data, label),
  });
  const seeds = { rows, routers, bestSingle: report.verdict.model, label };
  const noise = await seedsReport(config, judged, seeds, context);
  const curve = await heldOutCurve(config, judged, { learn: all.train, judge: rows, vectors, near, label }, context);
  return [{ ...report, ...(curve && { learningCurve: curve }), ...(noise && { trainingNoise: noise }) }];
}

/** The artifact's own, unless other prices are asked for. */
function expectedStats(config: VsrConfig, { trained, data }: Judged): readonly ModelStats[] {
  const { models, modelStats: own } = trained.artifact.manifest;
  return config.analyze.prices === undefined
    ? models.map((model) => own[model]!)
    : modelStats(data.table, rowsOf(data).train, data.catalogue);
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
  const { minGain, bootstrap, confidence, targetQuality, maxCost } = config.analyze;
  const target = { quality: targetQuality, maxCost };
  return { minGain, bootstrap, confidence, seed: config.seed, leak: data.leaks, audit: data.audit, target, label };
}
