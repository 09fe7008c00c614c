// vsr.report/1: every number that analyze knows, as plain JSON values (NaN never: unknown is null).
import type { CellAudit } from '../data/cell-audit.js';
import type { Interval } from './bootstrap.js';
import type { RouterCalibration } from './calibration-report.js';
import type { WinTieLoss } from './choice-metrics.js';
import type { CostPlane } from './cost-plane.js';
import type { DecisionReport } from './largest-regrets.js';
import type { LatencyReport } from './latency.js';
import type { CurveStep } from './learning-curve.js';
import type { PeopleReport } from './people-evaluation.js';
import type { Ranking } from './ranking.js';
import type { Routability } from './routability.js';
import type { RouterMeasures } from './router-measures.js';
import type { Recommendation } from './settings.js';
import type { ReportSetup } from './setup.js';
import type { TrainingNoise } from './training-noise.js';
import type { Verdict } from './verdict.js';

export const REPORT_SCHEMA = 'vsr.report/1';

export interface Report {
  readonly schema: typeof REPORT_SCHEMA;
  readonly verdict: Verdict;
  /** Sentences about what may be wrong: low coverage, a collapsed router, moved weights. */
  readonly warnings: readonly string[];
  readonly data: ReportData;
  readonly routability: Routability;
  /** Baselines, routers and bounds, in the order of the table. */
  readonly arms: readonly ArmReport[];
  /** Of the judged router, by name. */
  readonly tasks: readonly TaskReport[];
  /** One a router. */
  readonly routes: readonly RouteReport[];
  /** One a router: its ranking of models, and the measures of other evaluations. */
  readonly measures: readonly RouterMeasures[];
  /** The same of the models' learned means, one ranking for all queries. */
  readonly meanRanking: Ranking;
  /** Cost against quality, at every weight of cost; null where costs or the routers' scores are unknown. */
  readonly plane: CostPlane | null;
  /** Where a quality or a cost was asked for: the setting that reaches it. */
  readonly recommendation: Recommendation | null;
  /** One a router whose expected qualities are known. */
  readonly calibration: readonly RouterCalibration[];
  /** The judged router's largest regrets, at most 200. */
  readonly decisions: readonly DecisionReport[];
  /** Where people's votes were foretold out of fold: whether knowing the person pays. */
  readonly people?: PeopleReport;
  /** Where routers were fitted more than once: the spread of their figures over seeds. */
  readonly trainingNoise?: TrainingNoise;
  /** Simple routing learned from growing shares of train, judged on held-out rows. */
  readonly learningCurve?: { readonly label: string; readonly steps: readonly CurveStep[] };
  /** null where no latency is known. */
  readonly latency: LatencyReport | null;
  /** The artifact and the configuration; absent where there is none. */
  readonly setup?: ReportSetup;
  readonly method: ReportMethod;
}

export interface ReportData {
  /** What was judged: "held-out test", "5 folds". */
  readonly label: string;
  readonly queries: number;
  /** Separate ones: queries of the same text count once. */
  readonly groups: number;
  /** Rows that baselines were learned on; with folds those of the other folds, hence the same rows. */
  readonly learnedOn: number;
  readonly tasks: number;
  /** near: texts that nearly stand in an earlier split. */
  readonly leaks: { readonly count: number; readonly near: number; readonly excluded: boolean } | null;
  readonly cells: CellAudit | null;
  readonly models: readonly ModelData[];
}

export interface ModelData {
  readonly model: string;
  /** Present cells among the judged queries. */
  readonly n: number;
  readonly missingShare: number;
  readonly quality: number | null;
  readonly qualityInterval: Interval | null;
  /** Mean dollars per query. */
  readonly cost: number | null;
  /** Mean milliseconds. */
  readonly latency: number | null;
}

export type ArmKind = 'baseline' | 'router' | 'bound';

/** Means over the queries that the arm answered; ratios and comparisons over those that both sides answered. */
export interface ArmReport {
  readonly name: string;
  /** bound = unattainable: chosen with the outcomes in view. */
  readonly kind: ArmKind;
  /** The model, where it is one model for every query (with folds: in most of them). */
  readonly model: string | null;
  readonly n: number;
  readonly coverage: number;
  readonly utility: number | null;
  /** Micro: every query counts once. */
  readonly quality: number | null;
  readonly qualityInterval: Interval | null;
  /** Every task counts once. */
  readonly qualityMacro: number | null;
  /** Mean dollars per query. */
  readonly cost: number | null;
  /** Mean milliseconds. */
  readonly latency: number | null;
  /** In utility. */
  readonly regret: { readonly mean: number; readonly median: number; readonly p95: number } | null;
  /** Share of queries with one of their best models (in quality), and with the cheapest of them. */
  readonly hit: number | null;
  readonly hitStrict: number | null;
  readonly gainOverRandom: number | null;
  readonly gainOverRandomMacro: number | null;
  /** Over the best single model by quality. */
  readonly gainOverBest: number | null;
  readonly gainOverBestMacro: number | null;
  readonly gapToOracle: number | null;
  readonly headroomClosed: number | null;
  /** RouterArena's score; a good cheap model alone reaches about .7. */
  readonly arena: number | null;
  /** Against the best single model of train; null for the arms that are not compared. */
  readonly against: Comparison | null;
}

/** A difference of means with its bootstrap interval. */
export interface Estimate extends Interval {
  readonly delta: number;
}

export interface Comparison {
  /** Queries that both answered. */
  readonly n: number;
  readonly utility: Estimate;
  readonly quality: Estimate;
  /** Dollars per query; null where costs are unknown. */
  readonly cost: CostComparison | null;
  readonly winTieLoss: WinTieLoss;
  /** Two-sided bootstrap p of the utility difference, and with Holm's correction over the routers. */
  readonly p: number;
  readonly pHolm: number | null;
  /** Quality against a random mixture of models at the same cost; null without costs. */
  readonly zero: Estimate | null;
}

/** Mean dollars per query over the queries that both answered. */
export interface CostComparison extends Estimate {
  readonly own: number;
  readonly best: number;
  /** 1 − own/best; null where best is 0. */
  readonly saving: number | null;
}

export interface TaskReport {
  readonly task: string;
  readonly n: number;
  /** Mean qualities. */
  readonly bestSingle: number | null;
  readonly lookup: number | null;
  readonly router: number | null;
  readonly oracle: number | null;
  /** In utility, router minus best single. */
  readonly difference: Estimate | null;
}

export interface RouteReport {
  readonly router: string;
  readonly judged: boolean;
  readonly entropyBits: number;
  readonly collapsed: boolean;
  readonly models: readonly RouteShare[];
  /** [chosen][best]: queries by chosen model and by the cheapest of their best models. */
  readonly confusion: readonly (readonly number[])[];
}

export interface RouteShare {
  readonly model: string;
  readonly share: number;
  /** Mean quality of the queries sent there, and of the best single model on the same queries. */
  readonly quality: number | null;
  readonly bestSingleThere: number | null;
  /** Share of queries on which the model is the cheapest of the best. */
  readonly best: number;
}

export interface ReportMethod {
  readonly objective: {
    readonly quality: number;
    readonly latency: number;
    readonly cost: number;
    readonly latencyScaleMs: number;
    readonly costScale: number;
  };
  readonly minGain: number;
  readonly bootstrap: number;
  readonly confidence: number;
  readonly seed: number;
  /** How the numbers are made, sentence by sentence. */
  readonly sentences: readonly string[];
}
