// Servers with requests of their own: Text Embeddings Inference, Ollama and Hugging Face's router.
import { VsrError } from '../../errors/vsr-error.js';
import type { EncoderRequest } from '../encoder-request.js';
import type { EncoderTools } from '../registry.js';
import { type Connection, connect, refused } from './connection.js';
import type { EmbeddingServer } from './embedding-server.js';

/** POST /embed; what the server is comes from GET /info, where it tells. */
export async function teiServer(request: EncoderRequest, tools: EncoderTools): Promise<EmbeddingServer> {
  const connection = connect(request, request.url, tools);
  const base = connection.base.replace(/\/embed$/, '');
  const info = await teiInfo(connection, base);
  return {
    model: request.model ?? info.model ?? 'tei',
    address: `${addressOf(base)} ${info.model ?? ''}`.trim(),
    mostInputs: info.mostInputs ?? 32,
    cuts: false,
    embed: async (inputs, signal) => {
      const reply = await connection.json(`${base}/embed`, { inputs, normalize: true, truncate: true }, signal);
      return list(reply, base);
    },
  };
}

/** POST /api/embed. */
export async function ollamaServer(request: EncoderRequest, tools: EncoderTools): Promise<EmbeddingServer> {
  const connection = connect(request, request.url ?? 'http://127.0.0.1:11434', tools);
  const base = connection.base.replace(/\/(api(\/embed)?|v1)$/, '');
  const model = requireModel(request, base);
  return {
    model,
    address: addressOf(base),
    mostInputs: 512,
    cuts: false,
    embed: async (inputs, signal) => {
      const body = { model, input: inputs, truncate: true, keep_alive: '10m' };
      const reply = (await connection.json(`${base}/api/embed`, body, signal)) as { embeddings?: unknown } | null;
      return list(reply?.embeddings, base);
    },
  };
}

/** POST …/models/{model}/pipeline/feature-extraction; one vector a token becomes their mean. */
export async function huggingFaceServer(request: EncoderRequest, tools: EncoderTools): Promise<EmbeddingServer> {
  const connection = connect(request, request.url ?? 'https://router.huggingface.co/hf-inference', tools);
  const { base } = connection;
  const model = requireModel(request, base);
  const whole = base.endsWith('/pipeline/feature-extraction');
  const root = new URL(base).pathname === '/' ? `${base}/hf-inference` : base;
  const url = whole ? base : `${root}/models/${model}/pipeline/feature-extraction`;
  return {
    model,
    address: addressOf(base),
    mostInputs: 32,
    cuts: false,
    embed: async (inputs, signal) => {
      const reply = list(await connection.json(url, { inputs, normalize: true, truncate: true }, signal), base);
      return reply.map((vector) => (isTokenLevel(vector) ? meanOf(vector, base) : vector));
    },
  };
}

async function teiInfo(connection: Connection, base: string) {
  try {
    const info = (await connection.json(`${base}/info`, undefined, undefined)) as Record<string, unknown> | null;
    const { model_id: model, max_client_batch_size: most } = info ?? {};
    return {
      model: typeof model === 'string' ? model : undefined,
      mostInputs: typeof most === 'number' && most >= 1 ? most : undefined,
    };
  } catch (error) {
    // Proxies may offer /embed alone.
    if (error instanceof VsrError && /HTTP 40[45]/.test(error.message))
      return { model: undefined, mostInputs: undefined };
    throw error;
  }
}

function requireModel({ model, source }: EncoderRequest, base: string): string {
  if (model !== undefined) return model;
  throw new VsrError('VSR_ENCODER', `embedding.model is not set, and the server at ${base} offers several.`, {
    hint: `Name one with --embedding-model, for example ${source === 'ollama' ? 'nomic-embed-text' : 'BAAI/bge-base-en-v1.5'}.`,
  });
}

function list(reply: unknown, base: string): readonly unknown[] {
  if (Array.isArray(reply)) return reply;
  throw refused(base, 'its reply holds no list of vectors');
}

function isTokenLevel(vector: unknown): vector is readonly (readonly number[])[] {
  return Array.isArray(vector) && vector.length > 0 && vector.every((token) => Array.isArray(token));
}

function meanOf(tokens: readonly (readonly number[])[], base: string): number[] {
  const width = tokens[0]!.length;
  if (tokens.some((token) => token.length !== width)) throw refused(base, 'its token vectors differ in width');
  return Array.from({ length: width }, (_, j) => tokens.reduce((sum, token) => sum + token[j]!, 0) / tokens.length);
}

function addressOf(base: string): string {
  const { host, pathname } = new URL(base);
  return `${host}${pathname === '/' ? '' : pathname}`;
}
