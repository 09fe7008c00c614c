// Makes the calls: each endpoint's slots take them in order, and a slot's next call starts when its last one is in the journal.
import { setMaxListeners } from 'node:events';
import type { VsrConfig } from '../../config/schema.js';
import type { OutcomeCell } from '../../data/outcome.js';
import { type Completion, type Provider, ProviderFailure } from '../../providers/provider.js';
import { hasAnswer } from '../../scoring/score-completion.js';
import type { Budget } from './budget.js';
import { cellOf, cellOfFailure } from './cell.js';
import { imageUrls } from './images.js';
import type { JournalEntry } from './journal.js';
import type { LateScoring } from './late-scoring.js';
import type { Endpoint } from './models.js';
import { type Call, routesFor } from './plan.js';
import type { Precision } from './precision.js';
import { spentOn } from './price.js';
import { createReportedPrices, reportsCost } from './reported-prices.js';
import { worstCost, worstTokens } from './worst-cost.js';

export interface CallRun {
  /** By endpoint name. */
  readonly providers: ReadonlyMap<string, Provider>;
  readonly scoring: VsrConfig['scoring'];
  readonly late: LateScoring;
  readonly budget: Budget;
  readonly precision: Precision;
  /** false: answers are scored and forgotten. */
  readonly storeAnswers: boolean;
  readonly seed: number;
  readonly signal: AbortSignal | undefined;
  /** Keeps a finished call; the slot goes on when it resolves. */
  readonly keep: (entry: JournalEntry) => Promise<void>;
  /** A call that will not be made by this run. */
  readonly leaveOut: (call: Call) => void;
}

/** Calls that were not made or not finished; they stand in no journal and are made by the next run. */
export type Unmade = ReadonlyMap<string, OutcomeCell>;

/** The flag of cells that were not asked for because the model is known well enough. */
export const ENOUGH = 'enough';

/** A model that says "no" so often in a row is asked no more; a recording only lacks an outcome here and there. */
const REFUSALS_BEFORE_STOP = 3;

/** Failed calls are results too; this throws only what `keep` throws, and bugs. */
export async function runCalls(calls: readonly Call[], run: CallRun): Promise<Unmade> {
  const unmade = new Map<string, OutcomeCell>();
  const refusals = new Map<string, number>();
  // A slot that cannot go on (a full disk, a bug) ends the calls of all the others.
  const stop = new AbortController();
  // Every call in flight listens to it.
  setMaxListeners(0, stop.signal);
  const abort = () => stop.abort();
  if (run.signal?.aborted) abort();
  run.signal?.addEventListener('abort', abort, { once: true });

  const leaveOut = (call: Call, cell: OutcomeCell) => {
    unmade.set(call.key, cell);
    run.leaveOut(call);
  };
  const reported = createReportedPrices();
  const worstOf = (call: Call): number => {
    if (call.model.price !== null || !reportsCost(call.model)) return worstCost(call, run.late) ?? 0;
    return reported.worst(call.model.alias, worstTokens(call)) + (run.late.worstCost(call) ?? 0);
  };
  const make = async (call: Call) => {
    const { alias } = call.model;
    const reason =
      (refusals.get(alias) ?? 0) >= REFUSALS_BEFORE_STOP
        ? { error: `${alias} refused ${REFUSALS_BEFORE_STOP} calls in a row and was asked no more` }
        : whyNot(call, run);
    if (reason) {
      leaveOut(call, { quality: null, status: 'skipped', ...reason });
      return;
    }
    const reservation = await run.budget.reserve(() => worstOf(call));
    if (reservation === null) {
      leaveOut(call, { quality: null, status: 'skipped', error: 'the budget of the run was reached' });
      return;
    }
    let spent = 0;
    try {
      if (stop.signal.aborted) return;
      const made = await ask(call, run, stop.signal);
      if ('unmade' in made) {
        leaveOut(call, made.unmade);
        return;
      }
      spent = made.spent;
      const { inputTokens, outputTokens } = made.completion ?? {};
      if (made.completion?.reportedCost !== undefined)
        reported.note(alias, made.completion.reportedCost, (inputTokens ?? 0) + (outputTokens ?? 0));
      const { status } = made.entry.cell;
      const refused = made.paid && (status === 'auth' || status === 'bad_request');
      refusals.set(alias, refused ? (refusals.get(alias) ?? 0) + 1 : 0);
      const entry = await keepScored(call, made, run, stop.signal);
      spent += entry.judge?.cost ?? 0;
      if (call.repeat === 0 && entry.cell.quality !== null) run.precision.note(alias, entry.cell.quality);
    } finally {
      reservation.settle(spent);
    }
  };
  const slot = async (queue: Iterator<Call>) => {
    for (let next = queue.next(); !next.done && !stop.signal.aborted; next = queue.next()) await make(next.value);
  };
  try {
    const slots = byEndpoint(calls).flatMap(({ endpoint, calls: own }) => {
      const queue = own[Symbol.iterator]();
      return Array.from({ length: Math.min(endpoint.concurrency, own.length) }, () => slot(queue));
    });
    const failed = (await Promise.allSettled(slots.map((running) => running.catch(rethrowAfter(abort))))).find(
      (settled) => settled.status === 'rejected',
    );
    if (failed) throw failed.reason;
    return unmade;
  } finally {
    run.signal?.removeEventListener('abort', abort);
  }
}

/** Why a call need not, or had better not, be made. */
function whyNot(call: Call, { precision, late }: CallRun): Partial<OutcomeCell> | undefined {
  if (precision.isEnough(call.model.alias)) return { flags: [ENOUGH] };
  if (call.question.scorer.name === 'judge' && late.judge?.isDead) {
    return { error: `the judge ${late.judge.model} refused and is asked no more` };
  }
  return undefined;
}

interface Made {
  readonly entry: JournalEntry;
  readonly completion?: Completion;
  readonly paid: boolean;
  /** US dollars; 0 where unknown. */
  readonly spent: number;
}

/** One call, at its next endpoint if one cannot be reached. */
async function ask(call: Call, run: CallRun, signal: AbortSignal): Promise<Made | { readonly unmade: OutcomeCell }> {
  const { question, model, key, repeat } = call;
  const { id } = question.query;
  const about = { key, id, model: model.alias, ...(repeat > 0 && { repeat }) };
  const images = await imageUrls(question.images);
  let failure: ProviderFailure | undefined;
  let paid = false;
  const routes = routesFor(call);
  // Each gives way to the next at once; when none could be reached, the first is tried again for as long as it takes.
  const tries = routes.length === 1 ? routes : [...routes, routes[0]!];
  for (const [i, { endpoint, model: name }] of tries.entries()) {
    const provider = run.providers.get(endpoint.name)!;
    paid = provider.paid;
    try {
      const completion = await provider.complete({
        queryId: id,
        alias: model.alias,
        model: name,
        prompt: question.prompt,
        ...(model.systemPrompt !== undefined && { systemPrompt: model.systemPrompt }),
        images,
        maxTokens: model.maxTokens,
        temperature: model.temperature,
        stream: model.stream,
        givesWay: i < tries.length - 1,
        // Another repeat is another draw.
        seed: run.seed + repeat,
        signal,
      });
      const { text, finishReason } = completion;
      const cell = cellOf(call, completion, run.scoring);
      const answers = [completion, ...(completion.retried ?? [])];
      const spent = answers.reduce((sum, answer) => sum + (spentOn(model.price, answer) ?? 0), 0);
      const response = run.storeAnswers && { response: { text, finishReason } };
      return { paid, completion, spent, entry: { ...about, cell, ...response } };
    } catch (error) {
      if (!(error instanceof ProviderFailure)) throw error;
      failure = error;
      if (error.status !== 'network') break;
    }
  }
  const cell = cellOfFailure(failure!, run.scoring);
  // Nothing was sent, or the end of it was not awaited: no call was finished.
  if ((failure!.attempts === 0 && failure!.status !== 'too_long') || failure!.status === 'canceled')
    return { unmade: cell };
  return { paid, spent: 0, entry: { ...about, cell } };
}

/** The answer is kept before it is run or judged: whatever happens then, it is not paid for again. */
async function keepScored(call: Call, made: Made, run: CallRun, signal: AbortSignal): Promise<JournalEntry> {
  const { entry, completion } = made;
  if (!completion || !hasAnswer(completion) || !run.late.scores(call.question)) {
    await run.keep(entry);
    return entry;
  }
  await run.keep(entry);
  const { found, judge, error } = await run.late.score(call, completion.text, signal);
  if (signal.aborted && found.quality === null) return entry;
  const cell = { ...cellOf(call, completion, run.scoring, found), ...(error !== undefined && { error }) };
  const scored = { ...entry, cell, ...(judge && { judge }) };
  await run.keep(scored);
  return scored;
}

/** Calls by the endpoint they start at, in their order; model by model where changing models means loading them. */
function byEndpoint(calls: readonly Call[]): { endpoint: Endpoint; calls: readonly Call[] }[] {
  const groups = new Map<string, { endpoint: Endpoint; calls: Call[] }>();
  for (const call of calls) {
    const { endpoint } = routesFor(call)[0]!;
    const group = groups.get(endpoint.name) ?? { endpoint, calls: [] };
    group.calls.push(call);
    groups.set(endpoint.name, group);
  }
  return [...groups.values()].map(({ endpoint, calls: own }) =>
    (endpoint.type as string) === 'ollama' ? { endpoint, calls: modelByModel(own) } : { endpoint, calls: own },
  );
}

function modelByModel(calls: readonly Call[]): Call[] {
  const groups = new Map<string, Call[]>();
  for (const call of calls) {
    const own = groups.get(call.model.alias);
    if (own) own.push(call);
    else groups.set(call.model.alias, [call]);
  }
  return [...groups.values()].flat();
}

function rethrowAfter(action: () => void) {
  return (error: unknown): never => {
    action();
    throw error;
  };
}
