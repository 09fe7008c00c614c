// The whole judgement: routers and baselines on the same queries, intervals, and the verdict.
import type { CellAudit } from '../data/cell-audit.js';
import type { OutcomeTable } from '../data/outcome-table.js';
import { VsrError } from '../errors/vsr-error.js';
import type { Matrix } from '../math/matrix.js';
import type { Objective } from '../math/utility.js';
import { armReport } from './arm-report.js';
import { buildArms, zeroRouterArm } from './arms.js';
import { argMax, columnMeans, taskOf } from './baselines.js';
import { groupNumbers, holm } from './bootstrap.js';
import { calibrationReport } from './calibration-report.js';
import { checkEvaluation } from './check-evaluation.js';
import { comparison, differencesOf } from './comparison.js';
import { type CostPlane, costPlane } from './cost-plane.js';
import { estimateAll } from './estimates.js';
import { largestRegrets } from './largest-regrets.js';
import { latencyReport } from './latency.js';
import { type LearningPart, learningParts } from './learned-choices.js';
import { meanRanking } from './mean-ranking.js';
import { methodSentences } from './method.js';
import { modelData } from './model-data.js';
import { REPORT_SCHEMA, type Report } from './report.js';
import { routability } from './routability.js';
import { routeReport } from './route-report.js';
import { routerMeasures } from './router-measures.js';
import { allSettings, recommend, type Target } from './settings.js';
import { carriedBy, carryingTask, differencesByTask, taskReports } from './task-report.js';
import { utilityMatrix } from './utility-matrix.js';
import { judge } from './verdict.js';
import { reportWarnings } from './warnings.js';

/** Decisions that a report holds with their texts: enough to see patterns, few enough to carry. */
const REGRETS_SHOWN = 200;

/** A router's choices, made without a look at the outcomes of the rows it chose for. */
export interface JudgedRouter {
  readonly name: string;
  /** [N] model index per judged query; -1 = none. */
  readonly choices: Int32Array;
  /** The one that the verdict is about: it was chosen on validation. Without any, the first. */
  readonly chosenOnValidation: boolean;
  /** What it expected, where that is known: for the cost–quality plane and calibration. */
  readonly scores?: JudgedScores | undefined;
  /** What the verdict calls it, where the name does not say what to use ("kmeans, chosen per fold"); default the name. */
  readonly called?: string;
}

export interface JudgedScores {
  /** [N×M] expected qualities. */
  readonly expected: Matrix;
  /** [N×M] expected dollars; NaN = unknown. */
  readonly costs: Matrix<Float64Array>;
  /** [N×M] after calibration; absent: nobody calibrated. */
  readonly calibrated?: Matrix;
  /** false: the scores only rank (logits), so there is nothing to calibrate. */
  readonly areQualities: boolean;
  /** Where thresholds decide: what each setting of them chooses [N]. */
  readonly byThreshold?: readonly { readonly threshold: number | null; readonly choices: Int32Array }[];
}

export interface EvaluationInput {
  /** What baselines learn from; not read where `folds` is given. */
  readonly train?: OutcomeTable;
  readonly test: OutcomeTable;
  /** [N] queries with the same number are resampled together. */
  readonly testGroups: Int32Array;
  /** [N] fold of every test row: baselines for a row are then learned on the test rows of the other folds. */
  readonly folds?: Int32Array;
  readonly objective: Objective;
  readonly routers: readonly JudgedRouter[];
  readonly options: EvaluationOptions;
  /** [rows × D] embeddings of the rows that baselines learn from, or of `vectorRows` among them, for locality. */
  readonly vectors?: Matrix;
  readonly vectorRows?: Int32Array;
}

export interface EvaluationOptions {
  /** The least difference in utility worth having, as in 0.01. */
  readonly minGain: number;
  /** Number of resamples. */
  readonly bootstrap: number;
  /** Of the intervals, as in 0.95. */
  readonly confidence: number;
  readonly seed: number;
  /** Leaking queries found, whole and near ones, and whether they were dropped from the judged ones. */
  readonly leak?: { readonly count: number; readonly near?: number; readonly excluded: boolean };
  /** What is known of the cells of the whole data. */
  readonly audit?: CellAudit;
  /** A quality to reach, dollars per query not to pass. */
  readonly target?: Target;
  /** What the judged queries are; default "held-out test", or the number of folds. */
  readonly label?: string;
  /** Sentences of the caller that belong into the report: moved weights and the like. */
  readonly warnings?: readonly string[];
}

/**
 * Judges every router on the same queries as the baselines. Pure: same input, same report.
 * Throws `VSR_DATA` where tables, choices, groups or folds do not fit together, or nothing can be compared.
 */
export function evaluateRouters(input: EvaluationInput): Report {
  checkEvaluation(input);
  const { test, folds, objective, options } = input;
  const qualityAlone = objective.quality >= 1;
  const judged = { table: test, utilities: utilityMatrix(test, objective) };
  const learned = folds ? judged : { table: input.train!, utilities: utilityMatrix(input.train!, objective) };
  const parts = learningParts(learned, test.queries.length, folds);
  const tasks = test.queries.map(taskOf);
  const chosen = Math.max(
    0,
    input.routers.findIndex((router) => router.chosenOnValidation),
  );
  const arms = buildArms(input.routers, chosen, judged, parts, qualityAlone);

  const differences = new Map(
    arms.compared.map((arm) => [arm, differencesOf(arm, arms.bestSingle, zeroRouterArm(arm, parts, judged))]),
  );
  const router = arms.routers[chosen]!;
  const gain = differences.get(router)!.utility;
  const byTask = differencesByTask(gain, tasks);
  const carrying = carryingTask(gain, byTask);

  const groups = groupNumbers(input.testGroups);
  const vectors = [
    ...arms.list.map((arm) => arm.quality),
    ...[...differences.values()].flatMap(({ utility, quality, cost, zero }) => [utility, quality, cost, zero]),
    ...[...byTask.values()].map(({ values }) => values),
    carrying?.without,
  ];
  const estimates = estimateAll(
    vectors.filter((values) => values != null),
    groups,
    options,
    new Map([...byTask.values()].map(({ rows, values }) => [values, rows])),
  );

  const ps = arms.routers.map((arm) => estimates.get(differences.get(arm)!.utility)?.p ?? 1);
  const holmOf = new Map(holm(ps).map((p, k) => [arms.routers[k]!, p]));
  const comparisons = new Map(
    [...differences].map(([arm, d]) => [arm, comparison(arm, arms.bestSingle, d, estimates, holmOf.get(arm) ?? null)]),
  );
  const armReports = arms.list.map((arm) =>
    armReport(arm, comparisons.get(arm) ?? null, { arms, judged, tasks, estimates }),
  );
  const routes = arms.routers.map((arm) =>
    routeReport(arm, arm === router, arms.bestSingle, arms.oracle.choices!, judged),
  );
  const against = comparisons.get(router);
  if (!against) {
    throw new VsrError('VSR_DATA', `${router.name} and the best single model have no judged query in common.`, {
      hint: 'Run the benchmark again to fill missing cells.',
    });
  }
  const label = options.label ?? (folds ? `${new Set(folds).size} folds` : 'held-out test');
  const verdict = judge(
    {
      router: router.name,
      called: input.routers[chosen]!.called ?? router.name,
      model: armReports[arms.list.indexOf(arms.bestSingle)]!.model!,
      label,
      n: against.n,
      groups: groups.count,
      coverage: armReports[arms.list.indexOf(router)]!.coverage,
      leaks: options.leak && !options.leak.excluded ? options.leak.count : 0,
      minGain: options.minGain,
      utility: against.utility,
      utility95: estimates.get(differences.get(router)!.utility)!.at95,
      quality: against.quality,
      cost: against.cost,
      zero: against.zero,
      qualityAlone,
    },
    carriedBy(carrying, estimates),
  );
  const calibration = input.routers.flatMap(({ name, scores }) => {
    const report = scores?.areQualities ? calibrationReport(name, scores.expected, test, scores.calibrated) : null;
    return report ? [report] : [];
  });
  const judgedCalibration = calibration.find((one) => one.router === router.name);
  return {
    schema: REPORT_SCHEMA,
    verdict,
    warnings: [...(options.warnings ?? []), ...reportWarnings(armReports, routes, judgedCalibration)],
    data: {
      label,
      queries: test.queries.length,
      groups: groups.count,
      learnedOn: learned.table.queries.length,
      tasks: byTask.size,
      leaks: options.leak ? { near: 0, ...options.leak } : null,
      cells: options.audit ?? null,
      models: modelData(test),
    },
    routability: routability(learned.table, input.vectors ?? null, options.seed, input.vectorRows),
    arms: armReports,
    tasks: taskReports(arms, router, tasks, byTask, estimates),
    routes,
    measures: arms.routers.map((arm, r) =>
      routerMeasures({ arm, arms, judged, expected: input.routers[r]!.scores?.expected, learned: learned.table }),
    ),
    meanRanking: meanRanking(parts, judged.table),
    plane: planeOf(input, parts, judged.table, arms.oracle.choices!),
    recommendation: recommendationOf(input, judged.table),
    calibration,
    latency: latencyReport(judged.table, [arms.bestSingle, ...arms.routers]),
    decisions: largestRegrets(judged, router.choices!, tasks, input.routers[chosen]!.scores?.expected, REGRETS_SHOWN),
    method: {
      objective: { ...objective },
      minGain: options.minGain,
      bootstrap: options.bootstrap,
      confidence: options.confidence,
      seed: options.seed,
      sentences: methodSentences(objective, options, folds !== undefined),
    },
  };
}

function recommendationOf({ routers, objective, options }: EvaluationInput, judged: OutcomeTable) {
  const { target } = options;
  if (target?.quality === undefined && target?.maxCost === undefined) return null;
  const scored = routers.flatMap(({ name, scores }) => (scores ? [{ name, ...scores }] : []));
  return recommend(allSettings({ judged, costScale: objective.costScale, routers: scored }), target);
}

/** Means over all learning rows: with folds every row serves as one, each judged by the others. */
function planeOf(
  { routers }: EvaluationInput,
  parts: readonly LearningPart[],
  judged: OutcomeTable,
  oracle: Int32Array,
): CostPlane | null {
  const swept = routers.flatMap(({ name, scores }) => (scores ? [{ name, ...scores }] : []));
  const { table } = parts[0]!;
  const learned = { quality: columnMeans(table.quality), cost: columnMeans(table.cost) };
  return swept.length > 0
    ? costPlane({ judged, learned, bestSingle: argMax(learned.quality), oracle, routers: swept })
    : null;
}
