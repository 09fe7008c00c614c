// A decision as a person reads it: the model, what is expected of it, the runner-up, and why.

/** What the text shows of a decision; a routed query has this shape. */
export interface ShownDecision {
  readonly userId: string | null;
  readonly router: string;
  /** What its scores are; default expected qualities. */
  readonly scale?: 'quality' | 'logit' | 'utility';
  readonly decision: {
    readonly model: string;
    readonly reason: string;
    readonly confidence: number;
    readonly ranking: readonly ShownModel[];
    readonly masked: Readonly<Record<string, string>>;
  };
  readonly explained?: ShownExplanation;
  /** The query has an image that the scores know nothing of. */
  readonly degraded?: 'image';
}

interface ShownModel {
  readonly model: string;
  readonly expectedQuality: number;
  /** Calibrated, where training did so. */
  readonly probability?: number;
  readonly utility: number;
  /** Dollars per query. */
  readonly expectedCost: number | null;
}

type ShownText = { readonly query: string };
type ShownExplanation =
  | { readonly kind: 'neighbours'; readonly neighbours: readonly (ShownText & { readonly similarity: number })[] }
  | {
      readonly kind: 'cluster';
      readonly cluster: number;
      readonly size: number;
      readonly examples: readonly ShownText[];
    }
  | {
      readonly kind: 'history';
      readonly turns: readonly (ShownText & {
        readonly ratings: Readonly<Record<string, number>>;
        readonly weight: number;
      })[];
    }
  | { readonly kind: 'none' };

const REASONS: Readonly<Record<string, string>> = {
  highest_utility: 'highest expected utility',
  global_prior: 'highest expected utility under the weights of the artifact, because this user is new',
  cheapest_qualified: 'the cheapest model that reaches its threshold',
  threshold_fallback: 'no model reaches its threshold, so the likeliest to answer well',
  only_candidate: 'the only candidate',
  budget: 'no candidate fits the limits, so the cheapest answers',
  default_model: 'no candidate can take this query, so the default model answers',
  embedding_unavailable: 'the query could not be embedded, so the default model answers',
};

/** A logit is shown as the mean chance to beat another model. */
const SCORE_NAMES = { quality: 'quality', logit: 'win rate', utility: 'score' } as const;

/** Width at which a query text is cut in the explanation. */
const TEXT_WIDTH = 88;

/** @param top how many models of the ranking are listed */
export function decisionText(shown: ShownDecision, top: number): string {
  const { decision, router, userId, scale = 'quality' } = shown;
  const name = Math.max(...decision.ranking.slice(0, top).map(({ model }) => model.length), decision.model.length);
  const who = userId === null ? '' : `, for user ${userId}`;
  const lines = [`${decision.model}`, `  why: ${REASONS[decision.reason] ?? decision.reason} (${router}${who})`];
  decision.ranking.slice(0, top).forEach((ranked, i) => {
    const cost =
      ranked.expectedCost === null ? 'cost unknown' : `$${significant(1000 * ranked.expectedCost)} per 1,000`;
    lines.push(
      `  ${String(i + 1).padStart(2)}. ${ranked.model.padEnd(name)}  ${SCORE_NAMES[scale]} ${ranked.expectedQuality.toFixed(3)}${ranked.probability === undefined ? '' : ` (calibrated ${ranked.probability.toFixed(3)})`}  ${cost}  utility ${ranked.utility.toFixed(3)}`,
    );
  });
  const masked = Object.entries(decision.masked);
  if (masked.length > 0) lines.push(`  left out: ${masked.map(([model, why]) => `${model} (${why})`).join(', ')}`);
  if (shown.degraded) lines.push('  its image could not be used: the text alone was scored');
  return [...lines, ...explanationLines(shown.explained)].join('\n');
}

function explanationLines(explained: ShownExplanation | undefined): string[] {
  if (explained === undefined) return [];
  if (explained.kind === 'none') return ['  this router has no examples to show'];
  if (explained.kind === 'cluster') {
    const head = `  cluster ${explained.cluster} of ${explained.size} training queries, nearest to its centre:`;
    return [head, ...explained.examples.map(({ query }) => `    ${oneLine(query)}`)];
  }
  if (explained.kind === 'history') {
    if (explained.turns.length === 0) return ['  this user has rated nothing yet: what holds for everybody decides'];
    return [
      '  own past turns that weighed most:',
      ...explained.turns.map(({ query, ratings, weight }) => {
        const said = Object.entries(ratings).map(([model, rating]) => `${model} ${signed(rating)}`);
        return `    ${weight.toFixed(3)}  ${said.join(', ')}: ${oneLine(query)}`;
      }),
    ];
  }
  return [
    '  nearest training queries (cosine):',
    ...explained.neighbours.map(({ query, similarity }) => `    ${similarity.toFixed(3)}  ${oneLine(query)}`),
  ];
}

function oneLine(text: string): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  return flat.length <= TEXT_WIDTH ? flat : `${flat.slice(0, TEXT_WIDTH - 1)}…`;
}

/** A rating in [−1, 1]. */
function signed(rating: number): string {
  return `${rating > 0 ? '+' : ''}${Number(rating.toFixed(2))}`;
}

function significant(dollars: number): string {
  return Number(dollars.toPrecision(2)).toString();
}
