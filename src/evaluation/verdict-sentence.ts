// The verdict in words: what to do on Monday, with the numbers that say so.
import type { Interval } from './bootstrap.js';
import { LEAST_COVERAGE, LEAST_GROUPS, type VerdictInput, type VerdictRule } from './verdict-rules.js';

/** Below this many separate queries a "do not route" says that more might teach the router more. */
const FEW_QUERIES = 300;

export function verdictSentence(
  input: VerdictInput,
  rule: VerdictRule,
  needed: number | null,
  saving: number | null,
): string {
  const { called: router, model } = input;
  const measured = `${estimateText(input.utility)}${input.qualityAlone ? '' : ' in utility'} on ${queriesText(input)}`;
  const meanwhile = `Until then send every query to ${model}.`;
  switch (rule) {
    case 'leak':
      return `Verdict: inconclusive, ${plural(input.leaks, 'judged query', 'judged queries')} also stand in the training rows: leave them out (--leak-check exclude) and train again. ${meanwhile}`;
    case 'coverage':
      return `Verdict: inconclusive, ${router} sent ${percent(1 - input.coverage)} of the queries to models whose outcome is missing (at most ${percent(1 - LEAST_COVERAGE)} may be): run the benchmark again to fill them. ${meanwhile}`;
    case 'too-few-groups':
      return `Verdict: inconclusive, ${measured}: too few to know${aboutNeeded(needed)} (${LEAST_GROUPS} separate queries are the least). ${meanwhile}`;
    case 'no-gain':
      return `Verdict: do not route, send every query to ${model}: ${router} changes that by ${measured}, and at least ${points(input.minGain)} would be worth having.${savingOfModel(input, saving)}${fewQueries(input)}`;
    case 'gain':
      return `Verdict: route with ${router}, ${measured} over ${model} alone${atCost(saving)}.`;
    case 'cheaper':
      return `Verdict: route with ${router} (saves ${percent(saving ?? 0)}): ${dollars(input.cost!.own)} instead of ${dollars(input.cost!.best)} per 1,000 queries, quality ${estimateText(input.quality)} against ${model} alone on ${queriesText(input)}.`;
    case 'not-better-than-mixing':
      return `Verdict: inconclusive, ${router} gains ${measured} over ${model} alone, yet models mixed at random at the same cost do better (${router} ${estimateText(input.zero!)} against them): mix or use ${model} until the router beats both.`;
    case 'undecided':
      return needed === null
        ? `Verdict: inconclusive, ${measured}: too near the ${points(input.minGain)} worth having (--min-gain) to call. ${meanwhile}`
        : `Verdict: inconclusive, ${measured}: too few to know${aboutNeeded(needed)}. ${meanwhile}`;
  }
}

/** "+1.8 points [-3.1, +6.7]" */
export function estimateText({ delta, low, high }: Interval & { readonly delta: number }): string {
  return `${signed(delta)} points [${signed(low)}, ${signed(high)}]`;
}

function queriesText({ n, label }: VerdictInput): string {
  return `${plural(n, 'query', 'queries')} (${label})`;
}

function aboutNeeded(needed: number | null): string {
  return needed === null ? '' : `; about ${needed.toLocaleString('en-US')} needed`;
}

function atCost(saving: number | null): string {
  if (saving === null || Math.abs(saving) < 0.005) return '';
  return saving > 0 ? `, and saves ${percent(saving)} of its cost` : `, for ${percent(-saving)} more cost`;
}

/** What is saved by not routing. */
function savingOfModel({ cost, called: router, model }: VerdictInput, saving: number | null): string {
  if (!cost || saving === null || Math.abs(saving) < 0.005) return '';
  if (saving > 0) return ` (${router} would cost ${percent(saving)} less.)`;
  return ` ${model} alone saves ${percent(1 - cost.best / cost.own)} of what ${router} costs (${dollars(cost.best)} instead of ${dollars(cost.own)} per 1,000 queries).`;
}

function fewQueries({ groups }: VerdictInput): string {
  return groups < FEW_QUERIES
    ? ` ${plural(groups, 'query is', 'queries are')} too few to know what a router trained on more would gain.`
    : '';
}

function plural(n: number, one: string, many: string): string {
  return `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`;
}

function points(gain: number): string {
  return `${signed(gain)} points`;
}

/** Of 1 as points of 100, one decimal; never "-0.0". */
function signed(value: number): string {
  const text = (100 * value).toFixed(1);
  if (Number(text) === 0) return '0.0';
  return value > 0 ? `+${text}` : text;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

/** Per query → per 1,000 queries. */
function dollars(perQuery: number): string {
  return `$${(1000 * perQuery).toPrecision(3)}`;
}
