// The one objective: quality, latency and cost weighed into a utility. decide.ts and evaluation/ both use this formula.

/** Weights sum to 1. */
export interface ObjectiveWeights {
  readonly quality: number;
  readonly latency: number;
  readonly cost: number;
}

export interface Objective extends ObjectiveWeights {
  /** Milliseconds at which the latency term is ½. */
  readonly latencyScaleMs: number;
  /** Dollars at which the cost term is ½: the median cost of the train cells. */
  readonly costScale: number;
}

export interface KnownTerms {
  readonly hasLatency: boolean;
  readonly hasCost: boolean;
}

/** Latency takes what quality and cost leave: (w, c) is short for (w, 1−w−c, c). */
export interface AskedWeights {
  readonly qualityWeight: number;
  readonly costWeight: number;
}

export interface MovedWeights {
  readonly weights: ObjectiveWeights;
  /** One sentence where a weight had to move because the data does not know its term. */
  readonly moved?: string;
}

/**
 * The asked-for weights, moved off the terms that the data does not know: latency's to cost, cost's to latency, and with
 * neither known all to quality.
 */
export function objectiveWeights(asked: AskedWeights, { hasLatency, hasCost }: KnownTerms): MovedWeights {
  const cost = Math.min(asked.costWeight, 1 - asked.qualityWeight);
  const latency = Math.max(0, 1 - asked.qualityWeight - cost);
  const quality = 1 - latency - cost;
  if (!hasLatency && !hasCost && latency + cost > 0) {
    return {
      weights: { quality: 1, latency: 0, cost: 0 },
      moved: 'The data knows neither latency nor cost: quality alone decides.',
    };
  }
  if (!hasLatency && latency > 0) {
    return {
      weights: { quality, latency: 0, cost: latency + cost },
      moved: `The data knows no latency: its weight of ${short(latency)} goes to cost.`,
    };
  }
  if (!hasCost && cost > 0) {
    return {
      weights: { quality, latency: latency + cost, cost: 0 },
      moved: `The data knows no cost: its weight of ${short(cost)} goes to latency.`,
    };
  }
  return { weights: { quality, latency, cost } };
}

/**
 * u = w_q·quality + w_l/(1 + latency/latencyScale) + w_c/(1 + cost/costScale).
 * An unknown latency (ms) or cost (dollars) counts as its scale, a term of ½: neither a gift nor a penalty.
 */
export function utility(quality: number, latency: number | null, cost: number | null, objective: Objective): number {
  return (
    objective.quality * quality +
    objective.latency / (1 + (latency === null ? 1 : latency / objective.latencyScaleMs)) +
    objective.cost / (1 + (cost === null ? 1 : cost / objective.costScale))
  );
}

function short(weight: number): string {
  return String(Math.round(weight * 100) / 100);
}
