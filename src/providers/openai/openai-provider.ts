// One call to any server that speaks OpenAI's chat completions, through the official client over our own door to the network.
import type OpenAI from 'openai';
import {
  createHttpClient,
  type Exchange,
  type Fetch,
  type Reply,
  responseFrom,
  type Verdict,
  verdictByStatus,
} from '../../http/client.js';
import { HttpFailure } from '../../http/http-failure.js';
import type { Wait } from '../../http/wait.js';
import { baseUrlOf, type EndpointSettings, type ModelSettings } from '../endpoint.js';
import {
  type Completion,
  type CompletionRequest,
  type FailureStatus,
  type Provider,
  ProviderFailure,
} from '../provider.js';
import { type ReadFailure, readFailure } from './failure.js';
import { chooseKeys } from './keys.js';
import { type Answer, readReply } from './reply.js';
import { type RequestBody, requestBodies } from './request-body.js';

export interface NetworkTools {
  /** For a key that neither model nor endpoint names. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** U(0, 1), seeded: the jitter of retries. */
  readonly uniform: () => number;
  /** Default: the platform's. */
  readonly fetch?: Fetch | undefined;
  readonly wait?: Wait | undefined;
}

/**
 * A provider for one endpoint; `models` by alias. Once its quota is used up it sends nothing more: every later call is
 * rate_limited after 0 attempts.
 * Throws `VSR_CONFIG` or `VSR_API_KEY_MISSING` before any call.
 */
export async function createOpenAiProvider(
  endpoint: EndpointSettings,
  models: Readonly<Record<string, ModelSettings>>,
  tools: NetworkTools,
): Promise<Provider> {
  const url = baseUrlOf(endpoint);
  const keys = chooseKeys(endpoint, url, models, tools.environment);
  const { concurrency, rateLimitDelayMs, timeoutMs, maxRetries, headers = {} } = endpoint;
  const http = createHttpClient({
    uniform: tools.uniform,
    secrets: keys.secrets,
    ...(tools.fetch && { fetch: tools.fetch }),
    ...(tools.wait && { wait: tools.wait }),
    ...(concurrency !== undefined && { concurrency }),
    ...(rateLimitDelayMs !== undefined && { rateLimitDelayMs }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(maxRetries !== undefined && { maxRetries }),
  });
  const client = await openClient(url);
  const bodies = requestBodies();
  let stopped: string | undefined;

  const send = async (request: CompletionRequest, body: RequestBody): Promise<Exchange> => {
    let exchange: Exchange | undefined;
    let failure: unknown;
    const key = keys.next(request.alias);
    // Only these headers: the client would add some that it finds in the environment.
    const sent = {
      'content-type': 'application/json',
      accept: 'application/json',
      ...(key && { authorization: `Bearer ${key}` }),
      ...headers,
    };
    const fetch: Fetch = async (target, init) => {
      try {
        // The client would leave a listener on the caller's signal for good: it gets none.
        const own = { ...init, headers: sent, signal: request.signal ?? null };
        exchange = await http.exchange(target, own, (reply) => verdictOf(reply, request));
        return responseFrom({ ...exchange.reply, headers: new Headers({ 'content-type': 'application/json' }) });
      } catch (error) {
        failure = error;
        throw error;
      }
    };
    try {
      await client
        .withOptions({ fetch })
        .chat.completions.create(body as unknown as OpenAI.ChatCompletionCreateParamsNonStreaming);
    } catch (error) {
      // With an exchange in hand the client only complains about what it says; that is read below.
      if (!exchange) throw failure ?? error;
    }
    return exchange!;
  };

  const complete = async (request: CompletionRequest): Promise<Completion> => {
    if (stopped !== undefined) throw new ProviderFailure('rate_limited', stopped, 0, 429);
    const extraBody = models[request.alias]?.extraBody;
    let attempts = 0;
    for (;;) {
      const exchange = await send(request, bodies.bodyFor(request, extraBody)).catch((error) => {
        throw withoutReply(error, attempts);
      });
      attempts += exchange.attempts;
      const read = readExchange(exchange.reply, request);
      if ('answer' in read) return { ...read.answer, latency: exchange.latency, ttft: null, attempts };
      const { failure } = read;
      if (failure.httpStatus === 400 && bodies.refuse(request, failure.param, extraBody)) continue;
      const message = `HTTP ${failure.httpStatus}: ${http.redact(failure.message).slice(0, 300)}`;
      if (failure.status === 'rate_limited' && (failure.quotaUsedUp || exchange.waitTooLong)) {
        stopped = `Endpoint ${endpoint.name} has no quota left (${message}).`;
      }
      throw new ProviderFailure(failure.status, message, attempts, failure.httpStatus);
    }
  };
  return { type: endpoint.type ?? 'openai-compatible', paid: true, complete };
}

/** Loaded when the first provider is opened. Nothing is read from the environment, nothing logged, nothing retried. */
async function openClient(baseURL: string): Promise<OpenAI> {
  const { default: Client } = await import('openai');
  // The key stands in the headers of each call.
  const nothing = { adminAPIKey: null, organization: null, project: null, webhookSecret: null };
  return new Client({
    ...nothing,
    baseURL,
    apiKey: 'unused',
    maxRetries: 0,
    timeout: LONGEST_TIMER_MS,
    logLevel: 'off',
  });
}

/** Our own limits hold, per attempt. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What is worth another attempt: beyond the status, an error or no completion under HTTP 200, and once an empty text. */
function verdictOf(reply: Reply, request: CompletionRequest): Verdict {
  const read = readExchange(reply, request);
  if ('failure' in read) {
    if (read.failure.quotaUsedUp) return 'final';
    return reply.status < 300 && read.failure.httpStatus < 300 ? 'retry' : verdictByStatus(read.failure.httpStatus);
  }
  const { text, reasoning, finishReason } = read.answer;
  if (finishReason === 'error') return 'retry';
  return text === '' && reasoning === undefined && finishReason === 'stop' ? 'retry-once' : 'final';
}

function readExchange(reply: Reply, request: CompletionRequest): { answer: Answer } | { failure: ReadFailure } {
  if (reply.status >= 300 && reply.status < 400) {
    const message = `the server redirects to ${reply.headers.get('location') ?? 'another place'}; set base_url to that`;
    return { failure: readFailure(reply.status, message) };
  }
  if (reply.status >= 400) return { failure: readFailure(reply.status, reply.body) };
  const read = readReply(reply.body, (request.systemPrompt?.length ?? 0) + request.prompt.length);
  return 'answer' in read ? read : { failure: readFailure(reply.status, read.error) };
}

/** Any error that is not a failed call is a bug and stays one. */
function withoutReply(error: unknown, attemptsBefore: number): unknown {
  if (!(error instanceof HttpFailure)) return error;
  const status: Record<HttpFailure['kind'], FailureStatus> = {
    timeout: 'timeout',
    network: 'network',
    aborted: 'canceled',
  };
  return new ProviderFailure(status[error.kind], error.message, attemptsBefore + error.attempts);
}
