// From one row of scores to one model: the objective, masks, ties and fallbacks of all routers, applied once and here.
import { type Calibrator, calibrated } from '../math/calibrator.js';
import { type Objective, utility } from '../math/utility.js';
import { expectedCost, type Limits, lastResort, type MaskReason, maskReason, type QueryFacts } from './decide-masks.js';
import { byThresholds } from './decide-thresholds.js';
import type { Scale } from './router.js';

export type { MaskReason, QueryFacts } from './decide-masks.js';
export { expectedCost } from './decide-masks.js';

export interface DecisionPolicy extends Limits {
  readonly scale: Scale;
  readonly objective: Objective;
  /** By model; of decisions only those by thresholds depend on them. */
  readonly calibrators?: Readonly<Record<string, Calibrator>> | undefined;
  /** By model, in [0, 1]: the cheapest that reaches its own is chosen, whatever the objective; default: the objective decides. */
  readonly thresholds?: Readonly<Record<string, number>> | undefined;
  /** Asked when no model may answer; default the best single model of train. */
  readonly fallback: string;
}

export type DecisionReason =
  | 'highest_utility'
  | 'only_candidate'
  | 'budget'
  | 'default_model'
  | 'embedding_unavailable'
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
  /** true: no model was eligible and another answers, none reached its threshold, or nothing is known of the query. */
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
  const { masked, eligible } = eligibleModels(facts, policy);
  if (eligible.length === 0) return resorted(masked, facts, policy);
  const ranking = eligible.map((m): RankedModel => {
    const [model, stats] = [policy.models[m]!, policy.stats[m]!];
    const cost = expectedCost(stats, facts.inputTokens);
    return {
      model,
      score: scores[m]!,
      expectedQuality: expected[m]!,
      ...probabilityOf(expected[m]!, policy.calibrators?.[model]),
      utility: policy.scale === 'utility' ? scores[m]! : utility(expected[m]!, stats.latency, cost, policy.objective),
      expectedCost: cost,
      expectedLatency: stats.latency,
    };
  });
  const chosen = ordered(ranking, policy);
  const [first, second] = chosen.ranking as [RankedModel, RankedModel?];
  return {
    model: first.model,
    ...chosen,
    masked,
    fallback: chosen.reason === 'threshold_fallback',
    confidence: second ? Math.min(1, Math.max(0, first.expectedQuality - second.expectedQuality)) : 1,
  };
}

/** Where there are no scores: the fallback if it may answer, else of those that may the best on train's average. */
export function decideWithoutScores(facts: QueryFacts, policy: DecisionPolicy): Decision {
  const { masked, eligible } = eligibleModels(facts, policy);
  if (eligible.length === 0) return resorted(masked, facts, policy);
  const best = eligible.reduce((a, b) => (policy.stats[b]!.quality > policy.stats[a]!.quality ? b : a));
  const able = eligible.some((m) => policy.models[m] === policy.fallback);
  return {
    model: able ? policy.fallback : policy.models[best]!,
    ranking: [],
    masked,
    reason: 'embedding_unavailable',
    fallback: true,
    confidence: 0,
  };
}

/** Columns that may answer, and why the others may not. */
function eligibleModels(facts: QueryFacts, policy: DecisionPolicy) {
  const masked: Record<string, MaskReason> = {};
  const eligible: number[] = [];
  policy.models.forEach((model, m) => {
    const reason = maskReason(m, facts, policy);
    if (reason) masked[model] = reason;
    else eligible.push(m);
  });
  return { masked, eligible };
}

function resorted(masked: Readonly<Record<string, MaskReason>>, facts: QueryFacts, policy: DecisionPolicy): Decision {
  return { ...lastResort(masked, facts, policy), ranking: [], masked, fallback: true, confidence: 0 };
}

function ordered(eligible: readonly RankedModel[], policy: DecisionPolicy): Pick<Decision, 'ranking' | 'reason'> {
  if (policy.thresholds && eligible.length > 1) return byThresholds(eligible, policy.thresholds);
  const reason = eligible.length === 1 ? 'only_candidate' : 'highest_utility';
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

function probabilityOf(expected: number, calibrator: Calibrator | undefined): { probability?: number } {
  return calibrator ? { probability: calibrated(expected, calibrator) } : {};
}

function byUtility(a: RankedModel, b: RankedModel): number {
  if (Math.abs(a.utility - b.utility) > TIE) return b.utility - a.utility;
  const costs = (a.expectedCost ?? Number.POSITIVE_INFINITY) - (b.expectedCost ?? Number.POSITIVE_INFINITY);
  if (costs !== 0 && !Number.isNaN(costs)) return costs;
  return a.model < b.model ? -1 : 1;
}
