// What simulated models know: the queries themselves, the recorded qualities of their `from`, the texts of their `replay`.
import type { VsrConfig } from '../../config/schema.js';
import { readJsonLines } from '../../data/jsonl.js';
import type { Query } from '../../data/query.js';
import { readOutcomes } from '../../data/read-outcomes.js';
import { VsrError } from '../../errors/vsr-error.js';
import { seededRandom } from '../../math/random.js';
import type { SimulatedSource } from '../../providers/simulated/simulated-provider.js';

/** Reads every file that a model of `config` names, once. Throws `VSR_FILE` and `VSR_DATA`. */
export async function simulatedSource(queries: readonly Query[], config: VsrConfig): Promise<SimulatedSource> {
  const byId = new Map(queries.map((query) => [query.id, query]));
  const settings = Object.entries(config.modelConfig).flatMap(([alias, { simulated }]) =>
    simulated ? [[alias, simulated] as const] : [],
  );
  const outcomes = await readEach(
    settings.map(([, { from }]) => from),
    (path) => qualities(path, config),
  );
  const responses = await readEach(
    settings.map(([, { replay }]) => replay),
    texts,
  );
  const own = new Map(settings);
  return {
    lookup(queryId) {
      const query = byId.get(queryId);
      if (!query) return undefined;
      const { metric, groundTruth, choices, category } = query;
      return { metric, groundTruth, choices, category, query: query.query };
    },
    recorded: (queryId, alias) => outcomes.get(own.get(alias)?.from ?? '')?.get(nameOf(queryId, alias)) ?? null,
    replayed: (queryId, alias) => responses.get(own.get(alias)?.replay ?? '')?.get(nameOf(queryId, alias)),
    random: (name) => seededRandom(config.seed).fork(name),
  };
}

async function readEach<T>(paths: readonly (string | undefined)[], read: (path: string) => Promise<T>) {
  const found = new Map<string, T>();
  for (const path of paths) if (path !== undefined && !found.has(path)) found.set(path, await read(path));
  return found;
}

async function qualities(path: string, { scoring }: VsrConfig): Promise<Map<string, number>> {
  const { rows } = await readOutcomes(path, { scale: scoring.scale });
  return new Map(
    rows.flatMap(({ query, outcomes }) =>
      Object.entries(outcomes).flatMap(([alias, { quality }]) =>
        quality === null ? [] : [[nameOf(query.id, alias), quality] as const],
      ),
    ),
  );
}

async function texts(path: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const { value, line } of readJsonLines({ source: path })) {
    const { id, model, response } = (value ?? {}) as Record<string, unknown>;
    if (typeof id !== 'string' || typeof model !== 'string' || typeof response !== 'string') {
      throw new VsrError('VSR_DATA', `${path}:${line}: expected {"id", "model", "response"}, each a text.`, {
        hint: 'replay reads the responses.jsonl that vsr benchmark writes.',
      });
    }
    found.set(nameOf(id, model), response);
  }
  return found;
}

function nameOf(queryId: string, alias: string): string {
  return `${queryId}\n${alias}`;
}
