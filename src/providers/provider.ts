// What every provider offers: one call to one language model.

export interface CompletionRequest {
  /** The query's id: recorded and simulated providers answer by it. */
  readonly queryId: string;
  /** The name our files use. */
  readonly alias: string;
  /** The name the server knows. */
  readonly model: string;
  readonly prompt: string;
  readonly systemPrompt?: string;
  /** Earlier turns of a dialogue, oldest first; they stand between system prompt and prompt. */
  readonly earlier?: readonly { readonly role: 'user' | 'assistant'; readonly text: string }[];
  /** URLs (https or data:), paths, or Base64. */
  readonly images: readonly string[];
  readonly maxTokens: number;
  readonly temperature: number;
  readonly seed?: number;
  /** The number of the repeat of this query, from 0: simulated models draw anew. */
  readonly repeat?: number;
  /** true: the answer is asked for piece by piece, which shows when it began. A server that cannot is asked the usual way. */
  readonly stream?: boolean;
  /** Given each piece of a streamed answer. Once there was one, the call is not tried again. */
  readonly onText?: (piece: string) => void;
  /** true: another endpoint can answer, so one that cannot be reached is given up at once. */
  readonly givesWay?: boolean;
  readonly signal?: AbortSignal;
}

export type FinishReason = 'stop' | 'length' | 'filter' | 'error' | 'unknown';

/** latency and ttft in milliseconds (the successful attempt alone); null = unknown, never invented. */
export interface Completion {
  readonly text: string;
  readonly reasoning?: string;
  readonly finishReason: FinishReason;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly cachedTokens?: number;
  readonly reasoningTokens?: number;
  readonly servedModel?: string;
  /** US dollars as the server reports them. */
  readonly reportedCost?: number;
  readonly latency: number | null;
  readonly ttft?: number | null;
  /** Milliseconds a local server took to load the model; not part of latency and ttft. */
  readonly loadTime?: number;
  readonly attempts: number;
  /** What earlier attempts of the call took whose answers were thrown away (empty ones); paid for all the same. */
  readonly retried?: readonly Pick<Completion, 'inputTokens' | 'outputTokens' | 'cachedTokens' | 'reportedCost'>[];
  /** tokens_estimated, refusal, recorded … */
  readonly flags: readonly string[];
  /** Set by the recorded provider where the metric cannot be played back: the quality that was recorded. */
  readonly recordedQuality?: number;
}

/** Why a call gave no answer; equal to the statuses of missing cells plus the three that count as real zeros. */
export type FailureStatus =
  | 'filtered'
  | 'too_long'
  | 'rate_limited'
  | 'timeout'
  | 'server_error'
  | 'network'
  | 'auth'
  | 'bad_request'
  | 'canceled';

/** A call that failed after all its attempts. `message` never holds a key. */
export class ProviderFailure extends Error {
  readonly status: FailureStatus;
  readonly attempts: number;
  /** HTTP status, where there was one. */
  readonly httpStatus: number | undefined;

  constructor(status: FailureStatus, message: string, attempts: number, httpStatus?: number) {
    super(message);
    this.name = 'ProviderFailure';
    this.status = status;
    this.attempts = attempts;
    this.httpStatus = httpStatus;
  }
}

export interface Provider {
  /** openai, recorded … */
  readonly type: string;
  /** false: answers cost neither money nor time (recorded, simulated), so calls need no pause and no fsync. */
  readonly paid: boolean;
  /** Throws `ProviderFailure`; anything else is a bug. */
  complete(request: CompletionRequest): Promise<Completion>;
}
