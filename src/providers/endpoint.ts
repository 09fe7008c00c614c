// What a provider is opened with: where the server is, which keys it gets, how hard it may be pushed.
import { VsrError } from '../errors/vsr-error.js';

export type ProviderType = 'openai' | 'openai-compatible' | 'recorded';

/** One entry of `vllm_endpoints`. */
export interface EndpointSettings {
  readonly name: string;
  /** Absent: by host name. */
  readonly type?: ProviderType | undefined;
  readonly address?: string | undefined;
  readonly port?: number | undefined;
  /** Wins over address and port. */
  readonly baseUrl?: string | undefined;
  /** A list is used round robin. */
  readonly apiKey?: string | readonly string[] | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly concurrency?: number;
  readonly rateLimitDelayMs?: number;
  /** Per attempt. */
  readonly timeoutMs?: number;
  readonly maxRetries?: number;
}

/** What a model brings to its endpoint. */
export interface ModelSettings {
  /** Wins over the endpoint's keys. */
  readonly accessKey?: string | undefined;
  /** Merged last into the request. */
  readonly extraBody?: Readonly<Record<string, unknown>>;
}

const OPENAI_HOST = 'api.openai.com';

/** `openai` for OpenAI's own host, else a server that speaks its language. */
export function providerTypeOf({ type, address, baseUrl }: EndpointSettings): ProviderType {
  if (type !== undefined) return type;
  return hostOf(baseUrl ?? `https://${address ?? ''}`) === OPENAI_HOST ? 'openai' : 'openai-compatible';
}

/** The URL that `/chat/completions` is added to, without a slash at its end. Throws `VSR_CONFIG`. */
export function baseUrlOf(endpoint: EndpointSettings): string {
  const { name, address, port, baseUrl } = endpoint;
  if (baseUrl !== undefined) {
    if (!/^https?:\/\//i.test(baseUrl) || !URL.canParse(baseUrl)) {
      throw new VsrError('VSR_CONFIG', `Endpoint ${name}: base_url must be an http or https URL, got "${baseUrl}".`, {
        hint: 'For example https://api.openai.com/v1, or http://localhost:8000/v1.',
      });
    }
    return baseUrl.replace(/\/+$/, '').replace(/\/chat\/completions$/, '');
  }
  if (address === undefined) {
    if (endpoint.type === 'openai') return `https://${OPENAI_HOST}/v1`;
    throw new VsrError('VSR_CONFIG', `Endpoint ${name} has neither base_url nor address.`, {
      hint: 'Write base_url, for example http://localhost:8000/v1.',
    });
  }
  if (/[/?#@\s]/.test(address) || hostOf(`http://${address}`) === undefined) {
    throw new VsrError('VSR_CONFIG', `Endpoint ${name}: address must be a host name, got "${address}".`, {
      hint: 'A whole URL goes into base_url.',
    });
  }
  const open = isPublic(address);
  if (port === undefined && !open) {
    throw new VsrError('VSR_CONFIG', `Endpoint ${name}: ${address} needs a port.`, {
      hint: 'Add port, or write base_url, for example http://localhost:8000/v1.',
    });
  }
  const scheme = port === 443 || open ? 'https' : 'http';
  return `${scheme}://${address}${port === undefined ? '' : `:${port}`}/v1`;
}

/** A server on this machine needs no pause between calls. */
export function isLoopback(url: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostOf(url) ?? '');
}

/** OpenAI's own host over TLS: the only one that may see a key found in the environment. */
export function isOpenAi(url: string): boolean {
  return hostOf(url) === OPENAI_HOST && url.startsWith('https:');
}

function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname.toLowerCase() : undefined;
}

/** Names without a dot and private addresses are not public. */
function isPublic(address: string): boolean {
  if (!address.includes('.') || address.startsWith('[')) return false;
  return !/^(127|10|192\.168|169\.254|172\.(1[6-9]|2\d|3[01])|0\.0)\.|\.(local|localhost|internal|lan)$/.test(address);
}
