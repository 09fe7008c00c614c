// Asks the models of a choice in their order until one begins to answer; what has begun is never asked elsewhere.
import type { Status } from '../data/outcome.js';
import type { HandedOn } from '../providers/forwarder.js';
import { isObject, type Json, parsed } from '../providers/json.js';
import { ProviderFailure } from '../providers/provider.js';
import { readFailure } from '../providers/read-failure.js';
import { ApiError } from './api-error.js';
import type { GatewayParts } from './parts.js';
import type { ServedModel } from './pool.js';

export interface Begun {
  readonly model: ServedModel;
  readonly status: number;
  readonly headers: Headers;
  /** The whole body of what is no stream. */
  readonly text: string | null;
  /** The same, parsed; undefined where it is no JSON. */
  readonly json: unknown;
  /** The first piece of a stream, and where the others come from. */
  readonly first: Uint8Array | null;
  readonly rest: AsyncIterator<Uint8Array> | null;
  /** Models that failed before, with why. */
  readonly failed: readonly FailedModel[];
  /** Milliseconds to the first byte. */
  readonly firstByte: number;
}

export interface FailedModel {
  readonly model: string;
  readonly status: Exclude<Status, 'ok'>;
  readonly message: string;
}

export interface AskOptions {
  readonly path: string;
  readonly body: Json;
  readonly stream: boolean;
  readonly signal: AbortSignal;
}

/** 502, or the last model's own 429. */
export class NobodyAnswered extends ApiError {
  readonly failed: readonly FailedModel[];

  constructor(status: number, message: string, code: string, failed: readonly FailedModel[], headers = {}) {
    super(status, message, { code, headers });
    this.failed = failed;
  }
}

/** Statuses that are the asker's own doing: another model would say the same. */
const FINAL = new Set([400, 409, 413, 415, 422]);

/** Throws `NobodyAnswered` where all fail, `ApiError` 503 where none is configured, and a canceled `ProviderFailure` for a client that left. */
export async function askModels(parts: GatewayParts, models: readonly string[], options: AskOptions): Promise<Begun> {
  const { pool, breaker, metrics, config } = parts;
  const known = models.flatMap((name) => pool.get(name) ?? []);
  const awake = known.filter(({ alias }) => breaker.lets(alias));
  // Where all of them rest, one is asked all the same: a breaker should not make an outage of its own.
  const chosen = (awake.length > 0 ? awake : known).slice(0, 1 + config.serve.maxFallbacks);
  const failed: FailedModel[] = [];
  for (const { alias } of known) {
    if (alias === chosen[0]?.alias) break;
    failed.push({ model: alias, status: 'skipped', message: 'it has failed often and rests' });
  }
  let last: { readonly status: number; readonly headers: Headers } | undefined;
  for (const model of chosen) {
    for (const { forwarder, model: served } of model.routes) {
      const started = performance.now();
      try {
        const body = JSON.stringify({ ...options.body, model: served, ...model.extraBody });
        const reply = await forwarder.send({ path: options.path, alias: model.alias, body, signal: options.signal });
        const begun = await begin(reply, options);
        if ('failure' in begun) {
          last = reply;
          failed.push({
            model: model.alias,
            ...begun.failure,
            message: forwarder.redact(begun.failure.message).slice(0, 300),
          });
          continue;
        }
        breaker.note(model.alias, 'success');
        const text = begun.text !== null && reply.status >= 400 ? forwarder.redact(begun.text) : begun.text;
        return {
          model,
          status: reply.status,
          headers: reply.headers,
          ...begun,
          text,
          failed,
          firstByte: performance.now() - started,
        };
      } catch (error) {
        if (options.signal.aborted || !(error instanceof ProviderFailure)) throw error;
        failed.push({ model: model.alias, status: error.status, message: error.message });
      }
    }
    breaker.note(model.alias, 'failure');
    metrics.add('vsr_fallbacks_total', { model: model.alias, why: failed.at(-1)?.status ?? 'unknown' });
  }
  throw nobody(failed, last);
}

type Beginning = Pick<Begun, 'text' | 'json' | 'first' | 'rest'>;

async function begin(
  reply: HandedOn,
  { stream }: AskOptions,
): Promise<Beginning | { readonly failure: Omit<FailedModel, 'model'> }> {
  const isStream = stream && /event-stream/i.test(reply.headers.get('content-type') ?? '');
  if (reply.status >= 300 || !isStream) {
    const text = await textOf(reply.body);
    const json = parsed(text);
    if (reply.status >= 300 ? FINAL.has(reply.status) : !holdsError(json))
      return { text, json, first: null, rest: null };
    return failure(reply.status, text);
  }
  const pieces = reply.body.pieces();
  const { value, done } = await pieces.next().catch((error: Error) => {
    throw new ProviderFailure('network', `the stream broke before its first word (${error.message})`, 1);
  });
  if (done || !value) return failure(200, 'the stream ended before it began');
  const start = new TextDecoder().decode(value);
  if (/^data: ?\{\s*"error"/.test(start)) {
    await pieces.return?.();
    return failure(200, start.replace(/^data: ?/, ''));
  }
  return { text: null, json: undefined, first: value, rest: pieces };
}

function failure(status: number, text: string): { readonly failure: Omit<FailedModel, 'model'> } {
  const read = readFailure(status, text);
  return { failure: { status: read.status, message: `HTTP ${read.httpStatus}: ${read.message}` } };
}

async function textOf(body: HandedOn['body']): Promise<string> {
  try {
    return UTF8.decode(await body.whole());
  } catch (error) {
    throw new ProviderFailure('network', `the reply broke off (${(error as Error).message})`, 1);
  }
}

const UTF8 = new TextDecoder();

/** Gateways send errors under HTTP 200, and a page instead of JSON is none either. */
function holdsError(json: unknown): boolean {
  return !isObject(json) || (json.error !== undefined && json.error !== null && json.choices === undefined);
}

function nobody(
  failed: readonly FailedModel[],
  last: { readonly status: number; readonly headers: Headers } | undefined,
): ApiError {
  if (failed.length === 0) {
    return new ApiError(503, 'No model is configured here: this gateway only decides (POST /v1/route).', {
      code: 'no_models',
    });
  }
  const why = failed.map(({ model, message }) => `${model}: ${message}`).join('; ');
  const wait = last?.status === 429 ? last.headers.get('retry-after') : null;
  const headers = wait !== null && /^[\w ,:.-]{1,40}$/.test(wait) ? { 'retry-after': wait } : {};
  const [status, code] = last?.status === 429 ? [429, 'rate_limit_exceeded'] : [502, 'upstream_failed'];
  return new NobodyAnswered(status, `No model answered. ${why}`, code, failed, headers);
}
