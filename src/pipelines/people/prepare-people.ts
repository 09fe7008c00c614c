// Gathers all that training knows of people: read, embedded, and said aloud where it is invented.
import type { VsrConfig } from '../../config/schema.js';
import { cachedEncoder } from '../../embeddings/cache.js';
import type { Encoder } from '../../embeddings/encoder.js';
import { type FeatureSpace, featuresOf } from '../../features/feature-space.js';
import { type Matrix, matrix } from '../../math/matrix.js';
import { loadRouter } from '../../routers/registry.js';
import type { PipelineContext } from '../context.js';
import type { OutcomeData } from '../learning/outcome-data.js';
import { knownOrEstimatedCosts } from './estimated-costs.js';
import { type KnownPeople, knownPeople } from './known-people.js';
import type { LearningPeople } from './learning-people.js';
import { modelProfiles } from './model-profiles.js';

/** Throws what reading and embedding throw. @param routers names of those that will be trained */
export async function preparePeople(
  config: VsrConfig,
  data: OutcomeData,
  encoder: Encoder,
  space: FeatureSpace,
  routers: readonly string[],
  context: PipelineContext,
): Promise<LearningPeople> {
  const needs = (await Promise.all(routers.map(loadRouter))).map((router) => router.needs);
  const personal = needs.some(({ users, interactions }) => users || interactions);
  const known = await knownPeople(config, data.table.models, data.example, personal, context);
  const cost = knownOrEstimatedCosts(data.table, data.catalogue);
  await tellSimulated(known, routers, context);
  const texts = [...new Set(known.turns.map(({ query }) => query))];
  const at = new Map(texts.map((text, i) => [text, i]));
  return {
    known,
    cost,
    profiles: await modelProfiles(data.table.models, data.catalogue, encoder, space, context.signal),
    turnFeatures: await textFeatures(texts, encoder, space, config.embedding.cacheDir, context),
    turnQuery: Int32Array.from(known.turns, ({ query }) => at.get(query)!),
    simulatedVotes: known.turns.length === 0 && needs.some(({ interactions }) => interactions),
    seed: config.seed,
  };
}

/** [texts×D] through the cache. */
export async function textFeatures(
  texts: readonly string[],
  encoder: Encoder,
  space: FeatureSpace,
  cacheDirectory: string,
  context: PipelineContext,
): Promise<Matrix> {
  if (texts.length === 0) return matrix(0, space.dim);
  const { vectors } = await cachedEncoder(encoder, cacheDirectory, context).embed(texts, context.signal);
  return featuresOf(
    space,
    vectors,
    texts.map(() => null),
  );
}

/** Of the routers that know the person, those that learn from simulated people or votes. */
export async function routersOnSimulatedUsers(known: KnownPeople, routers: readonly string[]): Promise<string[]> {
  const loaded = await Promise.all(routers.map(loadRouter));
  return loaded
    .filter(
      ({ needs }) =>
        (needs.users || needs.interactions) && (known.simulated || (needs.interactions && known.turns.length === 0)),
    )
    .map(({ name }) => name);
}

async function tellSimulated(known: KnownPeople, routers: readonly string[], context: PipelineContext): Promise<void> {
  const names = await routersOnSimulatedUsers(known, routers);
  if (names.length === 0) return;
  const what = known.simulated
    ? `on simulated users: ${known.people.length} who trade quality against cost`
    : 'on simulated votes: what each user would prefer, by the preferences in the users file and the outcomes';
  context.onNotice?.(
    `${names.join(' and ')} ${names.length === 1 ? 'learns' : 'learn'} ${what}. Real ones: --votes, --users, --history.`,
  );
}
