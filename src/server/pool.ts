// The models a gateway can ask: where each lives, what it can take, what it costs.
import type { Environment } from '../config/environment.js';
import type { VsrConfig } from '../config/schema.js';
import { type ModelCatalogue, takesImages } from '../data/catalogue.js';
import { askedModels } from '../pipelines/benchmark/models.js';
import type { Price } from '../pipelines/benchmark/price.js';
import { type Forwarder, openForwarder } from '../providers/forwarder.js';
import type { Asked } from './asked.js';
import { isSimulated, openSimulator } from './simulator.js';

export interface ServedModel {
  readonly alias: string;
  /** In order of preference. */
  readonly routes: readonly { readonly forwarder: Forwarder; readonly model: string }[];
  readonly extraBody: Readonly<Record<string, unknown>>;
  readonly price: Price | null;
  readonly contextWindow: number | undefined;
  /** undefined = nobody said. */
  readonly takesImages: boolean | undefined;
  readonly takesTools: boolean | undefined;
}

export type Pool = ReadonlyMap<string, ServedModel>;

export interface PoolTools {
  readonly environment: Environment;
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/** Empty where no model is configured. Throws `VSR_CONFIG`, `VSR_API_KEY_MISSING`. */
export function openPool(config: VsrConfig, catalogue: ModelCatalogue, tools: PoolTools): Pool {
  if (Object.keys(config.modelConfig).length === 0) return new Map();
  const nothing = { path: '', queries: [], recorded: new Map(), recordedModels: [] };
  const models = askedModels(
    { ...config, benchmark: { ...config.benchmark, models: undefined } },
    nothing,
    catalogue,
    () => false,
  );
  const forwarders = new Map<string, Forwarder>();
  for (const { endpoint } of models.flatMap(({ routes }) => routes)) {
    if (forwarders.has(endpoint.name)) continue;
    const own = models.filter(({ routes }) => routes.some((route) => route.endpoint.name === endpoint.name));
    const settings = Object.fromEntries(own.map(({ alias, accessKey }) => [alias, { accessKey }]));
    forwarders.set(
      endpoint.name,
      isSimulated(endpoint) ? openSimulator(config) : openForwarder(endpoint, settings, tools),
    );
  }
  return new Map(
    models.map(({ alias, routes, extraBody, price, contextWindow }) => {
      const { images, tools: takesTools } = config.serve.abilities[alias] ?? {};
      const modalities = config.modelConfig[alias]?.modalities ?? catalogue.get(alias)?.modalities ?? [];
      const declared = takesImages(modalities);
      const served: ServedModel = {
        alias,
        routes: routes.map(({ endpoint, model }) => ({ forwarder: forwarders.get(endpoint.name)!, model })),
        extraBody,
        price,
        contextWindow,
        takesImages: images ?? declared,
        takesTools,
      };
      return [alias, served] as const;
    }),
  );
}

export type Unable = 'no_image_support' | 'no_tools' | 'too_long';

/** Why a model cannot answer; undefined = it can, as far as anybody said. */
export function unableTo(
  model: ServedModel,
  asked: Pick<Asked, 'needsImages' | 'needsTools' | 'inputTokens' | 'maxTokens'>,
): Unable | undefined {
  if (asked.needsImages && model.takesImages === false) return 'no_image_support';
  if (asked.needsTools && model.takesTools === false) return 'no_tools';
  const { contextWindow } = model;
  return contextWindow !== undefined && asked.inputTokens + asked.maxTokens > contextWindow ? 'too_long' : undefined;
}
