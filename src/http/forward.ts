// One request whose reply is handed on as it comes, byte for byte: nothing is read, judged or tried again here.
import type { Fetch } from './attempt.js';
import { type HandedOn, handedOn } from './handed-on.js';
import { HttpFailure } from './http-failure.js';
import { post } from './node-transport.js';

export interface ForwardOptions {
  /** Another transport than node:http and node:https. */
  readonly fetch?: Fetch | undefined;
  /** Milliseconds from request to headers. */
  readonly headersMs: number;
  readonly signal: AbortSignal;
}

export interface Forwarded {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A POST. No redirect is followed: it could carry a key elsewhere. Throws `HttpFailure` where no headers come. */
export async function forward(url: string, { headers, body }: Forwarded, options: ForwardOptions): Promise<HandedOn> {
  const { headersMs, signal, fetch } = options;
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
    if (!fetch) return await post(url, headers, body, limit.signal);
    const init = { method: 'POST', redirect: 'manual', headers, body, signal: limit.signal } as const;
    return handedOn(await fetch(url, init));
  } catch (error) {
    if (late) throw new HttpFailure('timeout', `no reply within ${headersMs / 1000} s`, 1);
    if (signal.aborted) throw new HttpFailure('aborted', 'The call was aborted.', 1);
    const failure = error as NodeJS.ErrnoException;
    const cause = (failure.cause ?? failure) as NodeJS.ErrnoException;
    throw new HttpFailure('network', cause.code ?? cause.message ?? failure.message, 1);
  } finally {
    clearTimeout(timer);
  }
}
