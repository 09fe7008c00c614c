// Which provider serves an endpoint, and the only way to it: modules load when the first endpoint of their type is opened.
import { VsrError } from '../errors/vsr-error.js';
import { type EndpointSettings, type ModelSettings, type ProviderType, providerTypeOf } from './endpoint.js';
import type { NetworkTools } from './openai/openai-provider.js';
import type { Provider } from './provider.js';
import type { RecordedSource } from './recorded/recorded-provider.js';

export interface ProviderTools extends NetworkTools {
  /** What an endpoint of type recorded plays back. */
  readonly recorded?: RecordedSource | undefined;
}

type Opener = (
  endpoint: EndpointSettings,
  models: Readonly<Record<string, ModelSettings>>,
  tools: ProviderTools,
) => Promise<Provider>;

const openai: Opener = async (...given) => (await import('./openai/openai-provider.js')).createOpenAiProvider(...given);

const OPENERS: Readonly<Record<ProviderType, Opener>> = {
  openai,
  'openai-compatible': openai,
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
