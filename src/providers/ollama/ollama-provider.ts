// One call to Ollama's own chat API, through the official client over our own door to the network.
import {
  type Exchange,
  type Fetch,
  type Judgement,
  type Reply,
  responseFrom,
  verdictByStatus,
} from '../../http/client.js';
import type { EndpointSettings, ModelSettings } from '../endpoint.js';
import { imageBytes } from '../images.js';
import { isObject } from '../json.js';
import { connect, estimatedTokens, type NetworkTools } from '../network.js';
import type { Completion, CompletionRequest, Provider } from '../provider.js';
import { readFailure } from '../read-failure.js';
import { shownText } from '../shown-text.js';
import { contextSizes } from './context-size.js';
import { createOllamaReader, type OllamaRead, type OllamaReader } from './reply.js';

/** Loading a large model takes longer than any model takes for its first word: only the limit of the whole call holds. */
const firstTokenOf = ({ firstTokenMs, timeoutMs = 120_000 }: EndpointSettings) => firstTokenMs ?? timeoutMs;

/**
 * A provider for one endpoint; `models` by alias. latency and ttft are without the time the server took to load the model,
 * which is kept as `loadTime`. Throws `VSR_CONFIG` before any call.
 */
export async function createOllamaProvider(
  endpoint: EndpointSettings,
  models: Readonly<Record<string, ModelSettings>>,
  tools: NetworkTools,
): Promise<Provider> {
  const connection = connect({ ...endpoint, firstTokenMs: firstTokenOf(endpoint) }, models, tools);
  const { http, place } = connection;
  const { Ollama } = await import('ollama/browser');
  const sizes = contextSizes();

  const send = async (
    request: CompletionRequest,
    images: string[],
  ): Promise<Exchange & { readonly read: OllamaRead }> => {
    let exchange: Exchange | undefined;
    let failure: unknown;
    let read: OllamaRead | undefined;
    let reader: OllamaReader | undefined;
    const shown = shownText(request);
    const promptTokens = estimatedTokens(request);
    const judge = (reply: Reply): Judgement => {
      read = readExchange(reply, reader!, promptTokens);
      return shown.settle(judgementOf(reply, read));
    };
    const fetch: Fetch = async (target, init) => {
      try {
        const own = { ...init, headers: {}, signal: request.signal ?? null };
        exchange = await http.exchange(`${target}${place.query}`, own, {
          judge,
          headers: () => connection.headers(request.alias),
          tokens: promptTokens + request.maxTokens,
          ...(request.givesWay && { givesWay: true }),
          watch: () => (reader = createOllamaReader(shown.onText)),
        });
        return responseFrom({ status: 200, body: '{}', headers: new Headers() });
      } catch (error) {
        failure = error;
        throw error;
      }
    };
    try {
      const client = new Ollama({ host: place.url, fetch: fetch as typeof globalThis.fetch });
      // The reply is read where it is decided whether to try again: the client only carries the request.
      await client.chat(bodyFor(request, images, models[request.alias], sizes) as never);
    } catch (error) {
      if (!exchange) throw failure ?? error;
    }
    return { ...exchange!, read: read! };
  };

  const complete = async (request: CompletionRequest): Promise<Completion> => {
    connection.check(request);
    const images = await imageBytes(request.images);
    const { read, attempts, latency, ttft, waitTooLong } = await send(request, images).catch((error) => {
      throw connection.unanswered(error, 0);
    });
    if ('failure' in read) throw connection.failed(read.failure, attempts, waitTooLong);
    connection.answered();
    const { answer } = read;
    const without = (ms: number) => Math.max(0, ms - (answer.loadTime ?? 0));
    return {
      ...answer,
      text: http.redactReply(answer.text),
      latency: without(latency),
      ttft: request.stream && ttft !== null ? without(ttft) : null,
      attempts,
    };
  };
  return { type: 'ollama', paid: true, complete };
}

/** The body of /api/chat; what the model's `extra_body` says wins, its `options` one by one. */
function bodyFor(
  request: CompletionRequest,
  images: readonly string[],
  model: ModelSettings | undefined,
  sizes: ReturnType<typeof contextSizes>,
) {
  const { options, ...extra } = model?.extraBody ?? {};
  const { systemPrompt, earlier = [], prompt, maxTokens, temperature, seed } = request;
  return {
    model: request.model,
    messages: [
      ...(systemPrompt ? [{ role: 'system', content: systemPrompt }] : []),
      ...earlier.map(({ role, text }) => ({ role, content: text })),
      { role: 'user', content: prompt, ...(images.length > 0 && { images }) },
    ],
    stream: request.stream ?? false,
    options: {
      temperature,
      num_predict: maxTokens,
      ...(seed !== undefined && { seed }),
      num_ctx: sizes.sizeFor(request.model, estimatedTokens(request), maxTokens, model?.contextWindow),
      ...(isObject(options) && options),
    },
    keep_alive: '10m',
    ...extra,
  };
}

function readExchange(reply: Reply, reader: OllamaReader, promptTokens: number): OllamaRead {
  if (reply.status >= 300) return { failure: readFailure(reply.status, reply.body) };
  return reader.read(promptTokens);
}

function judgementOf(reply: Reply, read: OllamaRead): Judgement {
  if ('failure' in read) {
    const { status, httpStatus } = read.failure;
    return { verdict: reply.status < 300 && status !== 'too_long' ? 'retry' : verdictByStatus(httpStatus) };
  }
  const { text, reasoning, finishReason, inputTokens, outputTokens } = read.answer;
  const empty = text === '' && reasoning === undefined && finishReason === 'stop';
  return { verdict: empty ? 'retry-once' : 'final', tokens: (inputTokens ?? 0) + (outputTokens ?? 0) };
}
