// Hands requests in OpenAI's form on to one endpoint as they are, with the endpoint's own key, and its replies back as they come.
import { forward } from '../http/forward.js';
import type { HandedOn } from '../http/handed-on.js';
import { HttpFailure } from '../http/http-failure.js';
import { createRedactor } from '../http/redact.js';
import { baseUrlPartsOf, type EndpointSettings, type ModelSettings, providerTypeOf } from './endpoint.js';
import { chooseKeys } from './keys.js';
import type { NetworkTools } from './network.js';
import { type FailureStatus, ProviderFailure } from './provider.js';

export { type HandedOn, handedOn } from '../http/handed-on.js';

export interface ForwardedRequest {
  /** What stands behind the base URL: chat/completions, completions, embeddings. */
  readonly path: string;
  readonly alias: string;
  /** JSON. */
  readonly body: string;
  readonly signal: AbortSignal;
}

export interface Forwarder {
  /** Any status is a reply. Throws `ProviderFailure` where none comes: timeout, network, canceled. */
  send(request: ForwardedRequest): Promise<HandedOn>;
  /** A text for people or logs without keys. */
  redact(text: string): string;
}

/** For one endpoint that speaks OpenAI's API, Ollama's /v1 included. Throws `VSR_CONFIG` or `VSR_API_KEY_MISSING` before any call. */
export function openForwarder(
  endpoint: EndpointSettings,
  models: Readonly<Record<string, ModelSettings>>,
  tools: Pick<NetworkTools, 'environment' | 'fetch'>,
): Forwarder {
  const place = baseUrlPartsOf(endpoint, tools.environment);
  const keys = chooseKeys(endpoint, place, models, tools.environment);
  const redactor = createRedactor(keys.secrets);
  const base = providerTypeOf(endpoint) === 'ollama' ? `${place.url}/v1` : place.url;
  return {
    redact: redactor.text,
    async send({ path, alias, body, signal }) {
      const authorization = keys.next(alias);
      const headers = {
        'content-type': 'application/json',
        ...(authorization !== undefined && { authorization }),
        ...endpoint.headers,
      };
      try {
        return await forward(
          `${base}/${path}${place.query}`,
          { headers, body },
          { fetch: tools.fetch, headersMs: endpoint.timeoutMs ?? 120_000, signal },
        );
      } catch (error) {
        if (!(error instanceof HttpFailure)) throw error;
        throw new ProviderFailure(STATUS_OF[error.kind], redactor.text(error.message), error.attempts);
      }
    },
  };
}

const STATUS_OF: Readonly<Record<HttpFailure['kind'], FailureStatus>> = {
  timeout: 'timeout',
  network: 'network',
  aborted: 'canceled',
};
