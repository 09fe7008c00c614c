// The five rules of the verdict, in order; the first that fits decides.
import type { Interval } from './bootstrap.js';
import type { CostComparison, Estimate } from './report.js';

export type VerdictKind = 'route' | 'do-not-route' | 'inconclusive';

/** Why: the number of the rule, and within rule 1 and 5 which of its reasons. */
export type VerdictRule =
  | 'leak'
  | 'coverage'
  | 'too-few-groups'
  | 'no-gain'
  | 'gain'
  | 'cheaper'
  | 'not-better-than-mixing'
  | 'undecided';

export interface VerdictInput {
  readonly router: string;
  /** What the sentence calls it: what to use where the answer is yes. */
  readonly called: string;
  /** The best single model of train. */
  readonly model: string;
  /** Where the queries come from: "held-out test", "5 folds". */
  readonly label: string;
  /** Queries that both the router and the model answered. */
  readonly n: number;
  readonly groups: number;
  /** Share of queries that the router answered. */
  readonly coverage: number;
  /** Leaking queries still among the judged ones. */
  readonly leaks: number;
  /** The least difference in utility worth having. */
  readonly minGain: number;
  /** Router minus best single model, in utility and in quality. */
  readonly utility: Estimate;
  /** The 95 % interval of the utility difference, whatever confidence is reported. */
  readonly utility95: Interval;
  readonly quality: Estimate;
  readonly cost: CostComparison | null;
  /** Quality against a random mixture of models at the same cost; null without costs. */
  readonly zero: Estimate | null;
  /** true: utility is quality alone. */
  readonly qualityAlone: boolean;
}

/** Separate queries below which nothing is concluded. */
export const LEAST_GROUPS = 30;
/** Share of the queries that a router must answer. */
export const LEAST_COVERAGE = 0.8;

export function firstRule(input: VerdictInput): { kind: VerdictKind; rule: VerdictRule } {
  const { utility, quality, cost, zero, minGain } = input;
  if (input.leaks > 0) return { kind: 'inconclusive', rule: 'leak' };
  if (input.coverage < LEAST_COVERAGE) return { kind: 'inconclusive', rule: 'coverage' };
  if (input.groups < LEAST_GROUPS) return { kind: 'inconclusive', rule: 'too-few-groups' };
  if (utility.high < minGain) return { kind: 'do-not-route', rule: 'no-gain' };
  const gains = utility.low > 0 && utility.delta >= minGain;
  const worseThanMixing = zero !== null && zero.high < 0;
  if (gains && !worseThanMixing) return { kind: 'route', rule: 'gain' };
  if (cost && cost.high < 0 && quality.low > -minGain) return { kind: 'route', rule: 'cheaper' };
  return { kind: 'inconclusive', rule: gains ? 'not-better-than-mixing' : 'undecided' };
}
