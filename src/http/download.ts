// Bytes from an address: one request, no redirect, no more than a limit.
import type { Fetch } from './client.js';
import { HttpFailure } from './http-failure.js';

export interface DownloadOptions {
  readonly limitBytes: number;
  readonly timeoutMs?: number;
  readonly fetch?: Fetch | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Throws HttpFailure for no reply, a status other than 200 and a body above the limit, of which no more is read. */
export async function download(url: string, options: DownloadOptions): Promise<Buffer> {
  const { limitBytes, timeoutMs = 30_000, signal } = options;
  const limit = AbortSignal.timeout(timeoutMs);
  const request = options.fetch ?? globalThis.fetch;
  try {
    const response = await request(url, {
      redirect: 'manual',
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new HttpFailure('network', `HTTP ${response.status}`, 1);
    }
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      if (size > limitBytes) throw new HttpFailure('network', `more than ${limitBytes} bytes`, 1);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    if (error instanceof HttpFailure) throw error;
    if (signal?.aborted) throw new HttpFailure('aborted', 'The call was aborted.', 1);
    if (limit.aborted) throw new HttpFailure('timeout', `no reply within ${timeoutMs / 1000} s`, 1);
    const cause = (error as Error).cause as NodeJS.ErrnoException | undefined;
    throw new HttpFailure('network', cause?.code ?? cause?.message ?? (error as Error).message, 1);
  }
}
