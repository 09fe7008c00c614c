// What every provider over the network shares: its place, its keys, its door, and when it is asked no more.
import { createHttpClient, type Fetch, type HttpClient } from '../http/client.js';
import { HttpFailure } from '../http/http-failure.js';
import type { Wait } from '../http/wait.js';
import {
  type BaseUrl,
  baseUrlPartsOf,
  type EndpointSettings,
  type ModelSettings,
  retiredHostNotice,
} from './endpoint.js';
import { chooseKeys, type Keys } from './keys.js';
import { type CompletionRequest, type FailureStatus, ProviderFailure } from './provider.js';
import type { ReadFailure } from './read-failure.js';

export interface NetworkTools {
  /** For a key that neither model nor endpoint names. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** U(0, 1), seeded: the jitter of retries. */
  readonly uniform: () => number;
  /** Default: the platform's. */
  readonly fetch?: Fetch | undefined;
  readonly wait?: Wait | undefined;
  /** Epoch milliseconds, on the clock that `wait` lets pass; default: the platform's. */
  readonly now?: (() => number) | undefined;
  /** Told once what was changed in what the user configured. */
  readonly onWarning?: ((sentence: string) => void) | undefined;
}

export interface Connection {
  readonly place: BaseUrl;
  readonly http: HttpClient;
  /** The headers of one attempt, with the key whose turn it is. */
  headers(alias: string): Record<string, string>;
  /** Throws `ProviderFailure` with 0 attempts where no call has a chance any more, or this one does not fit the model. */
  check(request: CompletionRequest): void;
  /** The failure to throw for an error reply; remembers what it says about the calls to come. */
  failed(failure: ReadFailure, attempts: number, waitTooLong: boolean): ProviderFailure;
  /** What a call without a reply failed with; an error that is no failed call is a bug and stays one. */
  unanswered(error: unknown, attemptsBefore: number): unknown;
  /** A call was answered: the endpoint lets us in. */
  answered(): void;
}

/** Keys that are refused so often in a row are tried no more. */
const REFUSALS_BEFORE_STOP = 3;

/** Throws `VSR_CONFIG` or `VSR_API_KEY_MISSING` before any call. */
export function connect(
  endpoint: EndpointSettings,
  models: Readonly<Record<string, ModelSettings>>,
  tools: NetworkTools,
): Connection {
  const place = baseUrlPartsOf(endpoint, tools.environment);
  const keys = chooseKeys(endpoint, place, models, tools.environment);
  const notice = retiredHostNotice(endpoint);
  if (notice !== undefined) tools.onWarning?.(notice);
  const http = createHttpClient(clientOptions(endpoint, keys, tools));
  const own = Object.fromEntries(
    Object.entries(endpoint.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
  let stopped: { readonly status: FailureStatus; readonly message: string; readonly httpStatus: number } | undefined;
  let refusals = 0;
  return {
    place,
    http,
    headers(alias) {
      const authorization = keys.next(alias);
      return {
        'content-type': 'application/json',
        accept: 'application/json',
        ...(authorization !== undefined && { authorization }),
        ...own,
      };
    },
    check(request) {
      if (stopped) throw new ProviderFailure(stopped.status, stopped.message, 0, stopped.httpStatus);
      refuseTooLong(request, models[request.alias]?.contextWindow);
    },
    failed(failure, attempts, waitTooLong) {
      const { status, httpStatus } = failure;
      const message = `HTTP ${httpStatus}: ${http.redact(failure.message).slice(0, 300)}`;
      refusals = httpStatus === 401 || httpStatus === 402 ? refusals + 1 : 0;
      if (status === 'rate_limited' && (failure.quotaUsedUp || waitTooLong)) {
        stopped = { status, httpStatus, message: `Endpoint ${endpoint.name} has no quota left (${message}).` };
      } else if (refusals >= REFUSALS_BEFORE_STOP * keys.count) {
        stopped = { status, httpStatus, message: `Endpoint ${endpoint.name} refuses the key (${message}).` };
      }
      return new ProviderFailure(status, message, attempts, httpStatus);
    },
    unanswered(error, attemptsBefore) {
      if (!(error instanceof HttpFailure)) return error;
      return new ProviderFailure(STATUS_OF[error.kind], error.message, attemptsBefore + error.attempts);
    },
    answered() {
      refusals = 0;
    },
  };
}

/** A prompt's tokens, at four characters each. */
export function estimatedTokens({ systemPrompt = '', earlier = [], prompt, images }: CompletionRequest): number {
  const characters = [systemPrompt, prompt, ...earlier.map(({ text }) => text)].reduce((sum, t) => sum + t.length, 0);
  return Math.ceil(characters / 4) + images.length * TOKENS_OF_AN_IMAGE;
}

/** What an image usually takes of a model's window, for limits only; it is never counted as usage. */
const TOKENS_OF_AN_IMAGE = 1000;

const STATUS_OF: Readonly<Record<HttpFailure['kind'], FailureStatus>> = {
  timeout: 'timeout',
  network: 'network',
  aborted: 'canceled',
};

function refuseTooLong(request: CompletionRequest, contextWindow: number | undefined): void {
  const tokens = estimatedTokens(request);
  if (contextWindow === undefined || tokens <= contextWindow) return;
  const message = `The prompt takes about ${tokens} tokens, and the window of ${request.alias} holds ${contextWindow}.`;
  throw new ProviderFailure('too_long', message, 0);
}

function clientOptions(endpoint: EndpointSettings, keys: Keys, tools: NetworkTools) {
  const { concurrency, rateLimitDelayMs, timeoutMs, firstTokenMs, maxRetries } = endpoint;
  return {
    uniform: tools.uniform,
    secrets: keys.secrets,
    requestsPerMinute: endpoint.requestsPerMinute,
    tokensPerMinute: endpoint.tokensPerMinute,
    pausesTogether: keys.count === 1,
    ...(tools.fetch && { fetch: tools.fetch }),
    ...(tools.wait && { wait: tools.wait }),
    ...(tools.now && { now: tools.now }),
    ...(concurrency !== undefined && { concurrency }),
    ...(rateLimitDelayMs !== undefined && { rateLimitDelayMs }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(firstTokenMs !== undefined && { firstTokenMs }),
    ...(maxRetries !== undefined && { maxRetries }),
  };
}
