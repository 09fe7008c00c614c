// What every number of the page means: one entry a term, reached by one click from wherever the term stands.
import { escapeHtml } from './escape.js';

/** Term → its name and its definition. */
const TERMS = {
  utility: [
    'utility',
    'What a choice is worth under the objective: quality, speed and cheapness, weighed as the Method section writes out. 1 is the most.',
  ],
  quality: [
    'quality',
    'Mean score of the chosen answers, 0 to 1; every query counts once. A missing answer leaves the query out.',
  ],
  'by-task': [
    'quality by task',
    'Mean of the means of the tasks: every task counts once, however many queries it has.',
  ],
  cost: ['cost', 'Mean US dollars of the chosen calls, per 1,000 queries.'],
  latency: ['latency', 'Milliseconds until the whole answer was there, of the chosen calls.'],
  regret: [
    'regret',
    'Utility of the best model of a query minus utility of the chosen one; the mean over queries. 0 = never wrong.',
  ],
  hit: ['hit', 'Share of queries sent to a model whose quality no other model beat; ties count.'],
  interval: [
    'interval',
    'Where the true mean lies with the stated confidence: percentiles of a paired bootstrap that draws groups of equal queries again and again.',
  ],
  points: ['points', 'Hundredths: +3.0 points in quality = 0.03 more.'],
  'best-single': [
    'best single model',
    'The one model that is best on the queries that baselines learn from. What a router must beat.',
  ],
  lookup: [
    'per-task lookup',
    'Always the model that was best on the task of the query, looked up by the name of the task.',
  ],
  zero: [
    'zero router',
    'Single models mixed at random along the upper hull of their mean cost and quality: what money alone buys, without looking at the query.',
  ],
  oracle: ['oracle', 'The best model of every query, chosen with the outcomes in view: out of reach, an upper bound.'],
  random: ['random', 'Every model equally often, as its expectation.'],
  headroom: [
    'headroom closed',
    '(router − best single) / (oracle − best single), in quality. 0 = no gain, 1 = perfect routing.',
  ],
  gain: ['gain', '(router − best single) / best single, in quality (Gain@B of LLMRouterBench, arXiv 2601.07206).'],
  aiq: [
    'AIQ',
    'Mean quality over the cost range that all single models span: the area under the non-decreasing hull of a router’s points, divided by the range (RouterBench, arXiv 2403.12031).',
  ],
  'cost-save': [
    'cost save',
    'How much less than the best single model a setting costs that is at least as good; – where no setting is.',
  ],
  'equal-cost': [
    'quality at equal cost',
    'The best quality of all settings that cost no more than the best single model.',
  ],
  pareto: [
    'on the frontier',
    'Share of a router’s settings that no other router or model beats in both cost and quality.',
  ],
  holm: [
    'p (Holm)',
    'Two-sided bootstrap p of the utility difference, corrected for the number of routers (Holm 1979).',
  ],
  'win-tie-loss': [
    'win, tie, loss',
    'Queries on which the router earned more, as much, or less utility than the best single model.',
  ],
  answered: ['answered', 'Share of the queries whose chosen model has an outcome.'],
  entropy: ['entropy', '−Σ p·log₂ p of the shares, in bits: 0 = always one model.'],
  ece: [
    'calibration error',
    'Expected calibration error: mean distance between the quality a router expects and the quality found, over ten bins. Below .05 its numbers can be read as probabilities.',
  ],
  cells: ['cell', 'What one model did with one query; here those that have a quality.'],
  bin: [
    'bin',
    'Cells whose expected quality lies in one tenth of 0 to 1: the mean they were expected to have, and the mean they were found to have.',
  ],
  setting: [
    'setting',
    'One way to run a router: λ, the quality that a dollar must be worth (0: cost is ignored; ∞: always the cheapest), or the threshold that a model’s chance must pass.',
  ],
  brier: ['Brier score', 'Mean squared difference of expected quality and outcome; smaller is better.'],
  'log-loss': ['log loss', 'Mean −(s·ln p + (1 − s)·ln(1 − p)); smaller is better.'],
  missing: ['missing', 'Share of calls without a score: failed, filtered out or not read. Never counted as wrong.'],
  'task-share': ['task share', 'How much of the headroom knowing the task alone closes.'],
  'unique-best': ['one best model', 'Queries on which exactly one model is best: only there the choice matters fully.'],
  pool: [
    'pool',
    'Models added one by one, each time the one that raises the oracle most: which models are worth having.',
  ],
  recall: ['recall@k', 'Share of queries with one of their best models among the k that the router scores highest.'],
  'recall-few': [
    'recall on few-best queries',
    'The same over queries on which one to three models are best: only there the choice matters.',
  ],
  'pair-auc': [
    'pairwise AUC',
    'Of all pairs of models that differ in quality on a query, the share in which the router scores the better one higher; equal scores count half. 0.5 = chance.',
  ],
  ndcg: [
    'NDCG@3',
    'Qualities of the three models scored highest, discounted by 1/log2(rank + 1), over the most they could come to.',
  ],
  tau: [
    'Kendall’s τ-b',
    'Agreement of the router’s order of the models with that of their qualities, −1 to 1; ties allowed for.',
  ],
  'macro-f1': [
    'macro F1',
    'F1, of precision and recall, of “was chosen” as a forecast of “is one of the best”, model by model, then the mean over models.',
  ],
  'v-b': [
    'V_B, V_R',
    'Quality over that of the best single model, as learned (V_B) and in hindsight (V_R); RouterEval.',
  ],
  arena: [
    'arena score',
    '1.1·A·C/(0.1·A + C) of accuracy A and a logarithmic cost term C (RouterArena, arXiv 2510.00202). A good cheap model alone reaches about .7.',
  ],
  optimality: [
    'opt. sel, cost, acc',
    'Where some model is right: share sent to the cheapest of the best, and what these would have cost over what was paid; and quality over the oracle’s (RouterArena).',
  ],
  apgr: [
    'APGR',
    'Mean share of the gap between a weak and a strong model that is recovered as more queries go to the strong one, by the router’s order; at random ½ (RouteLLM, arXiv 2406.18665).',
  ],
  cpt: [
    'CPT',
    'Share of queries that must go to the strong model to recover that percentage of the gap (RouteLLM); – never.',
  ],
  seeds: ['fits', 'How often the router was fitted, each time with another seed.'],
  nearest: [
    'nearest queries',
    'A plain nearest-neighbour router: the mean quality of the most similar queries learned from, 40 at most.',
  ],
  percentile: ['p50, p95, p99', 'Half, 95 % and 99 % of the answers took no longer (nearest rank).'],
  votes: ['accuracy on votes', 'Share of votes that are no ties whose winner was foretold; equal scores count half.'],
  'per-person': [
    'per person',
    'The same for every person, then their mean, 10th percentile and worst; and of how many people more, as much or less was foretold than by the ranking for everybody.',
  ],
  lead: ['lead', 'Accuracy minus that of the ranking for everybody, in points; the interval draws people anew.'],
  price: ['price', 'US dollars per million tokens, as the catalogue, the benchmark or the configuration says.'],
  locality: [
    'locality',
    'How much more alike the outcomes of near queries are than those of random pairs: near 0, neighbours and clusters can teach nothing.',
  ],
} as const satisfies Readonly<Record<string, readonly [string, string]>>;

export type Term = keyof typeof TERMS;

/** A word that links to its definition. */
export function defined(text: string, term: string): string {
  const known = TERMS[term as Term];
  if (!known) return escapeHtml(text);
  return `<a class="term" href="#term-${term}" title="${escapeHtml(known[1])}">${escapeHtml(text)}</a>`;
}

export function glossary(): string {
  const entries = Object.entries(TERMS)
    .sort(([, [a]], [, [b]]) => a.localeCompare(b, 'en'))
    .map(([term, [name, meaning]]) => `<dt id="term-${term}">${escapeHtml(name)}</dt><dd>${escapeHtml(meaning)}</dd>`);
  return `<dl class="glossary">\n${entries.join('\n')}\n</dl>`;
}
