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
import { createScoreQueue, type Scored } from './score-queue.js';
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
}

export interface Routed {
  readonly router: string;
  readonly decision: Omit<Decision, 'reason'> & {
    readonly reason: Decision['reason'] | 'global_prior';
  };
  /** [D] what the router saw of the query; null where there was no embedding. */
  readonly features: Float32Array | null;
  /** Milliseconds; 0 for what came from the cache. */
  readonly timing: { readonly embed: number; readonly score: number };
  /** true: embedding and scores of the same text were still known. */
  readonly cached: boolean;
}

export interface RoutingSession {
  readonly manifest: Manifest;
  /** The router that is asked where none is named. */
  readonly router: string;
  /** Throws `VSR_ROUTER_UNKNOWN`, `VSR_MODEL_UNKNOWN`. */
  route(query: Query, request?: RouteRequest): Promise<Routed>;
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
    const queue = createScoreQueue(async (queries, people) => {
      const started = performance.now();
      const texts = queries.map(({ query }) => query);
      const { vectors } = await trained.encoder.embed(texts, context.signal);
      const embedded = performance.now();
      const categories = queries.map(({ category }) => category);
      const features = featuresOf(trained.space, vectors, categories);
      const scores = await fitted.score({ features, ...(personal && { askers: askersOf(people) }) });
      const scored = performance.now();
      return {
        features,
        scores,
        timing: { embed: (embedded - started) / texts.length, score: (scored - embedded) / texts.length },
      };
    });
    return { fitted, personal, queue, basis: decisionBasis(trained.artifact, router) };
  };
  await open(name);

  return {
    manifest,
    router: name,
    embed: async (texts, signal) => (await trained.encoder.embed(texts, signal)).vectors,
    async route(query, request = {}) {
      const router = request.router ?? name;
      const { fitted, personal, queue, basis } = await open(router);
      const userId = request.userId ?? null;
      const { policy, unknownUser } = userPolicies(manifest, users, fitted.scale, optionsOf(request), basis)(userId);
      const person =
        personal && userId !== null
          ? personOf(userId, users.get(userId), request.turns ?? [], trained.artifact)
          : undefined;
      let scored: Scored;
      try {
        scored = await queue.score(query, person);
      } catch (error) {
        if (!encoderFailed(error)) throw error;
        context.onWarning?.(`${error.message} Without an embedding the default model is chosen.`);
        const decision = decideWithoutScores(factsOf(query, request), policy);
        return { router, decision, features: null, timing: { embed: 0, score: 0 }, cached: false };
      }
      const decision = decide(scored.scores, factsOf(query, request), {
        ...policy,
        calibrators: manifest.routers[router]?.calibration?.models,
      });
      const known = !unknownUser || (person?.history ?? null) !== null;
      return {
        router,
        decision:
          known || decision.reason !== 'highest_utility' ? decision : { ...decision, reason: 'global_prior' as const },
        features: scored.features,
        timing: scored.timing,
        cached: scored.cached,
      };
    },
  };
}

interface OpenedRouter {
  readonly fitted: FittedRouter;
  /** true: scores depend on who asks. */
  readonly personal: boolean;
  readonly queue: ReturnType<typeof createScoreQueue>;
  readonly basis: DecisionBasis;
}

/** Whoever sends the query may know better how long it is. */
function factsOf(query: Query, { inputTokens }: RouteRequest): QueryFacts {
  const facts = queryFacts(query);
  return { ...facts, inputTokens: inputTokens ?? facts.inputTokens };
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
