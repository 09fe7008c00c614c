// The encoder that a configuration asks for, and the one that an artifact remembers, each with the keys of this moment.
import type { Environment } from '../config/environment.js';
import type { VsrConfig } from '../config/schema.js';
import type { StoredEncoderRequest } from '../embeddings/encoder.js';
import type { EncoderRequest } from '../embeddings/encoder-request.js';

/** Variables that hold a key for one host alone, where `embedding.api_key` names none. */
const KEY_VARIABLES: Readonly<Record<string, string>> = {
  'api.openai.com': 'OPENAI_API_KEY',
  'router.huggingface.co': 'HF_TOKEN',
  'integrate.api.nvidia.com': 'NVIDIA_API_KEY',
};

/** Hosts that a source asks where no URL is given. */
const DEFAULT_HOSTS: Readonly<Record<string, string>> = {
  openai: 'api.openai.com',
  huggingface: 'router.huggingface.co',
  nvclip: 'integrate.api.nvidia.com',
};

/** What `embedding` asks for. */
export function configuredEncoder(embedding: VsrConfig['embedding'], environment: Environment): EncoderRequest {
  const { model, source, path, file, url, dim, maxLength, pooling, padding, prompt, normalise, longText } = embedding;
  return withConnection(
    { model, source, path, file, url, dim, maxLength, pooling, padding, prompt, normalise, longText },
    embedding,
    environment,
  );
}

/** What an artifact remembers; `embedding.path` or `embedding.url`, where set, says where the same encoder stands now. */
export function rememberedEncoder(
  stored: StoredEncoderRequest,
  embedding: VsrConfig['embedding'],
  environment: Environment,
): EncoderRequest {
  const { path, url, file } = embedding;
  const moved = {
    ...(stored.path !== undefined && path !== undefined && { path }),
    ...(stored.path !== undefined && file !== undefined && { file }),
    ...(stored.url !== undefined && url !== undefined && { url }),
  };
  return withConnection({ ...stored, ...moved }, embedding, environment);
}

/** How fast and with which key, which no vector depends on. */
function withConnection(
  request: EncoderRequest,
  embedding: VsrConfig['embedding'],
  environment: Environment,
): EncoderRequest {
  const { batchSize, threads, headers, concurrency, timeoutS, maxRetries, allowRemoteImages } = embedding;
  const apiKey = embedding.apiKey ?? keyFromEnvironment(request, environment);
  const all = {
    ...request,
    batchSize: batchSize ?? request.batchSize,
    threads: threads ?? request.threads,
    apiKey,
    headers,
    concurrency: concurrency ?? request.concurrency,
    timeoutMs: timeoutS === undefined ? request.timeoutMs : timeoutS * 1000,
    maxRetries: maxRetries ?? request.maxRetries,
    allowRemoteImages: allowRemoteImages ?? request.allowRemoteImages,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** Only to the host the variable is for, and only over TLS. */
function keyFromEnvironment({ url, source }: EncoderRequest, environment: Environment): string | undefined {
  const address = url !== undefined && URL.canParse(url) ? new URL(url) : undefined;
  const host = address
    ? address.protocol === 'https:'
      ? address.hostname
      : undefined
    : url === undefined
      ? DEFAULT_HOSTS[source ?? '']
      : undefined;
  const variable = host === undefined ? undefined : KEY_VARIABLES[host];
  return (variable !== undefined && environment[variable]) || undefined;
}
