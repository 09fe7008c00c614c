// Which provider serves an endpoint, and the only way to it: modules load when the first endpoint of their type is opened.
import { VsrError } from '../errors/vsr-error.js';
import { type EndpointSettings, type ModelSettings, type ProviderType, providerTypeOf } from './endpoint.js';
import type { NetworkTools } from './network.js';
import type { Provider } from './provider.js';
import type { RecordedSource } from './recorded/recorded-provider.js';
import type { SimulatedSource } from './simulated/simulated-provider.js';

export interface ProviderTools extends NetworkTools {
  /** What an endpoint of type recorded plays back. */
  readonly recorded?: RecordedSource | undefined;
  /** What an endpoint of type simulated knows and draws from. */
  readonly simulated?: SimulatedSource | undefined;
}

type Opener = (
  endpoint: EndpointSettings,
  models: Readonly<Record<string, ModelSettings>>,
  tools: ProviderTools,
) => Promise<Provider>;

const openai: Opener = async (...given) => (await import('./openai/openai-provider.js')).createOpenAiProvider(...given);

const OPENERS: Readonly<Record<ProviderType, Opener>> = {
  ollama: async (...given) => (await import('./ollama/ollama-provider.js')).createOllamaProvider(...given),
  vllm: openai,
  openai,
  huggingface: openai,
  nvidia: openai,
  openrouter: openai,
  'openai-compatible': openai,
  simulated: async ({ name }, models, { simulated }) => {
    const settings = Object.entries(models).flatMap(([alias, own]) =>
      own.simulated ? [[alias, own.simulated] as const] : [],
    );
    if (simulated && settings.length > 0) {
      return (await import('./simulated/simulated-provider.js')).createSimulatedProvider(new Map(settings), simulated);
    }
    throw new VsrError('VSR_CONFIG', `Endpoint ${name} simulates, and no model says how.`, {
      hint: 'Give the model a section `simulated: {skill: {default: 0.7}}`.',
    });
  },
  recorded: async ({ name }, _models, { recorded }) => {
    if (recorded) return (await import('./recorded/recorded-provider.js')).createRecordedProvider(recorded);
    throw new VsrError('VSR_CONFIG', `Endpoint ${name} plays recorded outcomes back, and there are none.`, {
      hint: 'Set data.outcomes to a file of outcomes, or give one with --data-file.',
    });
  },
};

export const PROVIDER_TYPES = Object.keys(OPENERS) as readonly ProviderType[];

/** `models` by alias. Throws `VSR_CONFIG` or `VSR_API_KEY_MISSING` before any call. */
export function openProvider(
  endpoint: EndpointSettings,
  models: Readonly<Record<string, ModelSettings>>,
  tools: ProviderTools,
): Promise<Provider> {
  return OPENERS[providerTypeOf(endpoint)](endpoint, models, tools);
}
