// Opens an artifact once and routes query after query with it: what a long-running server needs of `infer`.
import type { Manifest } from '../../artifacts/manifest.js';
import type { VsrConfig } from '../../config/schema.js';
import type { Query } from '../../data/query.js';
import { featuresOf } from '../../features/feature-space.js';
import type { Matrix } from '../../math/matrix.js';
import { type Decision, decide, decideWithoutScores } from '../../routers/decide.js';
import type { QueryFacts } from '../../routers/decide-masks.js';
import type { Person } from '../../routers/people.js';
import { loadRouter } from '../../routers/registry.js';
import type { FittedRouter } from '../../routers/router.js';
import type { PipelineContext } from '../context.js';
import type { StoredTurn } from '../people/stored-turn.js';
import { readStoredUsers } from '../trained/companion-files.js';
import { type DecisionBasis, decisionBasis } from '../trained/decision-basis.js';
import { openRouter, openTrained } from '../trained/trained-router.js';
import { queryFacts } from './query-facts.js';
import { personOf } from './routing-person.js';
import { seesImages } from './score-block.js';
import { createScoreQueue, type Scored } from './score-queue.js';
import { imageSeer, imagesOf } from './see-image.js';
import { userPolicies } from './user-policy.js';
import { encoderFailed } from './without-embedding.js';

/** What may differ from query to query; everything not given is as the artifact has it. */
export interface RouteRequest {
  readonly router?: string | undefined;
  readonly userId?: string | null | undefined;
  /** Rated turns of this user since training, oldest first. */
  readonly turns?: readonly StoredTurn[];
  readonly candidates?: readonly string[] | undefined;
  readonly qualityWeight?: number | undefined;
  readonly costWeight?: number | undefined;
  readonly maxCost?: number | undefined;
  readonly fallback?: string | undefined;
  /** Of everything that will be sent; default estimated from the query. */
  readonly inputTokens?: number | undefined;
  /** Whether anything that will be sent is a picture; default as the query has it. */
  readonly hasImage?: boolean | undefined;
  /** Models that take pictures whatever the artifact says. */
  readonly seeing?: ReadonlySet<string> | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Routed {
  readonly router: string;
  readonly decision: Omit<Decision, 'reason'> & {
    readonly reason: Decision['reason'] | 'global_prior';
  };
  /** [D] what the router saw of the query; null where there was no embedding. */
  readonly features: Float32Array | null;
  /** Milliseconds; 0 for what came from the cache. A picture is always embedded, after those before it. */
  readonly timing: { readonly embed: number; readonly score: number };
  /** true: embedding and scores of the same text were still known. */
  readonly cached: boolean;
  /** A picture will be sent that the scores know nothing of. */
  readonly degraded?: 'image';
}

export interface RoutingSession {
  readonly manifest: Manifest;
  /** The router that is asked where none is named. */
  readonly router: string;
  /** Throws `VSR_ROUTER_UNKNOWN`, `VSR_MODEL_UNKNOWN`, `VSR_DATA` for a picture that cannot be read. */
  route(query: Query, request?: RouteRequest): Promise<Routed>;
  /** Whether pictures count for this router: it was trained with them, and its encoder sees. Throws `VSR_ROUTER_UNKNOWN`. */
  seesImages(router?: string): Promise<boolean>;
  /** [texts × D] embeddings, without categories. Throws `VSR_ENCODER`. */
  embed(texts: readonly string[], signal?: AbortSignal): Promise<Matrix>;
}

/**
 * Queries that arrive together are embedded and scored together; the scores of the last thousand texts are kept.
 * Throws `VSR_ARTIFACT`, `VSR_ENCODER`, `VSR_ROUTER_UNKNOWN`.
 */
export async function openRoutingSession(
  directory: string,
  config: Pick<VsrConfig, 'embedding'> & { readonly router?: string | undefined },
  context: PipelineContext = {},
): Promise<RoutingSession> {
  const trained = await openTrained(directory, config.embedding, context);
  const { manifest } = trained.artifact;
  const users = readStoredUsers(trained.artifact);
  const name = config.router ?? manifest.bestRouter;
  const seeImage = imageSeer(trained.encoder, context);
  const opened = new Map<string, Promise<OpenedRouter>>();
  const open = (router: string) => {
    const known = opened.get(router);
    if (known) return known;
    const fresh = openOne(router);
    opened.set(router, fresh);
    fresh.catch(() => opened.delete(router));
    return fresh;
  };
  const openOne = async (router: string): Promise<OpenedRouter> => {
    const fitted = await openRouter(trained, router);
    const personal = (await loadRouter(router)).needs.users;
    const queue = createScoreQueue(async (batch) => {
      const started = performance.now();
      const texts = batch.map(({ query: { query } }) => query);
      const { vectors } = await trained.encoder.embed(texts, context.signal);
      const embedded = performance.now();
      const categories = batch.map(({ query: { category } }) => category);
      const features = featuresOf(trained.space, vectors, categories);
      const images = imagesOf(batch.map(({ image }) => image));
      const scores = await fitted.score({
        features,
        ...(images && { images }),
        ...(personal && { askers: askersOf(batch.map(({ person }) => person)) }),
      });
      const scored = performance.now();
      return {
        features,
        scores,
        timing: { embed: (embedded - started) / texts.length, score: (scored - embedded) / texts.length },
      };
    });
    const sees = trained.encoder.images !== undefined && seesImages(fitted);
    return { fitted, personal, sees, queue, basis: decisionBasis(trained.artifact, router) };
  };
  await open(name);

  return {
    manifest,
    router: name,
    seesImages: async (router = name) => (await open(router)).sees,
    embed: async (texts, signal) => (await trained.encoder.embed(texts, signal)).vectors,
    async route(query, request = {}) {
      const router = request.router ?? name;
      const { fitted, personal, sees, queue, basis } = await open(router);
      const userId = request.userId ?? null;
      const able = { ...basis, abilities: withSeeing(basis.abilities, manifest.models, request.seeing) };
      const { policy, unknownUser } = userPolicies(manifest, users, fitted.scale, optionsOf(request), able)(userId);
      const facts = factsOf(query, request);
      const person =
        personal && userId !== null
          ? personOf(userId, users.get(userId), request.turns ?? [], trained.artifact)
          : undefined;
      const started = performance.now();
      const image = sees ? await seeImage(query, request.signal) : undefined;
      const seeing = image ? performance.now() - started : 0;
      const degraded = facts.hasImage && !image ? ({ degraded: 'image' } as const) : {};
      let scored: Scored;
      try {
        scored = await queue.score({ query, person, image });
      } catch (error) {
        if (!encoderFailed(error)) throw error;
        context.onWarning?.(`${error.message} Without an embedding the default model is chosen.`);
        const decision = decideWithoutScores(facts, policy);
        return { router, decision, features: null, timing: { embed: 0, score: 0 }, cached: false, ...degraded };
      }
      const decision = decide(scored.scores, facts, {
        ...policy,
        calibrators: manifest.routers[router]?.calibration?.models,
      });
      const known = !unknownUser || (person?.history ?? null) !== null;
      return {
        router,
        decision:
          known || decision.reason !== 'highest_utility' ? decision : { ...decision, reason: 'global_prior' as const },
        features: scored.features,
        timing: { ...scored.timing, embed: scored.timing.embed + seeing },
        cached: scored.cached,
        ...degraded,
      };
    },
  };
}

interface OpenedRouter {
  readonly fitted: FittedRouter;
  /** true: scores depend on who asks. */
  readonly personal: boolean;
  /** true: scores depend on the picture. */
  readonly sees: boolean;
  readonly queue: ReturnType<typeof createScoreQueue>;
  readonly basis: DecisionBasis;
}

/** Whoever sends the query may know better what goes with it. */
function factsOf(query: Query, { inputTokens, hasImage }: RouteRequest): QueryFacts {
  const facts = queryFacts(query);
  return { inputTokens: inputTokens ?? facts.inputTokens, hasImage: hasImage ?? facts.hasImage };
}

function withSeeing(
  abilities: DecisionBasis['abilities'],
  models: readonly string[],
  seeing: RouteRequest['seeing'],
): DecisionBasis['abilities'] {
  if (!seeing || seeing.size === 0) return abilities;
  return abilities?.map((one, m) => (seeing.has(models[m]!) ? { ...one, takesImages: true } : one));
}

/** Each person of a batch once. */
function askersOf(people: readonly (Person | undefined)[]) {
  const distinct = [...new Set(people.filter((person) => person !== undefined))];
  return { people: distinct, asker: Int32Array.from(people, (person) => (person ? distinct.indexOf(person) : -1)) };
}

function optionsOf({ candidates, qualityWeight, costWeight, maxCost, fallback }: RouteRequest) {
  return {
    artifacts: '',
    explain: false,
    candidates: candidates && [...candidates],
    qualityWeight,
    costWeight,
    maxCost,
    fallback,
  } as VsrConfig['infer'];
}
