// From one row of scores to one model: the objective, masks, ties and fallbacks of all routers, applied once and here.
import type { ModelStats } from '../artifacts/manifest.js';
import { type Calibrator, calibrated } from '../math/calibrator.js';
import { type Objective, utility } from '../math/utility.js';
import { byThresholds } from './decide-thresholds.js';
import type { Scale } from './router.js';

export interface DecisionPolicy {
  /** Column order of the scores. */
  readonly models: readonly string[];
  /** Train means per model, in the same order. */
  readonly stats: readonly ModelStats[];
  readonly scale: Scale;
  readonly objective: Objective;
  /** Only these; default all. */
  readonly candidates?: ReadonlySet<string>;
  /** Dollars expected per query. */
  readonly maxCost?: number;
  /** By model; of decisions only those by thresholds depend on them. */
  readonly calibrators?: Readonly<Record<string, Calibrator>> | undefined;
  /** By model, in [0, 1]: the cheapest that reaches its own is chosen, whatever the objective; default: the objective decides. */
  readonly thresholds?: Readonly<Record<string, number>>;
  /** Asked when nothing is left; default the best single model of train. */
  readonly fallback: string;
}

/** What is known of the query besides its scores. */
export interface QueryFacts {
  /** Tokens of the prompt, for its expected cost; null = the model's mean cost on train counts. */
  readonly inputTokens: number | null;
}

export type MaskReason = 'not_a_candidate' | 'over_max_cost';
export type DecisionReason =
  | 'highest_utility'
  | 'only_candidate'
  | 'budget'
  | 'cheapest_qualified'
  | 'threshold_fallback';

export interface RankedModel {
  readonly model: string;
  /** As the router scored it, on its own scale. */
  readonly score: number;
  /** ŝ in [0, 1]. */
  readonly expectedQuality: number;
  /** That its answer is right, where training calibrated the router. */
  readonly probability?: number;
  readonly utility: number;
  /** Dollars; null = unknown. */
  readonly expectedCost: number | null;
  /** Milliseconds; null = unknown. */
  readonly expectedLatency: number | null;
}

export interface Decision {
  readonly model: string;
  /** Eligible models, best first. */
  readonly ranking: readonly RankedModel[];
  readonly masked: Readonly<Record<string, MaskReason>>;
  readonly reason: DecisionReason;
  /** true: no model was eligible and the fallback answers, or none reached its threshold. */
  readonly fallback: boolean;
  /** ŝ of the chosen minus ŝ of the runner-up, clipped to [0, 1]; 1 for a single candidate. */
  readonly confidence: number;
}

/** Utilities nearer than this count as equal: then the cheaper model, then the first name in code-point order. */
const TIE = 1e-9;

/**
 * u[m] = w_q·ŝ[m] + w_l/(1 + t_m/latencyScale) + w_c/(1 + ĉ_m/costScale); the largest eligible wins.
 * @param scores [M], the router's scores of one query
 */
export function decide(scores: ArrayLike<number>, facts: QueryFacts, policy: DecisionPolicy): Decision {
  const expected = expectedQualities(scores, policy.scale);
  const masked: Record<string, MaskReason> = {};
  const ranking: RankedModel[] = [];
  policy.models.forEach((model, m) => {
    const stats = policy.stats[m]!;
    const cost = expectedCost(stats, facts.inputTokens);
    const reason = maskReason(model, cost, policy);
    if (reason) {
      masked[model] = reason;
      return;
    }
    ranking.push({
      model,
      score: scores[m]!,
      expectedQuality: expected[m]!,
      ...probabilityOf(expected[m]!, policy.calibrators?.[model]),
      utility: policy.scale === 'utility' ? scores[m]! : utility(expected[m]!, stats.latency, cost, policy.objective),
      expectedCost: cost,
      expectedLatency: stats.latency,
    });
  });
  const chosen = ordered(ranking, policy);
  const [first, second] = chosen.ranking;
  return {
    model: first?.model ?? policy.fallback,
    ...chosen,
    masked,
    fallback: first === undefined || chosen.reason === 'threshold_fallback',
    confidence:
      first && second ? Math.min(1, Math.max(0, first.expectedQuality - second.expectedQuality)) : first ? 1 : 0,
  };
}

function ordered(eligible: readonly RankedModel[], policy: DecisionPolicy): Pick<Decision, 'ranking' | 'reason'> {
  if (policy.thresholds && eligible.length > 1) return byThresholds(eligible, policy.thresholds);
  const reason = eligible.length === 0 ? 'budget' : eligible.length === 1 ? 'only_candidate' : 'highest_utility';
  return { ranking: [...eligible].sort(byUtility), reason };
}

/**
 * ŝ [M]: the scores themselves, or for logits the win rate mean over j ≠ m of σ(S_m − S_j) (it keeps the order); one model: ½.
 */
export function expectedQualities(scores: ArrayLike<number>, scale: Scale): Float64Array {
  const expected = Float64Array.from(scores);
  if (scale !== 'logit') return expected;
  const models = scores.length;
  if (models === 1) return expected.fill(0.5);
  for (let m = 0; m < models; m++) {
    let wins = -0.5; // the model against itself
    for (let j = 0; j < models; j++) wins += 1 / (1 + Math.exp(scores[j]! - scores[m]!));
    expected[m] = wins / (models - 1);
  }
  return expected;
}

/** Dollars: price × (this query's input tokens + the model's mean output tokens), else the model's mean on train, else null. */
export function expectedCost(stats: ModelStats, inputTokens: number | null): number | null {
  if (inputTokens === null || stats.inputPrice === null || stats.outputPrice === null || stats.outputTokens === null) {
    return stats.cost;
  }
  return (inputTokens * stats.inputPrice + stats.outputTokens * stats.outputPrice) / 1e6;
}

function probabilityOf(expected: number, calibrator: Calibrator | undefined): { probability?: number } {
  return calibrator ? { probability: calibrated(expected, calibrator) } : {};
}

function maskReason(model: string, cost: number | null, policy: DecisionPolicy): MaskReason | undefined {
  if (policy.candidates && !policy.candidates.has(model)) return 'not_a_candidate';
  if (policy.maxCost !== undefined && cost !== null && cost > policy.maxCost) return 'over_max_cost';
  return undefined;
}

function byUtility(a: RankedModel, b: RankedModel): number {
  if (Math.abs(a.utility - b.utility) > TIE) return b.utility - a.utility;
  const costs = (a.expectedCost ?? Number.POSITIVE_INFINITY) - (b.expectedCost ?? Number.POSITIVE_INFINITY);
  if (costs !== 0 && !Number.isNaN(costs)) return costs;
  return a.model < b.model ? -1 : 1;
}
