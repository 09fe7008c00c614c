// The choice by thresholds: the cheapest model that is likely enough to answer well, else the likeliest.

/** What of a ranked model the thresholds look at. */
export interface Qualifying {
  readonly model: string;
  /** ŝ in [0, 1]. */
  readonly expectedQuality: number;
  /** That its answer is right, where training calibrated the router: then this is compared. */
  readonly probability?: number;
  /** Dollars; null = unknown, which is dearer than any price. */
  readonly expectedCost: number | null;
}

export interface Qualified<R extends Qualifying> {
  /** The chosen first: all that qualify from cheap to dear, then the others from likely to unlikely. */
  readonly ranking: readonly R[];
  readonly reason: 'cheapest_qualified' | 'threshold_fallback';
}

/** Chances nearer than this count as equal: then the cheaper model, then the first name in code-point order. */
const TIE = 1e-9;

/**
 * A model qualifies where its chance reaches its threshold; one without a threshold never does, but may be the likeliest where none
 * qualifies. @param eligible not empty
 */
export function byThresholds<R extends Qualifying>(
  eligible: readonly R[],
  thresholds: Readonly<Record<string, number>>,
): Qualified<R> {
  const reaches = (one: R) => Object.hasOwn(thresholds, one.model) && chance(one) >= thresholds[one.model]!;
  const qualified = eligible.filter(reaches).sort(cheapestFirst);
  const others = eligible.filter((one) => !reaches(one)).sort(likeliestFirst);
  return {
    ranking: [...qualified, ...others],
    reason: qualified.length > 0 ? 'cheapest_qualified' : 'threshold_fallback',
  };
}

/** Of models that qualify: by cost, equal ones by chance, then by name. */
export function cheapestFirst(a: Qualifying, b: Qualifying): number {
  return byCost(a, b) || byChance(a, b) || byName(a, b);
}

/** Of models that do not: by chance, equal ones by cost, then by name. */
export function likeliestFirst(a: Qualifying, b: Qualifying): number {
  return byChance(a, b) || byCost(a, b) || byName(a, b);
}

function chance({ probability, expectedQuality }: Qualifying): number {
  return probability ?? expectedQuality;
}

function byChance(a: Qualifying, b: Qualifying): number {
  const difference = chance(b) - chance(a);
  return Math.abs(difference) > TIE ? difference : 0;
}

function byCost({ expectedCost: a }: Qualifying, { expectedCost: b }: Qualifying): number {
  if (a === b) return 0;
  return (a ?? Number.POSITIVE_INFINITY) - (b ?? Number.POSITIVE_INFINITY);
}

function byName(a: Qualifying, b: Qualifying): number {
  return a.model < b.model ? -1 : 1;
}
