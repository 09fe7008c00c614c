// One request, read to its end within its time limits: what came, how long it took, or why nothing came.
import type { Wait } from './wait.js';

export type Fetch = (url: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** A reply read to its last byte. */
export interface Reply {
  readonly status: number;
  /** As the server sent them. */
  readonly headers: Headers;
  readonly body: string;
}

/** Looks at a reply while it comes in. */
export interface BodyWatch {
  push(text: string): void;
  /** The first word of the answer is here. */
  readonly begun: boolean;
  /** All that counts is here: a connection that stays open or breaks now is no failure. */
  readonly complete: boolean;
}

/** What to ask instead of reading this reply: the same call goes on at another address of the same server. */
export interface NextRequest {
  readonly url: string;
  /** Default: the same method and body again. */
  readonly method?: 'GET';
  readonly afterMs?: number;
}

export interface AttemptOptions {
  readonly watch?: BodyWatch | undefined;
  /** Given a reply's head before its body is read; undefined = read it. */
  readonly follow?: ((status: number, headers: Headers) => NextRequest | undefined) | undefined;
}

export interface AttemptTools {
  readonly fetch: Fetch;
  readonly wait: Wait;
  /** From request sent to last byte. */
  readonly timeoutMs: number;
  /** From request sent until the watch has seen the answer begin. */
  readonly firstTokenMs: number;
  /** How long a complete reply may stay open before its connection is given up. */
  readonly lingerMs: number;
}

export type Attempted =
  /** Milliseconds from request sent to last byte, and to where the watch saw the answer begin. */
  | { readonly reply: Reply; readonly latency: number; readonly ttft: number | null }
  | { readonly failure: { readonly kind: 'timeout' | 'network'; readonly message: string } };

const MOST_REDIRECTS = 5;

/**
 * Sends one request. A 307 or 308 is followed within the same server only; every other redirect is a reply, because following
 * it could carry a key elsewhere. Never throws for what the network does.
 */
export async function attempt(
  url: string | URL | Request,
  init: RequestInit,
  { fetch, wait, timeoutMs, firstTokenMs, lingerMs }: AttemptTools,
  { watch, follow }: AttemptOptions,
): Promise<Attempted> {
  const outer = init.signal ?? undefined;
  const limit = new AbortController();
  let late = `no reply within ${timeoutMs / 1000} s`;
  const abort = () => limit.abort();
  const timer = setTimeout(abort, timeoutMs);
  const first =
    watch && firstTokenMs < timeoutMs
      ? setTimeout(() => {
          late = `no word of an answer within ${firstTokenMs / 1000} s`;
          abort();
        }, firstTokenMs)
      : undefined;
  if (outer?.aborted) abort();
  outer?.addEventListener('abort', abort, { once: true });
  const start = performance.now();
  try {
    const send = (target: string | URL | Request, changes: RequestInit = {}) =>
      fetch(target, { redirect: 'manual', ...init, ...changes, signal: limit.signal });
    let response = await send(url);
    for (let redirects = 0; ; ) {
      const next =
        follow?.(response.status, response.headers) ?? (redirects++ < MOST_REDIRECTS && redirected(url, response));
      if (!next) break;
      await response.body?.cancel();
      if (next.afterMs) await wait(next.afterMs, limit.signal);
      response = await send(next.url, next.method ? { method: next.method, body: null } : {});
    }
    const { body, begunAt } = watch
      ? await readWatched(response, watch, lingerMs, () => clearTimeout(first))
      : { body: await response.text(), begunAt: null };
    const latency = performance.now() - start;
    return {
      reply: { status: response.status, headers: response.headers, body },
      latency,
      ttft: begunAt === null ? null : begunAt - start,
    };
  } catch (error) {
    if (limit.signal.aborted) return { failure: { kind: 'timeout', message: late } };
    const message = networkMessage(error);
    // The platform's own limits on headers and body, 5 minutes each.
    return { failure: { kind: /UND_ERR_(HEADERS|BODY)_TIMEOUT/.test(message) ? 'timeout' : 'network', message } };
  } finally {
    clearTimeout(timer);
    clearTimeout(first);
    outer?.removeEventListener('abort', abort);
  }
}

async function readWatched(response: Response, watch: BodyWatch, lingerMs: number, onBegun: () => void) {
  let body = '';
  let begunAt: number | null = null;
  const reader = response.body?.getReader();
  if (!reader) return { body, begunAt };
  const decoder = new TextDecoder();
  let ending: NodeJS.Timeout | undefined;
  try {
    for (let done = false; !done; ) {
      const read = await reader.read();
      done = read.done;
      const text = decoder.decode(read.value, { stream: !done });
      body += text;
      watch.push(text);
      if (begunAt === null && watch.begun) {
        begunAt = performance.now();
        onBegun();
      }
      if (watch.complete) ending ??= setTimeout(() => void reader.cancel().catch(() => {}), lingerMs);
    }
  } catch (error) {
    if (!watch.complete) throw error;
  } finally {
    clearTimeout(ending);
  }
  return { body, begunAt };
}

/** Where a redirect within the same server leads, with method and body kept. */
function redirected(url: string | URL | Request, { status, headers }: Response): NextRequest | undefined {
  const location = headers.get('location');
  if ((status !== 307 && status !== 308) || location === null) return undefined;
  const from = url instanceof Request ? url.url : String(url);
  if (!URL.canParse(location, from)) return undefined;
  const to = new URL(location, from);
  return to.origin === new URL(from).origin ? { url: to.href } : undefined;
}

/** "fetch failed" says nothing; its cause does. Several addresses tried give several errors. */
function networkMessage(error: unknown): string {
  const cause = (error as Error).cause ?? error;
  const first = cause instanceof AggregateError ? (cause.errors[0] ?? cause) : cause;
  const { code, message } = first as NodeJS.ErrnoException;
  const said = [code, message].filter((part) => part && part !== code).join(' ') || code || String(error);
  return OWN_CERTIFICATE.test(String(code))
    ? `${said}. If the server's certificate is your own, name its authority's file in NODE_EXTRA_CA_CERTS`
    : said;
}

const OWN_CERTIFICATE = /SELF_SIGNED|UNABLE_TO_(VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT)/;
