// What a run would take: calls, tokens, dollars and time, from the prompts and from what earlier calls took. Nothing is sent.
import type { VsrConfig } from '../../config/schema.js';
import { median } from '../../math/stats.js';
import { answerPrompt } from '../../scoring/judge/judge-prompt.js';
import type { KeptCall } from './journal.js';
import type { AskedModel } from './models.js';
import { type Call, type Plan, routesFor } from './plan.js';
import type { Prepared } from './prepare.js';
import { costOf, estimatedTokens } from './price.js';

export interface DryRun {
  readonly calls: number;
  readonly models: readonly ModelForecast[];
  /** What judging the answers would add; null where nothing is judged. */
  readonly judge: ModelForecast | null;
  /** US dollars; null if the price of a model that is called is unknown. */
  readonly expectedCost: number | null;
  /** US dollars, with every answer as long as max_tokens allows. */
  readonly worstCost: number | null;
  /** Models (or the judge) that are called and whose price is unknown. */
  readonly unpriced: readonly string[];
  readonly seconds: number;
  /** With every answer as long as max_tokens allows. */
  readonly worstSeconds: number;
  /** true: no earlier call tells how long one takes, so `ASSUMED_TOKENS_PER_SECOND` is taken. */
  readonly secondsAssumed: boolean;
  /** Calls that earlier runs made. */
  readonly skipped: number;
  /** Calls that are not sent because their prompt is longer than the model's context window. */
  readonly tooLong: number;
  /** US dollars; null without --budget. */
  readonly budget: number | null;
}

export interface ModelForecast {
  readonly model: string;
  readonly calls: number;
  readonly inputTokens: number;
  readonly expectedOutputTokens: number;
  readonly worstOutputTokens: number;
  readonly expectedCost: number | null;
  readonly worstCost: number | null;
  /** false: played back, nothing is spent. */
  readonly paid: boolean;
}

/** Where nothing tells how long an answer is. */
const USUAL_OUTPUT_TOKENS = 256;
/** A verdict with one sentence of reason. */
const USUAL_VERDICT_TOKENS = 60;
/** Where nothing tells how fast a model writes. */
export const ASSUMED_TOKENS_PER_SECOND = 50;
const ASSUMED_START_SECONDS = 0.5;

export function forecast(plan: Plan, { models, judge }: Prepared, config: VsrConfig): DryRun {
  const usual = usualOutput(plan);
  const forecasts = models.map((model) =>
    modelForecast(
      model,
      plan.open.filter((call) => call.model === model),
      usual,
    ),
  );
  const judging = judge && judgeForecast(judge, plan, usual);
  const called = [...forecasts, ...(judging ? [judging] : [])].filter(({ calls }) => calls > 0);
  return {
    calls: plan.open.length,
    models: forecasts,
    judge: judging,
    expectedCost: sumOrNull(called.map(({ expectedCost }) => expectedCost)),
    worstCost: sumOrNull(called.map(({ worstCost }) => worstCost)),
    unpriced: called.filter(({ expectedCost }) => expectedCost === null).map(({ model }) => model),
    ...timeFor(plan, usual),
    skipped: plan.done.size,
    tooLong: plan.settled.size,
    budget: config.benchmark.budget ?? null,
  };
}

function modelForecast(model: AskedModel, calls: readonly Call[], usual: (call: Call) => number): ModelForecast {
  const inputTokens = sum(calls.map(({ question }) => estimatedTokens(model.systemPrompt, question.prompt)));
  const expectedOutputTokens = sum(calls.map((call) => Math.min(usual(call), model.maxTokens)));
  return priced(model, calls.length, inputTokens, expectedOutputTokens);
}

/** One verdict an answer; a second question because a reply could not be read is the exception. */
function judgeForecast(judge: AskedModel, plan: Plan, usual: (call: Call) => number): ModelForecast {
  const judged = plan.open.filter(({ question }) => question.scorer.name === 'judge');
  const inputTokens = sum(
    judged.map((call) => {
      const { query, groundTruth } = call.question.query;
      const prompt = answerPrompt({ query, reference: groundTruth, answer: '' });
      return estimatedTokens(judge.systemPrompt, prompt) + Math.min(usual(call), call.model.maxTokens);
    }),
  );
  return priced(judge, judged.length, inputTokens, judged.length * Math.min(USUAL_VERDICT_TOKENS, judge.maxTokens));
}

function priced(model: AskedModel, calls: number, inputTokens: number, expectedOutputTokens: number): ModelForecast {
  const worstOutputTokens = calls * model.maxTokens;
  const cost = (outputTokens: number) => costOf(model.price, { inputTokens, outputTokens });
  return {
    model: model.alias,
    calls,
    inputTokens,
    expectedOutputTokens,
    worstOutputTokens,
    expectedCost: cost(expectedOutputTokens),
    worstCost: cost(worstOutputTokens),
    paid: model.routes.some(({ endpoint }) => !FREE.has(endpoint.type)),
  };
}

/** Nothing is sent to these. */
const FREE: ReadonlySet<string> = new Set(['recorded', 'simulated']);

/** The median of the model's earlier answers to the same task, else to all tasks, else 256 tokens. */
function usualOutput(plan: Plan): (call: Call) => number {
  const names = ({ model, question }: Call) => [JSON.stringify([model.alias, question.query.taskName]), model.alias];
  const medians = earlierMedians(plan, names, ({ cell }) => cell.outputTokens);
  return (call) => {
    const known = names(call).find((name) => medians.has(name));
    return known === undefined ? USUAL_OUTPUT_TOKENS : medians.get(known)!;
  };
}

/** The endpoints work side by side: the slowest of them, each calls · (median latency + pause) / concurrency. */
function timeFor(plan: Plan, usual: (call: Call) => number) {
  const latencies = earlierMedians(
    plan,
    ({ model }) => [model.alias],
    ({ cell }) => cell.latency,
  );
  const busy = new Map<string, { usual: number; worst: number }>();
  let secondsAssumed = false;
  for (const call of plan.open) {
    const { endpoint } = routesFor(call)[0]!;
    if (FREE.has(endpoint.type)) continue;
    const { maxTokens, alias } = call.model;
    const known = latencies.get(alias);
    secondsAssumed ||= known === undefined;
    const tokens = Math.max(1, Math.min(usual(call), maxTokens));
    const seconds = known === undefined ? assumedSeconds(tokens) : known / 1000;
    const worst = known === undefined ? assumedSeconds(maxTokens) : (known / 1000) * (maxTokens / tokens);
    const pause = (endpoint.rateLimitDelayMs ?? 0) / 1000;
    const sofar = busy.get(endpoint.name) ?? { usual: 0, worst: 0 };
    sofar.usual += (seconds + pause) / endpoint.concurrency;
    sofar.worst += (worst + pause) / endpoint.concurrency;
    busy.set(endpoint.name, sofar);
  }
  return {
    seconds: Math.max(0, ...[...busy.values()].map((endpoint) => endpoint.usual)),
    worstSeconds: Math.max(0, ...[...busy.values()].map(({ worst }) => worst)),
    secondsAssumed,
  };
}

function assumedSeconds(tokens: number): number {
  return ASSUMED_START_SECONDS + tokens / ASSUMED_TOKENS_PER_SECOND;
}

/** Medians over the calls that were made before, under each of a call's names. */
function earlierMedians(
  plan: Plan,
  names: (call: Call) => readonly string[],
  value: (entry: KeptCall) => number | null | undefined,
): ReadonlyMap<string, number> {
  const values = new Map<string, number[]>();
  for (const call of plan.calls) {
    const entry = plan.done.get(call.key);
    const found = entry && value(entry);
    if (found === null || found === undefined) continue;
    for (const name of names(call)) {
      const list = values.get(name);
      if (list) list.push(found);
      else values.set(name, [found]);
    }
  }
  return new Map([...values].map(([name, list]) => [name, median(list)]));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function sumOrNull(values: readonly (number | null)[]): number | null {
  return values.every((value) => value !== null) ? sum(values) : null;
}
