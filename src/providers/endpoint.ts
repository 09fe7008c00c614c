// What a provider is opened with: where the server is, which keys it gets, how hard it may be pushed.
import { VsrError } from '../errors/vsr-error.js';
import { HOMES, homeOf, isLoopbackHost, isPublicHost, type ProviderType, RETIRED } from './homes.js';
import type { SimulatedSettings } from './simulated/simulated-settings.js';

export type { ProviderType } from './homes.js';

/** One entry of `vllm_endpoints`. */
export interface EndpointSettings {
  readonly name: string;
  /** Absent: by host name and port. */
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
  readonly requestsPerMinute?: number | undefined;
  readonly tokensPerMinute?: number | undefined;
  /** Per attempt. */
  readonly timeoutMs?: number;
  /** Per attempt, to the first word of a streamed answer; default: half of `timeoutMs`. */
  readonly firstTokenMs?: number | undefined;
  readonly maxRetries?: number;
}

/** What a model brings to its endpoint. */
export interface ModelSettings {
  /** Wins over the endpoint's keys. */
  readonly accessKey?: string | undefined;
  /** Merged last into the request. */
  readonly extraBody?: Readonly<Record<string, unknown>>;
  /** Tokens; a longer prompt is not sent. */
  readonly contextWindow?: number | undefined;
  readonly simulated?: SimulatedSettings | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The type given, else by host name; port 11434 is Ollama's; any other server is taken for vLLM. */
export function providerTypeOf({ type, address, port, baseUrl }: EndpointSettings): ProviderType {
  if (type !== undefined) return type;
  const url = baseUrl ?? `https://${address ?? ''}${port === undefined ? '' : `:${port}`}`;
  const host = hostOf(url);
  if (host === undefined) return 'vllm';
  if (new URL(url).port === '11434') return 'ollama';
  const own = Object.entries(HOMES).find(([, home]) => home.url.startsWith('https:') && hostOf(home.url) === host);
  return (own?.[0] as ProviderType | undefined) ?? RETIRED[host] ?? 'vllm';
}

/**
 * The URL that `/chat/completions` (for Ollama `/api/chat`) is added to, without a slash at its end, a query or credentials.
 * Of the environment only `OLLAMA_HOST` is read. Throws `VSR_CONFIG`.
 */
export function baseUrlOf(endpoint: EndpointSettings, environment: Environment = {}): string {
  return baseUrlPartsOf(endpoint, environment).url;
}

export interface BaseUrl {
  readonly url: string;
  /** `?key=…`, added to every request; '' without one. */
  readonly query: string;
  /** The `authorization` that user and password of the URL stand for. */
  readonly basic: string | undefined;
  /** What of it must never be seen. */
  readonly secrets: readonly string[];
}

/** The same with what a base_url may carry beside the place. Throws `VSR_CONFIG`. */
export function baseUrlPartsOf(endpoint: EndpointSettings, environment: Environment = {}): BaseUrl {
  const type = providerTypeOf(endpoint);
  const parsed = new URL(wholeUrl(endpoint, type, environment));
  const moved = HOMES[RETIRED[parsed.hostname] ?? type];
  const user = decodeURIComponent(parsed.username);
  const password = decodeURIComponent(parsed.password);
  const place = `${parsed.origin}${parsed.pathname}`.replace(/\/+$/, '').replace(/\/chat\/completions$/, '');
  return {
    url: RETIRED[parsed.hostname] ? moved!.url : type === 'ollama' ? place.replace(/\/(v1|api)$/, '') : place,
    query: parsed.search,
    basic: user || password ? `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` : undefined,
    secrets: [user, password, ...parsed.searchParams.values()].filter((secret) => secret !== ''),
  };
}

/** A sentence where the configured host has been retired and another is asked instead. */
export function retiredHostNotice(endpoint: EndpointSettings): string | undefined {
  const host = hostOf(endpoint.baseUrl ?? `https://${endpoint.address ?? ''}`);
  const successor = HOMES[RETIRED[host ?? ''] ?? 'recorded'];
  return successor && `Endpoint ${endpoint.name}: ${host} has been retired; ${successor.url} is asked instead.`;
}

/** A server on this machine needs no pause between calls. */
export function isLoopback(url: string): boolean {
  return isLoopbackHost(hostOf(url) ?? '');
}

/** OpenAI's own host over TLS. */
export function isOpenAi(url: string): boolean {
  return homeOf(url, 'openai') !== undefined;
}

/** A server of one's own costs nothing a token: Ollama, and vLLM where nobody else can reach it. */
export function isFree(endpoint: EndpointSettings): boolean {
  const type = providerTypeOf(endpoint);
  return type === 'ollama' || (type === 'vllm' && !isPublicHost(hostOf(baseUrlOf(endpoint)) ?? ''));
}

function wholeUrl(endpoint: EndpointSettings, type: ProviderType, environment: Environment): string {
  const { name, address, port, baseUrl } = endpoint;
  const home = HOMES[type];
  if (baseUrl !== undefined) {
    if (/^https?:\/\//i.test(baseUrl) && URL.canParse(baseUrl)) return baseUrl;
    const shown = baseUrl.replace(/[^/]*@/, '').replace(/\?.*$/, '');
    throw new VsrError('VSR_CONFIG', `Endpoint ${name}: base_url must be an http or https URL, got "${shown}".`, {
      hint: 'For example https://api.openai.com/v1, or http://localhost:8000/v1.',
    });
  }
  if (address === undefined) {
    if (type === 'ollama' && environment.OLLAMA_HOST) return ollamaHost(environment.OLLAMA_HOST);
    if (home && endpoint.type !== undefined && port === undefined) return home.url;
    if (home?.port !== undefined && endpoint.type !== undefined) return `http://localhost:${port}${home.path}`;
    throw new VsrError('VSR_CONFIG', `Endpoint ${name} has neither base_url nor address.`, {
      hint: 'Write base_url, for example http://localhost:8000/v1.',
    });
  }
  if (/[/?#@\s]/.test(address) || hostOf(`http://${address}`) === undefined) {
    throw new VsrError(
      'VSR_CONFIG',
      `Endpoint ${name}: address must be a host name, got "${address.replace(/[^/]*@/, '')}".`,
      {
        hint: 'A whole URL goes into base_url.',
      },
    );
  }
  const open = isPublicHost(address);
  const usual = port ?? (open ? undefined : endpoint.type && home?.port);
  if (usual === undefined && !open) {
    throw new VsrError('VSR_CONFIG', `Endpoint ${name}: ${address} needs a port.`, {
      hint: 'Add port, or write base_url, for example http://localhost:8000/v1.',
    });
  }
  const scheme = port === 443 || (open && type !== 'ollama') ? 'https' : 'http';
  return `${scheme}://${address}${usual === undefined ? '' : `:${usual}`}${home?.path ?? '/v1'}`;
}

/** `0.0.0.0:11434`, `gpu-box` or a URL, as the ollama server itself reads it; what it listens on everywhere is asked here. */
function ollamaHost(text: string): string {
  const url = /^https?:\/\//.test(text) ? text : `http://${text}${/:\d+$/.test(text) ? '' : ':11434'}`;
  if (!URL.canParse(url)) {
    throw new VsrError(
      'VSR_CONFIG',
      `OLLAMA_HOST must be a host with or without a port, got "${text.replace(/.*@/, '')}".`,
      {
        hint: 'For example 127.0.0.1:11434.',
      },
    );
  }
  return url.replace('://0.0.0.0', '://127.0.0.1');
}

function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname.toLowerCase() : undefined;
}
