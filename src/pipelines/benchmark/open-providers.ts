// Opens a provider for every endpoint that the asked models need, each with the keys of its own models alone.
import type { Environment } from '../../config/environment.js';
import type { VsrConfig } from '../../config/schema.js';
import { readOutcomes } from '../../data/read-outcomes.js';
import { seededRandom } from '../../math/random.js';
import type { Provider } from '../../providers/provider.js';
import type { RecordedSource } from '../../providers/recorded/recorded-provider.js';
import { openProvider, type ProviderTools } from '../../providers/registry.js';
import type { AskedModel, Endpoint } from './models.js';
import type { QueryFile } from './questions.js';
import { simulatedSource } from './simulated-source.js';

export interface BenchmarkTools extends Pick<ProviderTools, 'fetch' | 'wait' | 'now' | 'onWarning'> {
  /** Where a key is looked for that neither model nor endpoint names. */
  readonly environment?: Environment;
}

/** By endpoint name. Throws what the providers throw before any call: `VSR_CONFIG`, `VSR_API_KEY_MISSING`. */
export async function openProviders(
  models: readonly AskedModel[],
  file: QueryFile,
  config: VsrConfig,
  tools: BenchmarkTools,
): Promise<ReadonlyMap<string, Provider>> {
  const endpoints = new Map<string, Endpoint>(
    models.flatMap(({ routes }) => routes.map(({ endpoint }) => [endpoint.name, endpoint] as const)),
  );
  const playsBack = [...endpoints.values()].some(({ type }) => type === 'recorded');
  const recorded = playsBack ? await recordedSource(file, config) : undefined;
  const pretends = [...endpoints.values()].some(({ type }) => type === 'simulated');
  const simulated = pretends ? await simulatedSource(file.queries, config) : undefined;
  const providers = new Map<string, Provider>();
  for (const endpoint of endpoints.values()) {
    const own = models.filter(({ routes }) => routes.some((route) => route.endpoint === endpoint));
    const settings = own.map(
      ({ alias, accessKey, extraBody, contextWindow, simulated }) =>
        [alias, { accessKey, extraBody, contextWindow, simulated }] as const,
    );
    const provider = await openProvider(endpoint, Object.fromEntries(settings), {
      environment: tools.environment ?? {},
      uniform: seededRandom(config.seed).fork(`retries of ${endpoint.name}`).uniform,
      fetch: tools.fetch,
      wait: tools.wait,
      now: tools.now,
      onWarning: tools.onWarning,
      recorded,
      simulated,
    });
    providers.set(endpoint.name, provider);
  }
  return providers;
}

/** What the query file itself holds, else data.outcomes; undefined if there is neither. */
async function recordedSource(file: QueryFile, config: VsrConfig): Promise<RecordedSource | undefined> {
  const { outcomes } = config.data;
  if (file.recorded.size === 0 && outcomes === undefined) return undefined;
  const rows =
    file.recorded.size > 0 || outcomes === undefined
      ? file.recorded
      : new Map((await readOutcomes(outcomes, { scale: config.scoring.scale })).rows.map((row) => [row.query.id, row]));
  return {
    lookup(queryId, alias) {
      const row = rows.get(queryId);
      const quality = row?.outcomes[alias]?.quality;
      if (!row || quality === null || quality === undefined) return undefined;
      const { query, metric, groundTruth, choices } = row.query;
      return { quality, metric, groundTruth, choices, query };
    },
  };
}
