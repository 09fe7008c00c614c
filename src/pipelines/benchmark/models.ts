// The models to ask: where each is found, under which name, with which settings and at which price.
import type { VsrConfig } from '../../config/schema.js';
import type { ModelCatalogue } from '../../data/catalogue.js';
import { nearestName } from '../../errors/nearest.js';
import { VsrError } from '../../errors/vsr-error.js';
import {
  baseUrlOf,
  type EndpointSettings,
  isFree,
  isLoopback,
  type ModelSettings,
  providerTypeOf,
} from '../../providers/endpoint.js';
import { type Price, priceOf } from './price.js';
import type { QueryFile } from './questions.js';

/** One server (or the recorder) with its limits. */
export interface Endpoint extends EndpointSettings {
  readonly type: NonNullable<EndpointSettings['type']>;
  readonly concurrency: number;
  readonly weight: number;
}

export interface AskedModel {
  /** The name our files use. */
  readonly alias: string;
  /** Where it can be asked, with the name the server knows; at least one. */
  readonly routes: readonly { readonly endpoint: Endpoint; readonly model: string }[];
  readonly maxTokens: number;
  readonly temperature: number;
  readonly systemPrompt?: string;
  readonly price: Price | null;
  /** Tokens that a prompt may have; absent = unknown. */
  readonly contextWindow?: number;
  readonly accessKey?: string;
  readonly extraBody: Readonly<Record<string, unknown>>;
  /** Answers are asked for piece by piece. */
  readonly stream: boolean;
  readonly simulated?: NonNullable<ModelSettings['simulated']>;
}

/** Every call of the recorder is a lookup; this many at a time keep the journal's writes large. */
const RECORDED_CONCURRENCY = 16;
const USUAL_PAUSE_MS = 500;

/**
 * The configured models, else those the query file has outcomes of; of these the ones that `--models` names.
 * `flag` names them in errors. `given` says whether a flag was given: a flag beats what a model or an endpoint says, its default does not.
 * Throws `VSR_CONFIG` if there is none or an endpoint is incomplete, `VSR_MODEL_UNKNOWN` for a name that is not among them.
 */
export function askedModels(
  config: VsrConfig,
  file: QueryFile,
  catalogue: ModelCatalogue,
  given: (flag: string) => boolean,
  flag = '--models',
): AskedModel[] {
  const configured = Object.keys(config.modelConfig);
  const known = configured.length > 0 ? configured : file.recordedModels;
  if (known.length === 0) {
    throw new VsrError('VSR_CONFIG', `No model is configured, and ${file.path} holds no outcomes to play back.`, {
      hint: 'Write vllm_endpoints and model_config into vsr.yaml; `vsr init` writes a commented one.',
    });
  }
  const endpoints = configured.length > 0 ? endpointsOf(config, given) : [recorder(config)];
  return chosen(config.benchmark.models, known, flag).map((alias) => {
    const own = config.modelConfig[alias];
    const preferred = own?.preferredEndpoints ?? [];
    const routes = (own?.simulated ? [simulator(config)] : endpoints)
      .filter(({ name }) => own?.simulated || preferred.length === 0 || preferred.includes(name))
      .map((endpoint) => ({ endpoint, model: own?.externalModelIds[endpoint.type] ?? alias }));
    if (routes.length === 0) {
      throw new VsrError('VSR_CONFIG', `Model ${alias} has no endpoint to be asked at.`, {
        hint: 'Add an endpoint to vllm_endpoints.',
      });
    }
    const { maxTokens, temperature, stream } = config.benchmark;
    const window = own?.contextWindowSize ?? catalogue.get(alias)?.contextWindow;
    return {
      alias,
      routes,
      maxTokens: given('--max-tokens') ? maxTokens : (own?.maxTokens ?? maxTokens),
      temperature: given('--temperature') ? temperature : (own?.temperature ?? temperature),
      ...(own?.systemPrompt && { systemPrompt: own.systemPrompt }),
      price: priceOf(
        own?.pricing,
        catalogue.get(alias),
        routes.every(({ endpoint }) => endpoint.type !== 'simulated' && isFree(endpoint)),
      ),
      ...(window != null && { contextWindow: window }),
      ...(own?.accessKey !== undefined && { accessKey: own.accessKey }),
      extraBody: own?.extraBody ?? {},
      stream: own?.stream ?? stream,
      ...(own?.simulated && { simulated: own.simulated }),
    };
  });
}

function chosen(names: readonly string[] | undefined, known: readonly string[], flag: string): readonly string[] {
  if (names === undefined) return known;
  const stray = names.find((name) => !known.includes(name));
  if (stray !== undefined) {
    const near = nearestName(stray, known);
    throw new VsrError('VSR_MODEL_UNKNOWN', `${flag}: there is no model "${stray}"; known are ${known.join(', ')}.`, {
      ...(near !== undefined && { hint: `Did you mean ${near}?` }),
    });
  }
  return [...new Set(names)];
}

function endpointsOf(config: VsrConfig, given: (flag: string) => boolean): Endpoint[] {
  const { concurrency, rateLimitDelay, timeout, maxRetries } = config.benchmark;
  return config.vllmEndpoints.map((endpoint): Endpoint => {
    const type = providerTypeOf(endpoint);
    const free = type === 'recorded' || type === 'simulated';
    const near = free || isLoopback(baseUrlOf({ ...endpoint, type }));
    return {
      name: endpoint.name,
      type,
      address: endpoint.address,
      port: endpoint.port,
      baseUrl: endpoint.baseUrl,
      apiKey: endpoint.apiKey,
      headers: endpoint.headers,
      weight: endpoint.weight,
      concurrency:
        (given('--concurrency') ? undefined : endpoint.concurrency) ?? concurrency ?? (free ? RECORDED_CONCURRENCY : 1),
      rateLimitDelayMs:
        (given('--rate-limit-delay') ? undefined : endpoint.rateLimitDelayMs) ??
        rateLimitDelay ??
        (near ? 0 : USUAL_PAUSE_MS),
      requestsPerMinute: endpoint.requestsPerMinute,
      tokensPerMinute: endpoint.tokensPerMinute,
      firstTokenMs: endpoint.firstTokenTimeoutS === undefined ? undefined : 1000 * endpoint.firstTokenTimeoutS,
      timeoutMs: 1000 * (given('--timeout') ? timeout : (endpoint.timeoutS ?? timeout)),
      maxRetries: given('--max-retries') ? maxRetries : (endpoint.maxRetries ?? maxRetries),
    };
  });
}

/** Where models are asked that are only pretended. */
function simulator(config: VsrConfig): Endpoint {
  const concurrency = config.benchmark.concurrency ?? RECORDED_CONCURRENCY;
  return { name: 'simulated', type: 'simulated', weight: 1, concurrency, rateLimitDelayMs: 0 };
}

function recorder(config: VsrConfig): Endpoint {
  const concurrency = config.benchmark.concurrency ?? RECORDED_CONCURRENCY;
  return { name: 'recorded', type: 'recorded', weight: 1, concurrency, rateLimitDelayMs: 0 };
}
