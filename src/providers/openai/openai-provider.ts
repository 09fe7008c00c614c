// One call to any server that speaks OpenAI's chat completions, through the official client over our own door to the network.
import { type Exchange, type Judgement, type NextRequest, type Reply, verdictByStatus } from '../../http/client.js';
import { type EndpointSettings, type ModelSettings, providerTypeOf } from '../endpoint.js';
import { imageUrls } from '../images.js';
import { connect, estimatedTokens, type NetworkTools } from '../network.js';
import type { Completion, CompletionRequest, Provider } from '../provider.js';
import { type ReadFailure, readFailure } from '../read-failure.js';
import { shownText } from '../shown-text.js';
import { openCarrier } from './carrier.js';
import { type Answer, type ReadReply, readReply } from './reply.js';
import { type RequestBody, requestBodies } from './request-body.js';
import { createStreamReader, type StreamReader } from './stream-reader.js';

export type { NetworkTools } from '../network.js';

interface Sent extends Exchange {
  readonly read: Read;
  /** Of all its attempts. */
  readonly answers: readonly Answer[];
}

type Read = { readonly answer: Answer } | { readonly failure: ReadFailure };

/**
 * A provider for one endpoint; `models` by alias. Once its quota is used up, or its keys are refused three times in a row, it
 * sends nothing more: every later call fails after 0 attempts.
 * Throws `VSR_CONFIG` or `VSR_API_KEY_MISSING` before any call.
 */
export async function createOpenAiProvider(
  endpoint: EndpointSettings,
  models: Readonly<Record<string, ModelSettings>>,
  tools: NetworkTools,
): Promise<Provider> {
  const connection = connect(endpoint, models, tools);
  const { http, place } = connection;
  const carry = await openCarrier(place.url);
  const bodies = requestBodies();

  const send = async (request: CompletionRequest, body: RequestBody): Promise<Sent> => {
    let read: Read | undefined;
    let reader: StreamReader | undefined;
    const shown = shownText(request);
    const answers: Answer[] = [];
    const judge = (reply: Reply): Judgement => {
      read = readExchange(reply, request, reader);
      if ('answer' in read) answers.push(read.answer);
      return shown.settle(judgementOf(reply, read));
    };
    const { url, init } = await carry(body);
    const exchange = await http.exchange(
      `${url}${place.query}`,
      { ...init, signal: request.signal ?? null },
      {
        judge,
        headers: () => connection.headers(request.alias),
        follow: pendingAt(place.url),
        tokens: estimatedTokens(request) + request.maxTokens,
        ...(request.givesWay && { givesWay: true }),
        ...(body.stream === true && { watch: () => (reader = createStreamReader(shown.onText)) }),
      },
    );
    return { ...exchange, read: read!, answers };
  };

  const complete = async (asked: CompletionRequest): Promise<Completion> => {
    connection.check(asked);
    const request = { ...asked, images: await imageUrls(asked.images) };
    const extraBody = models[request.alias]?.extraBody;
    let attempts = 0;
    for (;;) {
      const { read, answers, ...exchange } = await send(request, bodies.bodyFor(request, extraBody)).catch((error) => {
        throw connection.unanswered(error, attempts);
      });
      attempts += exchange.attempts;
      if ('answer' in read) {
        connection.answered();
        const { latency, ttft } = exchange;
        const text = http.redactReply(read.answer.text);
        const retried = answers.slice(0, -1);
        return { ...read.answer, text, latency, ttft, attempts, ...(retried.length > 0 && { retried }) };
      }
      const { failure } = read;
      if ([400, 422].includes(failure.httpStatus) && bodies.refuse(request, failure.param, extraBody)) continue;
      throw connection.failed(failure, attempts, exchange.waitTooLong);
    }
  };
  return { type: providerTypeOf(endpoint), paid: true, complete };
}

/** NVIDIA's 202: the answer is not ready, and will be found at its own address. */
function pendingAt(baseUrl: string) {
  return (status: number, headers: Headers): NextRequest | undefined => {
    const id = status === 202 ? headers.get('nvcf-reqid') : null;
    if (id === null) return undefined;
    return { url: `${baseUrl}/status/${encodeURIComponent(id)}`, method: 'GET', afterMs: POLL_MS };
  };
}

const POLL_MS = 1000;

/** What is worth another attempt: beyond the status, an error or no completion under HTTP 200, and once an empty text. */
function judgementOf(reply: Reply, read: Read): Judgement {
  if ('failure' in read) {
    const { quotaUsedUp, httpStatus, wishMs } = read.failure;
    if (quotaUsedUp) return { verdict: 'final' };
    const verdict = reply.status < 300 && httpStatus < 300 ? 'retry' : verdictByStatus(httpStatus);
    return { verdict, wishMs };
  }
  const { text, reasoning, finishReason, inputTokens, outputTokens } = read.answer;
  const tokens = (inputTokens ?? 0) + (outputTokens ?? 0);
  if (finishReason === 'error') return { verdict: 'retry', tokens };
  const empty = text === '' && reasoning === undefined && finishReason === 'stop';
  return { verdict: empty ? 'retry-once' : 'final', tokens };
}

function readExchange(reply: Reply, request: CompletionRequest, reader: StreamReader | undefined): Read {
  if (reply.status >= 300 && reply.status < 400) {
    const message = `the server redirects to ${reply.headers.get('location') ?? 'another place'}; set base_url to that`;
    return { failure: readFailure(reply.status, message) };
  }
  if (reply.status >= 400) return { failure: readFailure(reply.status, reply.body) };
  const promptLength = (request.systemPrompt?.length ?? 0) + request.prompt.length;
  const read: ReadReply | Read = reader?.isStream ? reader.read(promptLength) : readReply(reply.body, promptLength);
  return 'error' in read ? { failure: readFailure(reply.status, read.error) } : read;
}
