// One server's address, key and retries, and its JSON replies, each failure a sentence without the key.
import { throwIfAborted, VsrError } from '../../errors/vsr-error.js';
import { createHttpClient, type HttpClient } from '../../http/client.js';
import { HttpFailure } from '../../http/http-failure.js';
import { seededRandom } from '../../math/random.js';
import type { EncoderRequest } from '../encoder-request.js';
import type { EncoderTools } from '../registry.js';
import { withoutCredentials } from '../stored-request.js';
import { TooMuch } from './embedding-server.js';

export interface Connection {
  /** Base URL without a slash at its end. */
  readonly base: string;
  readonly http: HttpClient;
  /** Headers of every request: the key, and those of the configuration. */
  readonly headers: Readonly<Record<string, string>>;
  /** JSON in, JSON out; without a body a GET. Throws TooMuch, VSR_ENCODER or VSR_ABORTED. */
  json(url: string, body: unknown, signal: AbortSignal | undefined): Promise<unknown>;
  /** Passes an answer on, or throws as `json` does. */
  read(reply: { readonly status: number; readonly headers: Headers; readonly body: string }, url: string): unknown;
  /** What a failed request is thrown as. */
  failure(error: unknown, signal: AbortSignal | undefined): unknown;
}

const CONCURRENCY = 4;

/** Throws VSR_ENCODER for an address that is none. */
export function connect(request: EncoderRequest, base: string | undefined, tools: EncoderTools): Connection {
  const url = checkedAddress(base, request.source ?? 'server');
  const { apiKey, headers = {}, concurrency = CONCURRENCY, timeoutMs, maxRetries } = request;
  const http = createHttpClient({
    uniform: seededRandom(0).fork('embedding retries').uniform,
    secrets: [...(apiKey === undefined ? [] : [apiKey]), ...Object.values(headers)],
    concurrency,
    ...(tools.fetch && { fetch: tools.fetch }),
    ...(tools.wait && { wait: tools.wait }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(maxRetries !== undefined && { maxRetries }),
  });
  const sent = {
    'content-type': 'application/json',
    accept: 'application/json',
    ...(apiKey !== undefined && { authorization: `Bearer ${headerValue(apiKey)}` }),
    ...headers,
  };

  const connection: Connection = {
    base: url,
    http,
    headers: sent,
    json: async (target, body, signal) => {
      try {
        const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
        const { reply } = await http.exchange(target, { ...init, headers: sent, signal: signal ?? null });
        return connection.read(reply, target);
      } catch (error) {
        throw connection.failure(error, signal);
      }
    },
    read: ({ status, headers: replied, body }, target) => {
      if (status >= 300 && status < 400) {
        throw refused(
          target,
          `it redirects to ${replied.get('location') ?? 'another place'}`,
          'Set embedding.url to that.',
        );
      }
      const json = parsed(body);
      if (status >= 400) {
        const said = http.redact(saidBy(json) ?? body.trim().slice(0, 200));
        if (status === 413 || ([400, 422].includes(status) && TOO_LONG.test(said))) throw new TooMuch(said);
        throw refused(target, `HTTP ${status}${said === '' ? '' : `: ${said}`}`, HINTS[status]);
      }
      if (json === undefined)
        throw refused(target, 'its reply is not JSON', 'Is this the address of an embedding server?');
      return json;
    },
    failure: (error, signal) => {
      throwIfAborted(signal);
      if (!(error instanceof HttpFailure)) return error;
      const { message, attempts } = error;
      return refused(
        url,
        `${message} (${attempts} ${attempts === 1 ? 'attempt' : 'attempts'})`,
        'Is the server running?',
      );
    },
  };
  return connection;
}

const TOO_LONG = /context length|context window|too many tokens|too long|maximum.{0,40}tokens|must have less than/i;

const HINTS: Readonly<Record<number, string>> = {
  401: 'Name an environment variable in embedding.api_key and export it.',
  403: 'The key may lack the right to embed; embedding.api_key names the variable that holds it.',
  404: 'Check embedding.url and the name of the model.',
  429: 'The server stays busy: lower embedding.concurrency, or wait.',
};

/** Throws VSR_ENCODER, naming the address without its password. */
export function refused(url: string, what: string, hint?: string): VsrError {
  const details = hint === undefined ? {} : { hint };
  return new VsrError('VSR_ENCODER', `The embedding server at ${withoutCredentials(url)}: ${what}.`, details);
}

function checkedAddress(base: string | undefined, source: string): string {
  if (base === undefined) {
    throw new VsrError('VSR_ENCODER', `embedding.url is not set, and ${source} needs one.`, {
      hint: 'Give the address of the server with --embedding-url.',
    });
  }
  if (!/^https?:\/\//i.test(base) || !URL.canParse(base)) {
    throw new VsrError('VSR_ENCODER', `embedding.url must be an http or https URL, got "${base}".`, {
      hint: 'For example http://localhost:8080.',
    });
  }
  const { username, password } = new URL(base);
  if (username !== '' || password !== '') {
    throw new VsrError(
      'VSR_ENCODER',
      `embedding.url: ${withoutCredentials(base)} is written with a user or password.`,
      {
        hint: 'Use embedding.api_key or embedding.headers, and name an environment variable there.',
      },
    );
  }
  return base.replace(/\/+$/, '');
}

function headerValue(key: string): string {
  const trimmed = key.trim();
  if (/^[\x20-\x7e]+$/.test(trimmed)) return trimmed;
  throw new VsrError('VSR_CONFIG', 'embedding.api_key is empty or holds a character that no HTTP header can carry.', {
    hint: 'Was it pasted with a line break or with quotes of a text program?',
  });
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** First found: error.message, error, detail, message. */
function saidBy(json: unknown): string | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  const { error, detail, message } = json as Record<string, unknown>;
  const inner = typeof error === 'object' && error !== null ? (error as { message?: unknown }).message : error;
  return [inner, detail, message].find((text): text is string => typeof text === 'string' && text !== '');
}
