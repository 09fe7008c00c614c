// Asks a server which category a text has: POST /api/v1/classify/intent {"text"} → {"classification":{"category","confidence"}}.
import { VsrError } from '../errors/vsr-error.js';
import { createHttpClient, type Fetch } from '../http/client.js';

export interface IntentOptions {
  readonly url: string;
  readonly fetch?: Fetch | undefined;
  /** U(0, 1) for the jitter. */
  readonly uniform: () => number;
}

export interface Intent {
  readonly category: string;
  /** null: the server does not say. */
  readonly confidence: number | null;
}

/** One client for many texts; each is asked once. It throws `VSR_PROVIDER` for a reply without a category, and what the network throws. */
export function intentClassifier(options: IntentOptions): (text: string, signal?: AbortSignal) => Promise<Intent> {
  const { url, uniform, fetch } = options;
  const client = createHttpClient({ maxRetries: 0, uniform, ...(fetch && { fetch }), timeoutMs: 30_000 });
  const address = `${url.replace(/\/+$/, '')}/api/v1/classify/intent`;
  const shown = address.replace(/\/\/[^/@]*@/, '//');
  return async (text, signal) => {
    const response = await client.fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text }),
      ...(signal && { signal }),
    });
    const body = (await response.json().catch(() => null)) as { classification?: Partial<Intent> } | null;
    const { category, confidence } = body?.classification ?? {};
    if (!response.ok || typeof category !== 'string' || category === '') {
      throw new VsrError('VSR_PROVIDER', `${shown} answered ${response.status} without classification.category.`);
    }
    return { category, confidence: typeof confidence === 'number' ? confidence : null };
  };
}
