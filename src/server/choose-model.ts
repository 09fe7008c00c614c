// From what is asked to the models that may answer it, best first, and why.
import { createHash, randomUUID } from 'node:crypto';
import { bareQuery, type Query } from '../data/query.js';
import { nearestName } from '../errors/nearest.js';
import type { Routed } from '../pipelines/infer/routing-session.js';
import { encodeVector } from '../pipelines/people/stored-turn.js';
import type { RankedModel } from '../routers/decide.js';
import { ApiError } from './api-error.js';
import type { Asked } from './asked.js';
import type { GatewayParts } from './parts.js';
import { pictureError, pictureFor } from './picture.js';
import { unableTo } from './pool.js';
import { routedQuestion } from './routed-question.js';
import type { RatedDecision } from './state/gateway-state.js';

export interface Choice {
  readonly id: string;
  /** null: an alias was asked for. */
  readonly router: string | null;
  readonly reason: string;
  /** Expected quality of the first. */
  readonly score: number | null;
  /** Whom to ask in which order; at least one. */
  readonly models: readonly string[];
  readonly ranking: readonly RankedModel[];
  readonly masked: Readonly<Record<string, string>>;
  readonly confidence: number;
  /** Of an experiment: routed or default; null without one. */
  readonly arm: 'routed' | 'default' | null;
  /** What the shadow router would have done. */
  readonly shadow: { readonly router: string; readonly model: string } | null;
  /** A picture was sent that the router has not seen. */
  readonly degraded?: 'image';
  readonly timing: Routed['timing'];
  /** What a rating of it needs. */
  readonly rated: RatedDecision;
}

/** Throws `ApiError` 404 for a model nobody knows, 400 where no candidate can answer or a picture cannot be read, and what the routing session throws. */
export async function chooseModel(
  parts: GatewayParts,
  asked: Asked,
  userId: string | null,
  signal?: AbortSignal,
): Promise<Choice> {
  const { config, pool, metrics, state } = parts;
  const session = parts.session();
  const { manifest } = session;
  const id = `vsr-${randomUUID()}`;
  const sessionId = asked.policy.sessionId ?? null;
  const about = (model: string, router: string, features: Float32Array | null): RatedDecision => ({
    id,
    router,
    model,
    userId,
    sessionId,
    query: config.serve.log.prompts ? asked.text : '',
    encoder: manifest.embedder.fingerprint,
    vector: features ? encodeVector(features) : '',
  });
  const named = namedRouter(asked.model);
  if (named === undefined) {
    if (!pool.has(asked.model)) throw unknownModel(asked.model, [...pool.keys(), 'vsr', 'auto']);
    return {
      id,
      router: null,
      reason: 'alias',
      score: null,
      models: [asked.model],
      ranking: [],
      masked: {},
      confidence: 1,
      arm: null,
      shadow: null,
      timing: { embed: 0, score: 0 },
      rated: about(asked.model, 'none', null),
    };
  }
  const { masked, eligible } = eligibleModels(parts, asked);
  const wanted = config.serve.fallback ?? manifest.bestSingle;
  const fallback = eligible.includes(wanted) ? wanted : eligible[0]!;
  const started = performance.now();
  const router = config.serve.shadow ?? (named || session.router);
  const question = await routedQuestion(asked, session, signal);
  const looks = question.images.length > 0 && (await session.seesImages(router));
  const picture = looks ? await pictureFor(question.images, config, signal) : undefined;
  const routed = await session
    .route(queryOf(question.text, picture), {
      router,
      userId,
      turns: userId === null ? [] : state.turnsOf(userId),
      candidates: eligible,
      qualityWeight: asked.policy.qualityWeight ?? config.serve.qualityWeight,
      costWeight:
        asked.policy.costWeight ?? (asked.policy.qualityWeight === undefined ? config.serve.costWeight : undefined),
      maxCost: asked.policy.maxCost ?? config.serve.maxCost,
      fallback,
      inputTokens: asked.inputTokens,
      hasImage: asked.needsImages,
      seeing: asked.needsImages ? seeingIn(pool) : undefined,
      signal,
    })
    .catch((error: unknown) => {
      throw pictureError(error);
    });
  metrics.time('embed', routed.timing.embed);
  metrics.time('score', routed.timing.score);
  metrics.time('route', performance.now() - started);
  metrics.add('vsr_cache_total', { result: routed.cached ? 'hit' : 'miss' });
  const { decision } = routed;
  const arm = config.serve.abShare < 1 ? armOf(sessionId ?? userId ?? id, config.serve.abShare) : null;
  let first = decision.model;
  let reason: string = decision.reason;
  if (config.serve.shadow !== undefined) [first, reason] = [fallback, 'shadow'];
  else if (arm === 'default') [first, reason] = [fallback, 'ab_default'];
  else if (sessionId !== null && (asked.policy.sticky ?? config.serve.sticky)) {
    const before = await state.sessionModel(sessionId);
    if (before !== undefined && eligible.includes(before)) [first, reason] = [before, 'sticky_session'];
  }
  const ranked = decision.ranking.map(({ model }) => model);
  const models = [...new Set([first, ...ranked, ...eligible])];
  return {
    id,
    router,
    reason,
    score: scoreOf(decision, first),
    models,
    ranking: decision.ranking,
    masked: { ...decision.masked, ...masked },
    confidence: decision.confidence,
    arm,
    shadow: config.serve.shadow === undefined ? null : { router, model: decision.model },
    ...(routed.degraded && { degraded: routed.degraded }),
    timing: routed.timing,
    rated: about(first, router, routed.features),
  };
}

/** Expected quality of the model that answers, whoever was chosen first; null where the router said nothing of it. */
export function scoreOf({ ranking }: Pick<Choice, 'ranking'>, model: string): number | null {
  return ranking.find((one) => one.model === model)?.expectedQuality ?? null;
}

/** A router's name, '' for the usual one, undefined where an alias is asked for. */
function namedRouter(model: string): string | undefined {
  if (model === 'vsr' || model === 'auto') return '';
  return model.startsWith('vsr/') ? model.slice(4) : undefined;
}

function eligibleModels({ config, pool, session }: GatewayParts, asked: Asked) {
  const known = session().manifest.models;
  // Without configured models there is nobody to ask: decisions alone are given, about all models of the artifact.
  const served = pool.size === 0 ? known : known.filter((model) => pool.has(model));
  const wanted = asked.policy.candidates ?? config.serve.candidates ?? served;
  const stray = wanted.find((model) => !known.includes(model));
  if (stray !== undefined) throw unknownModel(stray, served, 'vsr.candidates');
  const masked: Record<string, string> = Object.fromEntries(
    known.filter((model) => !served.includes(model)).map((model) => [model, 'not_configured']),
  );
  const eligible = served.filter((model) => {
    const why = wanted.includes(model) ? pool.has(model) && unableTo(pool.get(model)!, asked) : 'not_a_candidate';
    if (why) masked[model] = why;
    return !why;
  });
  if (eligible.length > 0) return { masked, eligible };
  const why = served.map((model) => `${model}: ${masked[model]}`);
  throw new ApiError(
    400,
    `No candidate can answer this${why.length > 0 ? ` (${why.join(', ')})` : ': none of the models of the artifact is configured'}.`,
    {
      code: Object.values(masked).includes('too_long') ? 'context_length_exceeded' : 'no_candidate',
    },
  );
}

/** Exact and stateless: the same name is in the same arm on every gateway. */
export function armOf(name: string, share: number): 'routed' | 'default' {
  const drawn = createHash('sha256').update(`ab:${name}`).digest().readUInt32BE(0) / 2 ** 32;
  return drawn < share ? 'routed' : 'default';
}

function unknownModel(model: string, known: readonly string[], param = 'model'): ApiError {
  const near = nearestName(model, known);
  const shown = model.slice(0, 100);
  return new ApiError(
    404,
    `There is no model ${JSON.stringify(shown)} here.${near ? ` Did you mean ${near}?` : ` Known are ${known.join(', ')}.`}`,
    {
      code: 'model_not_found',
      param,
    },
  );
}

/** Routers take no blank text. */
function queryOf(text: string, picture: string | undefined): Query {
  const query = bareQuery(text.trim() === '' ? ' ' : text);
  return picture === undefined ? query : { ...query, images: [picture] };
}

/** Those that were said to take pictures. */
function seeingIn(pool: GatewayParts['pool']): ReadonlySet<string> {
  return new Set([...pool.values()].flatMap(({ alias, takesImages }) => (takesImages ? [alias] : [])));
}
