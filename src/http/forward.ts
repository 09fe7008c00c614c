// One request whose reply is handed on as it comes, byte for byte: nothing is read, judged or tried again here.
import type { Fetch } from './attempt.js';
import { HttpFailure } from './http-failure.js';

export interface ForwardOptions {
  readonly fetch?: Fetch | undefined;
  /** Milliseconds from request to headers. */
  readonly headersMs: number;
  readonly signal: AbortSignal;
}

export interface HandedOn {
  readonly status: number;
  readonly headers: Headers;
  readonly body: ReadableStream<Uint8Array> | null;
}

/** What a reply says about its own transport, and what no stranger's server may set for us. */
const NOT_HANDED_ON = [
  'connection',
  'content-encoding',
  'content-length',
  'keep-alive',
  'proxy-authenticate',
  'set-cookie',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'alt-svc',
];

/** No redirect is followed: it could carry a key elsewhere. Throws `HttpFailure` where no headers come. */
export async function forward(url: string, init: RequestInit, options: ForwardOptions): Promise<HandedOn> {
  const { headersMs, signal } = options;
  const fetch = options.fetch ?? globalThis.fetch;
  const limit = new AbortController();
  let late = false;
  const abort = () => limit.abort();
  const timer = setTimeout(() => {
    late = true;
    abort();
  }, headersMs);
  if (signal.aborted) abort();
  // It stays after the headers: whoever aborts later ends the body too.
  signal.addEventListener('abort', abort, { once: true });
  try {
    const response = await fetch(url, { redirect: 'manual', ...init, signal: limit.signal });
    const headers = new Headers(response.headers);
    for (const name of NOT_HANDED_ON) headers.delete(name);
    return { status: response.status, headers, body: response.body };
  } catch (error) {
    if (late) throw new HttpFailure('timeout', `no reply within ${headersMs / 1000} s`, 1);
    if (signal.aborted) throw new HttpFailure('aborted', 'The call was aborted.', 1);
    const cause = (error as Error).cause as NodeJS.ErrnoException | undefined;
    throw new HttpFailure('network', cause?.code ?? cause?.message ?? (error as Error).message, 1);
  } finally {
    clearTimeout(timer);
  }
}
