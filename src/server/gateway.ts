// The gateway as a function from request to response: OpenAI's API in front of a trained router.
import { type Context, Hono } from 'hono';
import { cors } from 'hono/cors';
import type { Environment } from '../config/environment.js';
import type { VsrConfig } from '../config/schema.js';
import { readCatalogue } from '../data/catalogue.js';
import type { PipelineContext } from '../pipelines/context.js';
import type { StoredTurn } from '../pipelines/people/stored-turn.js';
import { catalogueSource } from '../pipelines/sources.js';
import { createAccess } from './access.js';
import { ApiError, apiErrorOf, errorResponse } from './api-error.js';
import { readAsked } from './asked.js';
import { createBreaker } from './breaker.js';
import { type CompletionCall, complete } from './complete.js';
import { checkHost } from './host-check.js';
import { createMetrics } from './metrics.js';
import type { GatewayParts } from './parts.js';
import { openPool } from './pool.js';
import { feedbackItems, rate } from './rate.js';
import { readBody } from './read-body.js';
import { openReloading } from './reloading-session.js';
import { openRequestLog } from './request-log.js';
import { routeOnly } from './route-only.js';
import { Recent } from './state/gateway-state.js';
import { openState } from './state/open-state.js';

export interface Gateway {
  readonly fetch: (request: Request) => Response | Promise<Response>;
  readonly parts: GatewayParts;
  /** Takes the artifact in again; false where it cannot be, and the one before stays. */
  reload(): Promise<boolean>;
  close(): Promise<void>;
}

export interface GatewayTools extends PipelineContext {
  readonly environment: Environment;
  readonly fetch?: typeof globalThis.fetch;
  /** The user of requests that name none. */
  readonly defaultUser?: string | undefined;
  /** Told of every rating that has been kept; its `query` is '' unless `serve.log.prompts`. */
  readonly onRated?: ((turn: StoredTurn) => void) | undefined;
  /** Called for what a request should never meet. */
  readonly onBug?: (error: unknown) => void;
}

/** Throws what is wrong before the first request: `VSR_ARTIFACT`, `VSR_CONFIG`, `VSR_API_KEY_MISSING`, `VSR_FILE`, `VSR_STATE`, `VSR_USAGE`. */
export async function openGateway(config: VsrConfig, tools: GatewayTools): Promise<Gateway> {
  const { serve } = config;
  const metrics = createMetrics();
  const artifact = await openReloading(config, tools, (taken) =>
    metrics.add('vsr_reloads_total', { result: taken ? 'taken' : 'refused' }),
  );
  try {
    const source = catalogueSource(config, artifact.session().manifest.data.example);
    const catalogue = source === undefined ? new Map() : await readCatalogue(source);
    const pool = openPool(config, catalogue, tools);
    const state = await openState(serve.state, tools.onWarning);
    const parts: GatewayParts = {
      config,
      pool,
      state,
      metrics,
      access: createAccess(serve),
      breaker: createBreaker(serve.breaker.failures, serve.breaker.restS * 1000),
      log: openRequestLog(serve.log),
      session: artifact.session,
      decisions: new Recent(DECISIONS),
      onRated: tools.onRated,
    };
    const app = await appOf(parts, tools);
    return {
      fetch: (request) => app.fetch(request),
      parts,
      reload: artifact.reload,
      async close() {
        artifact.close();
        await parts.log.close();
        await state.close();
      },
    };
  } catch (error) {
    artifact.close();
    throw error;
  }
}

async function appOf(parts: GatewayParts, tools: GatewayTools): Promise<Hono> {
  const { config, metrics, access, pool } = parts;
  const { serve } = config;
  const limit = serve.maxBodyMb * 1e6;
  const defaultUser = tools.defaultUser ?? null;
  const app = new Hono();
  app.onError((error) => {
    const known = apiErrorOf(error);
    if (known.code === 'internal_error') tools.onBug?.(error);
    return errorResponse(known);
  });
  app.notFound((context) =>
    errorResponse(new ApiError(404, `There is no ${context.req.method} ${context.req.path.slice(0, 100)} here.`)),
  );
  app.use(async (context, next) => {
    checkHost(context.req.raw, serve);
    await next();
    context.header('x-content-type-options', 'nosniff');
    metrics.add('vsr_requests_total', { endpoint: endpointOf(context.req.path), status: String(context.res.status) });
  });
  if (serve.cors.length > 0) {
    app.use(
      '/v1/*',
      cors({
        origin: [...serve.cors],
        exposeHeaders: EXPOSED,
        allowHeaders: ['authorization', 'content-type', 'x-vsr-user', 'x-vsr-session'],
      }),
    );
  }
  app.get('/health', (context) => context.json({ status: 'ok' }));
  app.get('/ready', (context) => context.json({ status: 'ready', router: parts.session().router, models: pool.size }));
  app.get('/metrics', (context) => {
    access.check(context.req.raw.headers);
    return context.text(
      metrics.text({
        vsr_models_resting: parts.breaker.resting().length,
        process_resident_memory_bytes: process.memoryUsage.rss(),
      }),
      200,
      {
        'content-type': 'text/plain; version=0.0.4; charset=utf-8',
      },
    );
  });
  app.get('/v1/models', (context) => {
    access.check(context.req.raw.headers);
    return context.json({ object: 'list', data: modelList(parts) });
  });
  app.get('/v1/decisions/:id', (context) => {
    access.check(context.req.raw.headers);
    const found = parts.decisions.get(context.req.param('id'));
    if (!found) throw new ApiError(404, 'No such decision is remembered here.', { code: 'decision_not_found' });
    return context.json(found);
  });
  const completions = (path: CompletionCall['path']) => async (context: Context) => {
    const request = context.req.raw;
    const keyName = checked(parts, request.headers);
    const body = await readBody(request, limit);
    const asked = readAsked(body, request.headers, serve.allowPrivateImages);
    return complete(parts, { path, body, asked, userId: asked.userId ?? defaultUser, keyName, left: request.signal });
  };
  app.post('/v1/chat/completions', completions('chat/completions'));
  app.post('/v1/completions', completions('completions'));
  app.post('/v1/embeddings', completions('embeddings'));
  app.post('/v1/route', async (context) => {
    const { headers } = context.req.raw;
    checked(parts, headers);
    return context.json(await routeOnly(parts, await readBody(context.req.raw, limit), headers, defaultUser));
  });
  app.post('/v1/feedback', async (context) => {
    const { headers } = context.req.raw;
    checked(parts, headers);
    const body = await readBody(context.req.raw, limit);
    const kept = await Promise.all(feedbackItems(body).map((item) => rate(parts, item, headers)));
    return context.json({
      object: 'feedback',
      kept: kept.map(({ decisionId, models, ratings }) => ({ decision_id: decisionId, models, ratings })),
    });
  });
  if (serve.web) (await import('./web/serve-page.js')).servePage(app);
  return app;
}

const DECISIONS = 1000;
const EXPOSED = ['x-vsr-model', 'x-vsr-router', 'x-vsr-reason', 'x-vsr-score', 'x-vsr-decision-id', 'x-vsr-arm'];

/** Throws `ApiError` 401 or 429. */
function checked({ access, metrics }: GatewayParts, headers: Headers): string | null {
  try {
    return access.check(headers);
  } catch (error) {
    if (error instanceof ApiError && error.status === 429) metrics.add('vsr_rate_limited_total', {});
    throw error;
  }
}

/** The names that may be asked for: the router's own, then the models. */
function modelList({ pool, session }: GatewayParts) {
  const { manifest } = session();
  const created = Math.floor(Date.parse(manifest.createdAt) / 1000);
  const entry = (id: string, extra: object = {}) => ({ id, object: 'model', created, owned_by: 'vsr', ...extra });
  const routers = Object.keys(manifest.routers).map((name) => entry(`vsr/${name}`));
  const known = pool.size > 0 ? [...pool.keys()] : manifest.models;
  const models = known.map((alias) => entry(alias, { routed: manifest.models.includes(alias) }));
  return [entry('vsr'), entry('auto'), ...routers, ...models];
}

/** Paths of strangers would make a metric without end. */
function endpointOf(path: string): string {
  return /^\/(v1\/(chat\/completions|completions|embeddings|route|feedback|models)|health|ready|metrics)?$/.test(path)
    ? path
    : 'other';
}
