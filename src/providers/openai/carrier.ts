// The official OpenAI client as the carrier of our requests: it builds them, our own door sends them and reads the replies.
import type OpenAI from 'openai';
import type { Fetch } from '../../http/client.js';
import type { RequestBody } from './request-body.js';

/** Sends one chat completion request through `fetch`, which is given the URL and what the client made of the body. */
export type Carry = (body: RequestBody, fetch: Fetch) => Promise<void>;

/** Loaded when the first provider is opened. Nothing is read from the environment, nothing logged, nothing retried. */
export async function openCarrier(baseURL: string): Promise<Carry> {
  const { default: Client } = await import('openai');
  // The key stands in the headers of each attempt.
  const nothing = { adminAPIKey: null, organization: null, project: null, webhookSecret: null };
  const client = new Client({
    ...nothing,
    baseURL,
    apiKey: 'unused',
    maxRetries: 0,
    timeout: LONGEST_TIMER_MS,
    logLevel: 'off',
    // One client for all calls (another one for each costs more than the call): what a call brings travels in its options.
    fetch: (url, init) => (init as CarriedInit)[OWN_FETCH](url, init),
  });
  return async (body, fetch) => {
    const carried = { [OWN_FETCH]: fetch } as object;
    const request = body as unknown as OpenAI.ChatCompletionCreateParamsNonStreaming;
    // The reply is read where it is decided whether to try again; the client need not parse it once more.
    await client.chat.completions.create(request, { fetchOptions: carried }).asResponse();
  };
}

/** Our own limits hold, per attempt. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const OWN_FETCH = Symbol('fetch');

type CarriedInit = RequestInit & { readonly [OWN_FETCH]: Fetch };
