// Plays recorded outcomes back: for each query and model, a text that scores exactly what that model scored.
import { type Completion, type CompletionRequest, type Provider, ProviderFailure } from '../provider.js';
import { playBack, type RecordedOutcome } from './play-back.js';

export type { RecordedOutcome } from './play-back.js';

export interface RecordedSource {
  /** What the model `alias` scored on the query, or undefined without a record. */
  readonly lookup: (queryId: string, alias: string) => RecordedOutcome | undefined;
}

/**
 * Deterministic and without network or clock: equal requests give equal replies. Tokens are counted on the texts
 * (characters / 4, flag `tokens_estimated`); latency is unknown, so null. Where no text can be built that scores the recorded
 * quality (code, and fractions no text reaches), the reply carries it as `recordedQuality`.
 * `complete` throws `ProviderFailure`: bad_request without a record, canceled after an abort.
 */
export function createRecordedProvider({ lookup }: RecordedSource): Provider {
  return {
    type: 'recorded',
    paid: false,
    complete: async (request) => {
      if (request.signal?.aborted) throw new ProviderFailure('canceled', 'Interrupted before the reply.', 0);
      const outcome = lookup(request.queryId, request.alias);
      if (outcome) return replyOf(request, outcome);
      throw new ProviderFailure(
        'bad_request',
        `No outcome of model ${request.alias} is recorded for query ${request.queryId}: the recorded provider can only repeat what its file holds.`,
        1,
      );
    },
  };
}

function replyOf(
  { queryId, alias, prompt, systemPrompt = '' }: CompletionRequest,
  outcome: RecordedOutcome,
): Completion {
  const text = playBack(outcome, `${queryId}\n${alias}`);
  return {
    text: text.text,
    finishReason: 'stop',
    inputTokens: estimatedTokens(systemPrompt) + estimatedTokens(prompt),
    outputTokens: estimatedTokens(text.text),
    latency: null,
    attempts: 1,
    flags: text.exact ? ['tokens_estimated'] : ['tokens_estimated', 'recorded'],
    ...(!text.exact && { recordedQuality: outcome.quality }),
  };
}

function estimatedTokens(text: string): number {
  return Math.ceil(text.length / 4);
}
