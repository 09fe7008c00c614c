// Makes the calls: each endpoint's slots take them in order, and a slot's next call starts when its last one is in the journal.
import { setMaxListeners } from 'node:events';
import type { VsrConfig } from '../../config/schema.js';
import type { OutcomeCell } from '../../data/outcome.js';
import { type Provider, ProviderFailure } from '../../providers/provider.js';
import { cellOf, cellOfFailure } from './cell.js';
import type { JournalEntry } from './journal.js';
import type { Endpoint } from './models.js';
import { type Call, routesFor } from './plan.js';

export interface CallRun {
  /** By endpoint name. */
  readonly providers: ReadonlyMap<string, Provider>;
  readonly scoring: VsrConfig['scoring'];
  readonly seed: number;
  readonly signal: AbortSignal | undefined;
  /** Keeps a finished call; the slot goes on when it resolves. */
  readonly keep: (entry: JournalEntry) => Promise<void>;
}

/** Calls that were not made or not finished; they stand in no journal and are made by the next run. */
export type Unmade = ReadonlyMap<string, OutcomeCell>;

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

  const make = async (call: Call) => {
    const { alias } = call.model;
    if ((refusals.get(alias) ?? 0) >= REFUSALS_BEFORE_STOP) {
      const error = `${alias} refused ${REFUSALS_BEFORE_STOP} calls in a row and was asked no more`;
      unmade.set(call.key, { quality: null, status: 'skipped', error });
      return;
    }
    const made = await ask(call, run, stop.signal);
    if (!made.finished) {
      unmade.set(call.key, made.cell);
      return;
    }
    const { status } = made.entry.cell;
    const refused = made.paid && (status === 'auth' || status === 'bad_request');
    refusals.set(alias, refused ? (refusals.get(alias) ?? 0) + 1 : 0);
    await run.keep(made.entry);
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

type Made =
  | { readonly finished: true; readonly entry: JournalEntry; readonly paid: boolean }
  | { readonly finished: false; readonly cell: OutcomeCell };

/** One call, at its next endpoint if one cannot be reached. */
async function ask(call: Call, run: CallRun, signal: AbortSignal): Promise<Made> {
  const { question, model, key } = call;
  const { id, images } = question.query;
  const about = { key, id, model: model.alias };
  let failure: ProviderFailure | undefined;
  let paid = false;
  for (const { endpoint, model: name } of routesFor(call)) {
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
        seed: run.seed,
        signal,
      });
      const { text, finishReason } = completion;
      const cell = cellOf(call, completion, run.scoring);
      return { finished: true, paid, entry: { ...about, cell, response: { text, finishReason } } };
    } catch (error) {
      if (!(error instanceof ProviderFailure)) throw error;
      failure = error;
      if (error.status !== 'network') break;
    }
  }
  const cell = cellOfFailure(failure!);
  // Nothing was sent, or the end of it was not awaited: no call was finished.
  if (failure!.attempts === 0 || failure!.status === 'canceled') return { finished: false, cell };
  return { finished: true, paid, entry: { ...about, cell } };
}

/** Calls by the endpoint they start at, in their order. */
function byEndpoint(calls: readonly Call[]): { endpoint: Endpoint; calls: Call[] }[] {
  const groups = new Map<string, { endpoint: Endpoint; calls: Call[] }>();
  for (const call of calls) {
    const { endpoint } = routesFor(call)[0]!;
    const group = groups.get(endpoint.name) ?? { endpoint, calls: [] };
    group.calls.push(call);
    groups.set(endpoint.name, group);
  }
  return [...groups.values()];
}

function rethrowAfter(action: () => void) {
  return (error: unknown): never => {
    action();
    throw error;
  };
}
