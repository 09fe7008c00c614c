// The only door to the network: one endpoint's calls, gated, timed, retried, with keys kept out of every error.
import { createGate, type Gate } from './gate.js';
import { HttpFailure } from './http-failure.js';
import { createRedactor } from './redact.js';
import { LONGEST_WAIT_MS, pauseBeforeRetry, wishedWait } from './retry-after.js';
import { type Wait, wait as waitForReal } from './wait.js';

export type Fetch = (url: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** A reply read to its last byte. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** retry: worth as many attempts as there are; retry-once: worth one more; final: no attempt would change it. */
export type Verdict = 'retry' | 'retry-once' | 'final';

export interface Exchange {
  readonly reply: Reply;
  /** Requests sent. */
  readonly attempts: number;
  /** Milliseconds of the last attempt alone, from request sent to last byte. */
  readonly latency: number;
  /** The reply was worth a retry, but its server asked for a wait above two minutes. */
  readonly waitTooLong: boolean;
}

export interface HttpClient {
  /** `fetch`, with all that stands at the top of this file; the reply is read to its end before it is given. */
  readonly fetch: Fetch;
  /**
   * The same with what it took. `judge` decides which replies are worth another attempt (default: by status).
   * Throws `HttpFailure` when there is no reply; an abort counts as one and ends every wait at once.
   */
  exchange(url: string | URL | Request, init?: RequestInit, judge?: (reply: Reply) => Verdict): Promise<Exchange>;
  /** A text without keys. */
  redact(text: string): string;
}

export interface HttpClientOptions {
  readonly fetch?: Fetch;
  /** U(0, 1) for the jitter; seeded by the caller. */
  readonly uniform: () => number;
  /** Keys that must never be seen. */
  readonly secrets?: readonly string[];
  readonly concurrency?: number;
  readonly rateLimitDelayMs?: number;
  /** Per attempt, from request to last byte. */
  readonly timeoutMs?: number;
  /** Attempts = 1 + maxRetries. */
  readonly maxRetries?: number;
  readonly wait?: Wait;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

const RETRIED_STATUSES: ReadonlySet<number> = new Set([408, 409, 425, 429, 500, 502, 503, 504, 529]);

/** The verdict by status alone. */
export function verdictByStatus(status: number): Verdict {
  return RETRIED_STATUSES.has(status) ? 'retry' : 'final';
}

/** One client per endpoint: the gate inside counts its calls. Time to connect is bounded by the platform's fetch (10 s). */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { concurrency = 1, rateLimitDelayMs = 0, timeoutMs = 120_000, maxRetries = 4 } = options;
  const { fetch = globalThis.fetch, wait = waitForReal, now = Date.now, uniform } = options;
  const redactor = createRedactor(options.secrets ?? []);
  const gate = createGate({ concurrency, delayMs: rateLimitDelayMs, wait, now });
  const attempt = singleAttempt(fetch, timeoutMs);

  const attempts = async (url: string | URL | Request, init: RequestInit, judge: (reply: Reply) => Verdict) => {
    const signal = init.signal ?? undefined;
    let once = 0;
    for (let sent = 1; ; sent++) {
      await gate.open(signal);
      const outcome = await attempt(url, init);
      if ('failure' in outcome) {
        const { failure } = outcome;
        if (signal?.aborted) throw new HttpFailure('aborted', 'The call was aborted.', sent);
        gate.note('unreachable');
        if (sent > maxRetries) throw new HttpFailure(failure.kind, redactor.text(failure.message), sent);
        await wait(pauseBeforeRetry(sent, null, uniform), signal);
        continue;
      }
      const { reply, latency } = outcome;
      noteReply(gate, reply);
      const kept = { ...reply, body: reply.status < 400 ? redactor.reply(reply.body) : redactor.text(reply.body) };
      const verdict = judge(kept);
      const again =
        verdict === 'retry' ? sent <= maxRetries : verdict === 'retry-once' && sent <= maxRetries && once++ === 0;
      const wish = wishedWait(reply.status, reply.headers, now());
      const waitTooLong = verdict !== 'final' && wish !== null && wish > LONGEST_WAIT_MS;
      if (!again || waitTooLong) return { reply: kept, attempts: sent, latency, waitTooLong };
      await wait(pauseBeforeRetry(sent, wish, uniform), signal);
    }
  };

  const exchange: HttpClient['exchange'] = async (url, init = {}, judge = (reply) => verdictByStatus(reply.status)) => {
    const signal = init.signal ?? undefined;
    try {
      return await gate.run(() => attempts(url, init, judge), signal);
    } catch (error) {
      // A wait or a place in the queue that an abort ended; how many requests went out before no longer matters.
      if (signal?.aborted && !(error instanceof HttpFailure))
        throw new HttpFailure('aborted', 'The call was aborted.', 0);
      throw error;
    }
  };
  return {
    exchange,
    fetch: async (url, init) => responseFrom((await exchange(url, init)).reply),
    redact: redactor.text,
  };
}

/** A reply as `fetch` would give it. */
export function responseFrom({ status, headers, body }: Reply): Response {
  const bodiless = status === 204 || status === 205 || status === 304;
  return new Response(bodiless ? null : body, { status, headers });
}

type Outcome =
  | { readonly reply: Reply; readonly latency: number }
  | { readonly failure: { readonly kind: 'timeout' | 'network'; readonly message: string } };

/** One request, read to its end within the time limit. A redirect is a reply: following it could carry a key elsewhere. */
function singleAttempt(fetch: Fetch, timeoutMs: number) {
  return async (url: string | URL | Request, init: RequestInit): Promise<Outcome> => {
    const outer = init.signal ?? undefined;
    const limit = new AbortController();
    const abort = () => limit.abort();
    const timer = setTimeout(abort, timeoutMs);
    if (outer?.aborted) abort();
    outer?.addEventListener('abort', abort, { once: true });
    const start = performance.now();
    try {
      const response = await fetch(url, { redirect: 'manual', ...init, signal: limit.signal });
      const body = await response.text();
      const headers = new Headers(response.headers);
      // The body here is plain text: what the wire had of it no longer holds.
      for (const name of ['content-encoding', 'content-length', 'transfer-encoding']) headers.delete(name);
      return { reply: { status: response.status, headers, body }, latency: performance.now() - start };
    } catch (error) {
      if (limit.signal.aborted) {
        return { failure: { kind: 'timeout', message: `no reply within ${timeoutMs / 1000} s` } };
      }
      const message = networkMessage(error);
      // The platform's own limits on headers and body, 5 minutes each.
      return { failure: { kind: /UND_ERR_(HEADERS|BODY)_TIMEOUT/.test(message) ? 'timeout' : 'network', message } };
    } finally {
      clearTimeout(timer);
      outer?.removeEventListener('abort', abort);
    }
  };
}

function noteReply(gate: Gate, { status }: Reply): void {
  if (status === 429) gate.note('rate-limited');
  else gate.note(status < 400 ? 'success' : 'other');
}

/** "fetch failed" says nothing; its cause does. Several addresses tried give several errors. */
function networkMessage(error: unknown): string {
  const cause = (error as Error).cause ?? error;
  const first = cause instanceof AggregateError ? (cause.errors[0] ?? cause) : cause;
  const { code, message } = first as NodeJS.ErrnoException;
  return [code, message].filter((part) => part && part !== code).join(' ') || code || String(error);
}
