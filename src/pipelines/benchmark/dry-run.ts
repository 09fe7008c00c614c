// What a run would take: calls, tokens, dollars and time, from the prompts and from what earlier calls took. Nothing is sent.
import { median } from '../../math/stats.js';
import type { JournalEntry } from './journal.js';
import type { AskedModel } from './models.js';
import { type Call, type Plan, routesFor } from './plan.js';
import { costOf } from './price.js';

export interface DryRun {
  readonly calls: number;
  readonly models: readonly ModelForecast[];
  /** US dollars; null if the price of a model that is called is unknown. */
  readonly expectedCost: number | null;
  /** US dollars, with every answer as long as max_tokens allows. */
  readonly worstCost: number | null;
  /** null where no earlier call tells how long one takes. */
  readonly seconds: number | null;
  /** Calls that earlier runs made. */
  readonly skipped: number;
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

export function forecast(plan: Plan, models: readonly AskedModel[]): DryRun {
  const usual = usualOutput(plan);
  const forecasts = models.map((model) =>
    modelForecast(
      model,
      plan.open.filter((call) => call.model === model),
      usual,
    ),
  );
  const called = forecasts.filter(({ calls }) => calls > 0);
  return {
    calls: plan.open.length,
    models: forecasts,
    expectedCost: sumOrNull(called.map(({ expectedCost }) => expectedCost)),
    worstCost: sumOrNull(called.map(({ worstCost }) => worstCost)),
    seconds: secondsFor(plan),
    skipped: plan.done.size,
  };
}

function modelForecast(model: AskedModel, calls: readonly Call[], usual: (call: Call) => number): ModelForecast {
  const extra = model.systemPrompt?.length ?? 0;
  const inputTokens = sum(calls.map(({ question }) => Math.ceil((question.prompt.length + extra) / 4)));
  const expectedOutputTokens = sum(calls.map((call) => Math.min(usual(call), model.maxTokens)));
  const worstOutputTokens = calls.length * model.maxTokens;
  const cost = (outputTokens: number) => costOf(model.price, { inputTokens, outputTokens });
  return {
    model: model.alias,
    calls: calls.length,
    inputTokens,
    expectedOutputTokens,
    worstOutputTokens,
    expectedCost: cost(expectedOutputTokens),
    worstCost: cost(worstOutputTokens),
    paid: model.routes.some(({ endpoint }) => endpoint.type !== 'recorded'),
  };
}

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
function secondsFor(plan: Plan): number | null {
  const latencies = earlierMedians(
    plan,
    ({ model }) => [model.alias],
    ({ cell }) => cell.latency,
  );
  const busy = new Map<string, number>();
  for (const call of plan.open) {
    const { endpoint } = routesFor(call)[0]!;
    const latency = latencies.get(call.model.alias);
    if (latency === undefined) return null;
    const each = (latency + (endpoint.rateLimitDelayMs ?? 0)) / endpoint.concurrency / 1000;
    busy.set(endpoint.name, (busy.get(endpoint.name) ?? 0) + each);
  }
  return Math.max(0, ...busy.values());
}

/** Medians over the calls that were made before, under each of a call's names. */
function earlierMedians(
  plan: Plan,
  names: (call: Call) => readonly string[],
  value: (entry: JournalEntry) => number | null | undefined,
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
