// A language model that is only pretended: right as often as its settings say, in the form its scorer wants, at once and for nothing.
import {
  type Completion,
  type CompletionRequest,
  type FailureStatus,
  type Provider,
  ProviderFailure,
} from '../provider.js';
import { playBack, type RecordedOutcome } from '../recorded/play-back.js';
import type { SimulatedSettings } from './simulated-settings.js';

export interface SimulatedSource {
  /** What there is to know about a query, or undefined. */
  readonly lookup: (queryId: string) => SimulatedQuery | undefined;
  /** The recorded quality of the model's `from`, null where none is recorded. */
  readonly recorded: (queryId: string, alias: string) => number | null;
  /** The text of the model's `replay`. */
  readonly replayed: (queryId: string, alias: string) => string | undefined;
  /** A generator of its own for each name; the same name gives the same draws. */
  readonly random: (name: string) => { uniform(): number; normal(): number };
}

export type SimulatedQuery = Omit<RecordedOutcome, 'quality'> & { readonly category: string | null };

/** Spread of the output tokens: two thirds of the answers lie within a third of the median. */
const TOKEN_SIGMA = 0.3;

/**
 * `settings` by alias. From (seed, query, model, repeat) it draws failure, right or wrong, latency and tokens, in this order:
 * equal requests give equal replies. Nothing is waited for; latency and tokens are only reported.
 * `complete` throws `ProviderFailure`: a drawn failure, bad_request for a query or text that is not there, canceled after an abort.
 */
export function createSimulatedProvider(
  settings: ReadonlyMap<string, SimulatedSettings>,
  source: SimulatedSource,
): Provider {
  return {
    type: 'simulated',
    paid: false,
    complete: async (request) => {
      if (request.signal?.aborted) throw new ProviderFailure('canceled', 'Interrupted before the reply.', 0);
      const own = settings.get(request.alias);
      const query = source.lookup(request.queryId);
      if (!own || !query) {
        const what = own ? `query ${request.queryId}` : `model ${request.alias}`;
        throw new ProviderFailure('bad_request', `Nothing is known to simulate ${what} with.`, 1);
      }
      return simulate(request, own, query, source);
    },
  };
}

function simulate(
  request: CompletionRequest,
  own: SimulatedSettings,
  query: SimulatedQuery,
  source: SimulatedSource,
): Completion {
  const { queryId, alias, prompt, systemPrompt = '', seed = 0, repeat = 0 } = request;
  const name = JSON.stringify(['simulated', seed, queryId, alias, repeat]);
  const random = source.random(name);
  failNow(own.failures, random.uniform());
  const right = random.uniform() < probabilityOf(own, query, source.recorded(queryId, alias));
  const latency = own.latencyMs.median * Math.exp(own.latencyMs.sigma * random.normal());
  const drawnTokens = Math.round(own.outputTokens * Math.exp(TOKEN_SIGMA * random.normal()));
  const outputTokens = Math.min(request.maxTokens, Math.max(1, drawnTokens));
  const reply = {
    finishReason: 'stop',
    inputTokens: Math.ceil((systemPrompt.length + prompt.length) / 4),
    latency,
    attempts: 1,
  } as const;
  if (own.replay !== undefined) {
    const text = source.replayed(queryId, alias);
    if (text === undefined) {
      throw new ProviderFailure('bad_request', `${own.replay} holds no response of ${alias} to query ${queryId}.`, 1);
    }
    return { ...reply, text, outputTokens: Math.ceil(text.length / 4), flags: ['simulated', 'tokens_estimated'] };
  }
  const quality = right ? 1 : 0;
  const { text, exact } = playBack({ ...query, quality }, name);
  return { ...reply, text, outputTokens, flags: ['simulated'], ...(!exact && { recordedQuality: quality }) };
}

function probabilityOf({ skill = {}, from }: SimulatedSettings, { category }: SimulatedQuery, recorded: number | null) {
  if (from !== undefined && recorded !== null) return recorded;
  return skill[category ?? 'default'] ?? skill.default ?? 0.5;
}

function failNow(failures: SimulatedSettings['failures'], uniform: number): void {
  let left = uniform;
  for (const [status, probability] of Object.entries(failures)) {
    left -= probability;
    if (left < 0) throw new ProviderFailure(status as FailureStatus, `A simulated failure (${status}).`, 1);
  }
}
