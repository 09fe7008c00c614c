// The only door to the network: one endpoint's calls, gated, timed, retried, with keys kept out of every error.
import { type AttemptOptions, attempt, type BodyWatch, type Fetch, type Reply } from './attempt.js';
import { createGate, type Gate } from './gate.js';
import { HttpFailure } from './http-failure.js';
import { createRateBucket } from './rate-bucket.js';
import { createRedactor } from './redact.js';
import { LONGEST_WAIT_MS, pauseBeforeRetry, wishedWait } from './retry-after.js';
import { type Wait, wait as waitForReal } from './wait.js';

export type { BodyWatch, Fetch, NextRequest, Reply } from './attempt.js';

/** retry: worth as many attempts as there are; retry-once: worth one more; final: no attempt would change it. */
export type Verdict = 'retry' | 'retry-once' | 'final';

export interface Judgement {
  readonly verdict: Verdict;
  /** Milliseconds the body asks to wait for; the headers are read anyway. */
  readonly wishMs?: number | undefined;
  /** What the call really took of `tokens`. */
  readonly tokens?: number | undefined;
}

export type Judge = (reply: Reply) => Verdict | Judgement;

export interface ExchangeOptions extends Pick<AttemptOptions, 'follow'> {
  /** Which replies are worth another attempt; default: by status. */
  readonly judge?: Judge;
  /** A new one for every attempt. */
  readonly watch?: () => BodyWatch;
  /** Headers of one attempt, so that another attempt may carry another key; they win over those of `init`. */
  readonly headers?: () => Record<string, string>;
  /** What the call may take of the tokens per minute. */
  readonly tokens?: number;
  /** true: somebody else can answer, so a server that cannot be reached is given up at once. */
  readonly givesWay?: boolean;
}

export interface Exchange {
  readonly reply: Reply;
  /** Requests sent. */
  readonly attempts: number;
  /** Milliseconds of the last attempt alone, from request sent to last byte. */
  readonly latency: number;
  /** Milliseconds of the last attempt from request sent to where its watch saw the answer begin; null if it did not. */
  readonly ttft: number | null;
  /** The reply was worth a retry, but its server asked for a wait above two minutes. */
  readonly waitTooLong: boolean;
}

export interface HttpClient {
  /** `fetch`, with all that stands at the top of this file; the reply is read to its end before it is given. */
  readonly fetch: Fetch;
  /**
   * The same with what it took. Throws `HttpFailure` when there is no reply; an abort counts as one and ends every wait at once.
   */
  exchange(url: string | URL | Request, init?: RequestInit, options?: Judge | ExchangeOptions): Promise<Exchange>;
  /** A text without keys. */
  redact(text: string): string;
  /** A model's text without the keys of this endpoint. */
  redactReply(text: string): string;
}

export interface HttpClientOptions {
  readonly fetch?: Fetch;
  /** U(0, 1) for the jitter; seeded by the caller. */
  readonly uniform: () => number;
  /** Keys that must never be seen. */
  readonly secrets?: readonly string[];
  readonly concurrency?: number;
  readonly rateLimitDelayMs?: number;
  readonly requestsPerMinute?: number | undefined;
  readonly tokensPerMinute?: number | undefined;
  /** false: a wait that the server asks for concerns one key of several, so the other calls go on. */
  readonly pausesTogether?: boolean;
  /** Per attempt, from request to last byte. */
  readonly timeoutMs?: number;
  /** Per attempt, from request to the first word of a watched reply; default: half of `timeoutMs`. */
  readonly firstTokenMs?: number;
  /** How long a server may keep a watched reply open after its end; then its connection is given up. */
  readonly lingerMs?: number;
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
  const { concurrency = 1, rateLimitDelayMs = 0, timeoutMs = 120_000, firstTokenMs = timeoutMs / 2 } = options;
  const { fetch = globalThis.fetch, wait = waitForReal, now = Date.now, maxRetries = 4, uniform } = options;
  const redactor = createRedactor(options.secrets ?? []);
  const gate = createGate({ concurrency, delayMs: rateLimitDelayMs, wait, now });
  const bucket = (perMinute: number | undefined) => (perMinute === undefined ? null : createRateBucket(perMinute, now));
  const requestRate = bucket(options.requestsPerMinute);
  const tokenRate = bucket(options.tokensPerMinute);
  const tools = { fetch, wait, timeoutMs, firstTokenMs, lingerMs: options.lingerMs ?? 5000 };

  const attempts = async (url: string | URL | Request, init: RequestInit, call: ExchangeOptions) => {
    const { judge = ({ status }: Reply) => verdictByStatus(status), watch, follow, headers, tokens = 0 } = call;
    const signal = init.signal ?? undefined;
    let once = 0;
    let hasWaited = false;
    for (let sent = 1; ; sent++) {
      if (call.givesWay && gate.resting) {
        throw new HttpFailure('network', 'the server could not be reached by the calls before', sent - 1);
      }
      // Who has waited as long as the server asked may go; the pause holds the others back.
      if (!hasWaited) await gate.open(signal);
      const due = Math.max(requestRate?.take(1) ?? 0, tokenRate?.take(tokens) ?? 0);
      if (due > 0) await wait(due, signal);
      const sentAt = now();
      const own = headers ? { ...init, headers: headers() } : init;
      const outcome = await attempt(url, own, tools, { watch: watch?.(), follow });
      if ('failure' in outcome) {
        const { kind, message } = outcome.failure;
        if (signal?.aborted) throw new HttpFailure('aborted', 'The call was aborted.', sent);
        gate.note('unreachable');
        tokenRate?.giveBack(tokens);
        const givesWay = call.givesWay && kind === 'network';
        if (sent > maxRetries || givesWay) throw new HttpFailure(kind, redactor.text(message), sent);
        await wait(pauseBeforeRetry(sent, null, uniform), signal);
        hasWaited = false;
        continue;
      }
      const { reply, latency, ttft } = outcome;
      noteReply(gate, reply, sentAt);
      const kept = { ...reply, body: reply.status < 400 ? redactor.reply(reply.body) : redactor.text(reply.body) };
      const judged = judge(kept);
      const {
        verdict,
        wishMs,
        tokens: used,
      } = typeof judged === 'string' ? { verdict: judged } : (judged as Judgement);
      tokenRate?.giveBack(tokens - (used ?? (reply.status < 400 ? tokens : 0)));
      const again =
        verdict === 'retry' ? sent <= maxRetries : verdict === 'retry-once' && sent <= maxRetries && once++ === 0;
      const wish = wishedWait(reply.status, reply.headers, now()) ?? wishMs ?? null;
      const waitTooLong = verdict !== 'final' && wish !== null && wish > LONGEST_WAIT_MS;
      if (!again || waitTooLong) return { reply: kept, attempts: sent, latency, ttft, waitTooLong };
      if (reply.status === 429 && wish !== null && options.pausesTogether !== false) gate.pause(wish);
      await wait(pauseBeforeRetry(sent, wish, uniform), signal);
      hasWaited = true;
    }
  };

  const exchange: HttpClient['exchange'] = async (url, init = {}, call = {}) => {
    const signal = init.signal ?? undefined;
    try {
      return await gate.run(() => attempts(url, init, typeof call === 'function' ? { judge: call } : call), signal);
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
    redactReply: redactor.reply,
  };
}

/** A reply as `fetch` would give it. */
export function responseFrom({ status, headers, body }: Reply): Response {
  const bodiless = status === 204 || status === 205 || status === 304;
  const own = new Headers(headers);
  // The body here is plain text: what the wire had of it no longer holds.
  for (const name of ['content-encoding', 'content-length', 'transfer-encoding']) own.delete(name);
  return new Response(bodiless ? null : body, { status, headers: own });
}

function noteReply(gate: Gate, { status }: Reply, sentAt: number): void {
  if (status === 429) gate.note('rate-limited', sentAt);
  else gate.note(status < 400 ? 'success' : 'other');
}
