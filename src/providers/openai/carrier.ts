// The official OpenAI client as the carrier of our requests: it builds them, our own door sends them and reads the replies.
import type { RequestBody } from './request-body.js';

/** What goes over the wire for one chat completion: its address, method and body. */
export type Carry = (body: RequestBody) => Promise<{ readonly url: string; readonly init: RequestInit }>;

/**
 * Loaded when the first provider is opened. Nothing is read from the environment, nothing logged, nothing retried. The client
 * only builds: sending through it would cost as much again as the call, for a reply that is read at our own door anyway.
 */
export async function openCarrier(baseURL: string): Promise<Carry> {
  const { default: Client } = await import('openai');
  // The key stands in the headers of each attempt.
  const nothing = { adminAPIKey: null, organization: null, project: null, webhookSecret: null };
  const client = new Client({ ...nothing, baseURL, apiKey: 'unused', maxRetries: 0, logLevel: 'off' });
  return async (body) => {
    const { req, url } = await client.buildRequest({ method: 'post', path: '/chat/completions', body });
    return { url, init: { method: 'POST', headers: req.headers, body: req.body as string } };
  };
}
