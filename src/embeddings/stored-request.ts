// A request as an artifact keeps it: without what may be secret, and without what no vector depends on.
import type { StoredEncoderRequest } from './encoder.js';
import type { EncoderRequest } from './encoder-request.js';

export function storedRequest(request: EncoderRequest): StoredEncoderRequest {
  const { apiKey: _key, headers: _headers, threads: _threads, concurrency: _slots, ...kept } = request;
  const { timeoutMs: _timeout, maxRetries: _retries, allowRemoteImages: _remote, url, ...rest } = kept;
  const stored = { ...rest, ...(url !== undefined && { url: withoutCredentials(url) }) };
  return Object.fromEntries(Object.entries(stored).filter(([, value]) => value !== undefined));
}

/** A URL without user, password, query and fragment. */
export function withoutCredentials(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//').replace(/[?#].*$/, '');
}
