// Which models may answer a query at all, and who does where none may.
import type { ModelStats } from '../artifacts/manifest.js';

/** What a model can take, as its catalogue entry says; what nobody said is taken for granted. */
export interface ModelAbilities {
  readonly takesImages?: boolean | undefined;
  /** Tokens; null = unknown. */
  readonly contextWindow?: number | null | undefined;
}

/** What is known of the query besides its scores. */
export interface QueryFacts {
  /** Tokens of the prompt, for its expected cost and the models' windows; null = the model's mean cost on train counts. */
  readonly inputTokens: number | null;
  /** true: only models that see can answer it. */
  readonly hasImage?: boolean | undefined;
}

export interface Limits {
  /** Column order of the scores. */
  readonly models: readonly string[];
  /** Train means per model, in the same order. */
  readonly stats: readonly ModelStats[];
  /** In the same order; absent = nothing is known. */
  readonly abilities?: readonly ModelAbilities[] | undefined;
  /** Only these; default all. */
  readonly candidates?: ReadonlySet<string> | undefined;
  /** Models that joined with too few outcomes to be trusted: left out unless named among the candidates. */
  readonly coldStart?: ReadonlySet<string> | undefined;
  /** Dollars expected per query; a model of unknown cost is over it. */
  readonly maxCost?: number | undefined;
  /** Milliseconds expected per query; a model of unknown latency is over it. */
  readonly maxLatency?: number | undefined;
}

export type MaskReason =
  | 'not_a_candidate'
  | 'cold_start'
  | 'no_image_support'
  | 'too_long'
  | 'over_max_cost'
  | 'over_max_latency';

/** Of several reasons the first of this order. undefined: the model may answer. */
export function maskReason(m: number, facts: QueryFacts, limits: Limits): MaskReason | undefined {
  const model = limits.models[m]!;
  const { latency } = limits.stats[m]!;
  if (limits.candidates && !limits.candidates.has(model)) return 'not_a_candidate';
  if (limits.coldStart?.has(model) && !limits.candidates?.has(model)) return 'cold_start';
  const unable = unableTo(m, facts, limits);
  if (unable) return unable;
  const cost = expectedCost(limits.stats[m]!, facts.inputTokens);
  if (limits.maxCost !== undefined && !(cost !== null && cost <= limits.maxCost)) return 'over_max_cost';
  if (limits.maxLatency !== undefined && !(latency !== null && latency <= limits.maxLatency)) return 'over_max_latency';
  return undefined;
}

/** Why a model cannot take this query, whatever the limits. */
export function unableTo(
  m: number,
  { inputTokens, hasImage }: QueryFacts,
  { abilities }: Pick<Limits, 'abilities'>,
): 'no_image_support' | 'too_long' | undefined {
  const { takesImages, contextWindow } = abilities?.[m] ?? {};
  if (hasImage && takesImages === false) return 'no_image_support';
  return inputTokens !== null && contextWindow != null && inputTokens > contextWindow ? 'too_long' : undefined;
}

/** budget: the cheapest of those that only the limits of cost and latency keep out; default_model: not even one of these. */
export function lastResort(
  masked: Readonly<Record<string, MaskReason>>,
  facts: QueryFacts,
  { models, stats, fallback }: Limits & { readonly fallback: string },
): { readonly model: string; readonly reason: 'budget' | 'default_model' } {
  const overLimits = models.filter((model) => masked[model]?.startsWith('over_max_'));
  const costOf = (model: string) =>
    expectedCost(stats[models.indexOf(model)]!, facts.inputTokens) ?? Number.POSITIVE_INFINITY;
  const cheapest = overLimits.reduce<string | undefined>(
    (best, model) => (best === undefined || costOf(model) < costOf(best) ? model : best),
    undefined,
  );
  return cheapest === undefined ? { model: fallback, reason: 'default_model' } : { model: cheapest, reason: 'budget' };
}

/** Dollars: price × (this query's input tokens + the model's mean output tokens), else the model's mean on train, else null. */
export function expectedCost(stats: ModelStats, inputTokens: number | null): number | null {
  if (inputTokens === null || stats.inputPrice === null || stats.outputPrice === null || stats.outputTokens === null) {
    return stats.cost;
  }
  return (inputTokens * stats.inputPrice + stats.outputTokens * stats.outputPrice) / 1e6;
}
