// What a deployed router earned: its recorded decisions against outcomes that came later.
import type { OutcomeTable } from '../data/outcome-table.js';
import type { Objective } from '../math/utility.js';
import { groupNumbers } from './bootstrap.js';
import { chosenValues, presentMean, regrets } from './choice-metrics.js';
import { type BootstrapOptions, estimateAll } from './estimates.js';
import { type Arm, type Experiment, judgeExperiment } from './experiment.js';
import { orNull } from './or-null.js';
import type { Estimate } from './report.js';
import { utilityMatrix } from './utility-matrix.js';
import { LEAST_GROUPS } from './verdict-rules.js';
import { estimateText } from './verdict-sentence.js';

export const DEPLOYED_SCHEMA = 'vsr.deployed/1';

export interface Deployed {
  readonly schema: typeof DEPLOYED_SCHEMA;
  readonly verdict: {
    readonly kind: 'gain' | 'loss' | 'inconclusive' | 'no-counterfactual';
    readonly sentence: string;
  };
  readonly warnings: readonly string[];
  /** Decisions read, those whose query has outcomes, and those whose chosen cell is present. */
  readonly decisions: number;
  readonly matched: number;
  readonly answered: number;
  readonly earned: EarnedMeans;
  /** What the decisions expected of the models they chose, where they say so, over the answered ones. */
  readonly expected: { readonly quality: number | null; readonly cost: number | null };
  /** The router against the default model, where requests were drawn to them at random; null without an experiment. */
  readonly experiment: Experiment | null;
  /** The same queries sent to one model, over those whose cells for it exist; null where none does. */
  readonly counterfactual: {
    readonly model: string;
    /** true: chosen by looking at these outcomes, hence flattered. */
    readonly hindsight: boolean;
    readonly n: number;
    readonly utility: Estimate;
    readonly quality: Estimate;
    readonly cost: Estimate | null;
  } | null;
  /** Mean loss to the best known model, over queries with two cells or more. */
  readonly regret: { readonly n: number; readonly mean: number } | null;
  readonly models: readonly (EarnedMeans & {
    readonly model: string;
    readonly share: number;
    readonly answered: number;
  })[];
  readonly method: BootstrapOptions & { readonly objective: Objective };
}

export interface EarnedMeans {
  readonly utility: number | null;
  readonly quality: number | null;
  readonly cost: number | null;
  readonly latency: number | null;
}

export interface DeployedInput {
  /** [N] the matched queries. */
  readonly table: OutcomeTable;
  readonly groups: Int32Array;
  /** [N] column chosen; -1 = a model without a column. */
  readonly choices: Int32Array;
  /** [N] NaN = not said. */
  readonly expected: { readonly quality: Float64Array; readonly cost: Float64Array };
  /** The model that would have answered alone; null: the best in hindsight. */
  readonly reference: string | null;
  /** [N] the arm of an experiment, and what was drawn into it as one. */
  readonly arms: readonly (Arm | null)[];
  readonly units: readonly string[];
  /** [N] 1 = nobody answered, 1 = another model failed first; NaN = not known. */
  readonly unanswered: Float64Array;
  readonly fallback: Float64Array;
  readonly decisions: number;
  readonly objective: Objective;
  readonly warnings: readonly string[];
  readonly options: BootstrapOptions;
}

export function judgeDeployed(input: DeployedInput): Deployed {
  const { table, choices, objective, options } = input;
  const utilities = utilityMatrix(table, objective);
  const utility = chosenValues(utilities, choices);
  const known = utility.map((value) => (Number.isNaN(value) ? Number.NaN : 1));
  const answered = utility.reduce((n, value) => n + Number(!Number.isNaN(value)), 0);
  const only = (values: Float64Array) => values.map((value, i) => value * known[i]!);
  const counterfactual = counterfactualOf(input, utilities, utility);
  const [quality, cost, latency] = [table.quality, table.cost, table.latency].map((of) => chosenValues(of, choices));
  const { unanswered, fallback, arms, units } = input;
  const measures = { quality: quality!, cost: cost!, latency: latency!, unanswered, fallback };
  const experiment = judgeExperiment({ utility, measures, arms, units }, options);
  const several = regrets(utilities, utility).map((value, i) => (cellsOf(utilities, i) > 1 ? value : Number.NaN));
  const regretful = several.filter((value) => !Number.isNaN(value));
  return {
    schema: DEPLOYED_SCHEMA,
    verdict: verdictOn(counterfactual, experiment, answered, input, objective.quality >= 1),
    warnings: input.warnings,
    decisions: input.decisions,
    matched: table.queries.length,
    answered,
    earned: meansOf(table, utility, choices),
    expected: {
      quality: orNull(presentMean(only(input.expected.quality))),
      cost: orNull(presentMean(only(input.expected.cost))),
    },
    experiment,
    counterfactual,
    regret: regretful.length > 0 ? { n: regretful.length, mean: presentMean(regretful) } : null,
    models: table.models
      .map((model, m) => {
        const there = choices.map((chosen) => (chosen === m ? m : -1));
        const own = chosenValues(utilities, there);
        return {
          model,
          share: choices.filter((chosen) => chosen === m).length / Math.max(1, choices.length),
          answered: own.reduce((n, value) => n + Number(!Number.isNaN(value)), 0),
          ...meansOf(table, own, there),
        };
      })
      .filter((row) => row.share > 0),
    method: { objective: { ...objective }, ...options },
  };
}

function cellsOf({ data, cols }: { readonly data: Float64Array; readonly cols: number }, row: number): number {
  return data.subarray(row * cols, (row + 1) * cols).reduce((n, value) => n + Number(!Number.isNaN(value)), 0);
}

function meansOf(table: OutcomeTable, utility: Float64Array, choices: Int32Array): EarnedMeans {
  return {
    utility: orNull(presentMean(utility)),
    quality: orNull(presentMean(chosenValues(table.quality, choices))),
    cost: orNull(presentMean(chosenValues(table.cost, choices))),
    latency: orNull(presentMean(chosenValues(table.latency, choices))),
  };
}

/** Null where no query was answered by a second model. The reference where it was asked; in hindsight the model of the largest mean gain among those asked for at least half of the queries. */
function counterfactualOf(
  { table, groups, choices, reference, options }: DeployedInput,
  utilities: OutcomeTable['quality'],
  utility: Float64Array,
): Deployed['counterfactual'] {
  if (table.queries.every((_, row) => cellsOf(utilities, row) < 2)) return null;
  const alone = (m: number) => choices.map(() => m);
  const gainOf = (m: number) => chosenValues(utilities, alone(m)).map((value, i) => utility[i]! - value);
  const counted = (values: Float64Array) => values.reduce((n, value) => n + Number(!Number.isNaN(value)), 0);
  const named = reference === null ? -1 : table.models.indexOf(reference);
  const columns = table.models.map((_, m) => m).filter((m) => 2 * counted(gainOf(m)) >= table.queries.length);
  const best =
    columns.length === 0 ? -1 : columns.reduce((a, b) => (presentMean(gainOf(b)) < presentMean(gainOf(a)) ? b : a));
  const model = named >= 0 ? named : best;
  if (model < 0) return null;
  const gain = gainOf(model);
  const n = counted(gain);
  if (n === 0) return null;
  const minus = (column: OutcomeTable['quality']) => {
    const own = chosenValues(column, choices);
    return chosenValues(column, alone(model)).map((value, i) => (Number.isNaN(gain[i]) ? Number.NaN : own[i]! - value));
  };
  const [quality, cost] = [minus(table.quality), minus(table.cost)];
  const estimates = estimateAll([gain, quality, cost], groupNumbers(groups), options);
  return {
    model: table.models[model]!,
    hindsight: named < 0,
    n,
    utility: estimates.get(gain)!.estimate,
    quality: estimates.get(quality)!.estimate,
    cost: estimates.get(cost)?.estimate ?? null,
  };
}

function verdictOn(
  counterfactual: Deployed['counterfactual'],
  experiment: Experiment | null,
  answered: number,
  { groups, decisions }: DeployedInput,
  qualityAlone: boolean,
): Deployed['verdict'] {
  const scope = `${answered.toLocaleString('en-US')} of ${decisions.toLocaleString('en-US')} decisions have an outcome`;
  const inUtility = qualityAlone ? '' : ' in utility';
  if (experiment) {
    const { routed, default: standard, difference } = experiment;
    if (!difference) {
      const [a, b] = [routed, standard].map(({ requests }) => requests.toLocaleString('en-US'));
      return {
        kind: 'inconclusive',
        sentence: `Deployed: inconclusive, ${a} routed requests against ${b} of the default, drawn at random, but too few of their answers were rated (POST /v1/feedback) to tell which people liked better.`,
      };
    }
    const measured = `${estimateText(difference)}${inUtility}, ${routed.n.toLocaleString('en-US')} routed answers against ${standard.n.toLocaleString('en-US')} of the default, drawn at random; ${scope}`;
    return judged(difference, Math.min(routed.units, standard.units), measured);
  }
  if (!counterfactual) {
    return {
      kind: 'no-counterfactual',
      sentence: `Deployed: ${scope}; nobody asked another model the same queries, so that a gain cannot be told.`,
    };
  }
  const { model, hindsight, n, utility } = counterfactual;
  const measured = `${estimateText(utility)}${inUtility} against ${model} alone${hindsight ? ' (the best in hindsight)' : ''} on ${n.toLocaleString('en-US')} queries; ${scope}`;
  return judged(utility, new Set(groups).size, measured);
}

function judged({ low, high }: Estimate, independent: number, measured: string): Deployed['verdict'] {
  if (independent < LEAST_GROUPS)
    return { kind: 'inconclusive', sentence: `Deployed: inconclusive, ${measured}: too few to know.` };
  if (low > 0) return { kind: 'gain', sentence: `Deployed: routing paid, ${measured}.` };
  if (high < 0) return { kind: 'loss', sentence: `Deployed: routing lost, ${measured}.` };
  return { kind: 'inconclusive', sentence: `Deployed: inconclusive, ${measured}.` };
}
