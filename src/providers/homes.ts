// Where each type of provider lives by default, and which keys of the environment belong there.
import { isNumericAddress, isPublicAddress } from '../http/public-address.js';

export type ProviderType =
  | 'ollama'
  | 'vllm'
  | 'openai'
  | 'huggingface'
  | 'nvidia'
  | 'openrouter'
  | 'openai-compatible'
  | 'simulated'
  | 'recorded';

export interface Home {
  /** What `/chat/completions` (for Ollama `/api/chat`) is added to. */
  readonly url: string;
  /** Path of the API on a server of this type. */
  readonly path: string;
  /** Of a server whose address comes without a port. */
  readonly port?: number;
  /** Variables with a key, first found; one from the environment goes to this home alone. */
  readonly variables: readonly string[];
  /** Nobody is answered there without a key. */
  readonly needsKey: boolean;
}

const OPEN = { path: '/v1', variables: [], needsKey: false };
const CLOSED = { path: '/v1', needsKey: true };

export const HOMES: Readonly<Partial<Record<ProviderType, Home>>> = {
  ollama: { ...OPEN, url: 'http://localhost:11434', path: '', port: 11434 },
  vllm: { ...OPEN, url: 'http://localhost:8000/v1', port: 8000, variables: ['VLLM_API_KEY'] },
  openai: { ...CLOSED, url: 'https://api.openai.com/v1', variables: ['OPENAI_API_KEY'] },
  huggingface: {
    ...CLOSED,
    url: 'https://router.huggingface.co/v1',
    variables: ['HF_TOKEN', 'HF_API_KEY', 'HUGGINGFACE_API_KEY'],
  },
  nvidia: { ...CLOSED, url: 'https://integrate.api.nvidia.com/v1', variables: ['NVIDIA_API_KEY'] },
  openrouter: {
    ...CLOSED,
    url: 'https://openrouter.ai/api/v1',
    path: '/api/v1',
    variables: ['OPENROUTER_API_KEY'],
  },
};

/** Hosts that no longer answer, and where their service went. */
export const RETIRED: Readonly<Record<string, ProviderType>> = { 'api-inference.huggingface.co': 'huggingface' };

/** The home that a URL belongs to: the same host over TLS, or this machine for a home on it. */
export function homeOf(url: string, type: ProviderType): Home | undefined {
  const home = HOMES[type];
  if (!home || !URL.canParse(url)) return undefined;
  const [given, own] = [new URL(url), new URL(home.url)];
  if (own.protocol === 'http:') return isLoopbackHost(given.hostname) ? home : undefined;
  return given.protocol === own.protocol && given.host === own.host ? home : undefined;
}

/** A name or address of this machine itself. */
export function isLoopbackHost(host: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(host.toLowerCase());
}

/** Names without a dot, names of local networks and addresses that are not public are none; nor, for safety, is any IPv6 address. */
export function isPublicHost(host: string): boolean {
  if (!host.includes('.') || host.startsWith('[')) return false;
  return isNumericAddress(host) ? isPublicAddress(host) : !/\.(local|localhost|internal|lan)$/.test(host);
}
