// Servers that speak OpenAI's embeddings (OpenAI, vLLM, LM Studio, NVIDIA), through the official client over our own door.
import { VsrError } from '../../errors/vsr-error.js';
import type { Fetch } from '../../http/client.js';
import { responseFrom } from '../../http/client.js';
import type { EncoderRequest } from '../encoder-request.js';
import type { EncoderTools } from '../registry.js';
import { connect, refused } from './connection.js';
import type { EmbeddingServer } from './embedding-server.js';

const DEFAULT_BASES = { openai: 'https://api.openai.com/v1', nvclip: 'https://integrate.api.nvidia.com/v1' };
const DEFAULT_MODELS = { openai: undefined, nvclip: 'nvidia/nvclip' };

/** OpenAI's own limit. */
const MOST_INPUTS = 2048;

/** Throws VSR_ENCODER without a model's name. */
export async function openAiServer(
  request: EncoderRequest,
  kind: 'openai' | 'nvclip',
  tools: EncoderTools,
): Promise<EmbeddingServer> {
  const connection = connect(request, request.url ?? DEFAULT_BASES[kind], tools);
  const base = withVersion(connection.base);
  const model = request.model ?? DEFAULT_MODELS[kind];
  if (model === undefined) {
    throw new VsrError('VSR_ENCODER', `embedding.model is not set, and the server at ${base} offers several.`, {
      hint: 'Name one with --embedding-model, for example text-embedding-3-small.',
    });
  }
  const client = await openClient(base);
  return {
    model,
    address: address(base),
    mostInputs: MOST_INPUTS,
    cuts: kind === 'openai',
    embed: async (inputs, signal) => {
      let reading: unknown;
      const send: Fetch = async (target, init) => {
        // Only our headers: the client would add some that it finds in the environment.
        const { reply } = await connection.http.exchange(target, {
          ...init,
          headers: connection.headers,
          signal: signal ?? null,
        });
        connection.read(reply, String(target instanceof Request ? target.url : target));
        return responseFrom({ ...reply, headers: new Headers({ 'content-type': 'application/json' }) });
      };
      const guarded: Fetch = (target, init) =>
        send(target, init).catch((error) => {
          reading = error;
          throw error;
        });
      try {
        const reply = await client.withOptions({ fetch: guarded }).embeddings.create({
          model,
          input: [...inputs],
          encoding_format: 'float',
          ...(kind === 'openai' && request.dim !== undefined && { dimensions: request.dim }),
        });
        return inOrder(reply.data, inputs.length, base);
      } catch (error) {
        throw connection.failure(reading ?? error, signal);
      }
    },
  };
}

/** Nothing is read from the environment, nothing logged, nothing retried. */
async function openClient(baseURL: string) {
  const { default: Client } = await import('openai');
  const nothing = { adminAPIKey: null, organization: null, project: null, webhookSecret: null };
  const timeout = 2 ** 31 - 1; // our own limits hold, per attempt
  return new Client({ ...nothing, baseURL, apiKey: 'unused', maxRetries: 0, timeout, logLevel: 'off' });
}

/** Sorted by index; a server that numbers nothing answers in order. Too few or too many are for others to refuse. */
function inOrder(data: unknown, inputs: number, base: string): unknown[] {
  if (!Array.isArray(data)) throw refused(base, 'its reply holds no list "data"');
  const items = data as { index?: number; embedding?: unknown }[];
  const sorted = items.every(({ index }) => typeof index === 'number')
    ? items.toSorted((a, b) => a.index! - b.index!)
    : items;
  if (items.length === inputs && sorted.some(({ index }, i) => index !== undefined && index !== i)) {
    const numbers = sorted.map(({ index }) => index).join(', ');
    throw refused(base, `its vectors are numbered ${numbers}, expected 0 to ${inputs - 1}`);
  }
  return sorted.map(({ embedding }) => embedding);
}

/** /v1 where the address names no path; without a path of ours at its end. */
function withVersion(base: string): string {
  const url = base.replace(/\/embeddings$/, '');
  return new URL(url).pathname === '/' ? `${url}/v1` : url;
}

function address(base: string): string {
  const { host, pathname } = new URL(base);
  return `${host}${pathname}`;
}
