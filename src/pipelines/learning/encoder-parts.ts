// Which encoders a configuration asks for: one, or several side by side, each with its weight.
import type { Environment } from '../../config/environment.js';
import type { VsrConfig } from '../../config/schema.js';
import type { EncoderRequest } from '../../embeddings/encoder-request.js';
import type { LexicalSettings } from '../../embeddings/lexical/lexical-features.js';
import { VsrError } from '../../errors/vsr-error.js';
import { configuredEncoder } from '../encoder-request.js';

type Embedding = VsrConfig['embedding'];

export interface EncoderPart {
  readonly weight: number;
  /** Exactly one of the two stands. */
  readonly request?: EncoderRequest;
  readonly lexical?: LexicalSettings;
}

const LEXICAL = 'lexical';
/** Need neither folder nor server, so that settings beside a list of encoders are not for them. */
const BUILT_IN = new Set([LEXICAL, 'static', 'hash']);

/** Throws `VSR_CONFIG` for weights that are not one an encoder, for a list beside a single name, and for settings that could belong to several. */
export function encoderParts(embedding: Embedding, environment: Environment): EncoderPart[] {
  const { encoders, weights } = embedding;
  if (encoders === undefined) {
    if (weights)
      throw wrong('embedding.weights is set without embedding.encoders', 'Name the encoders with --encoders.');
    return [partOf(embedding, 1, embedding, environment)];
  }
  if (embedding.model !== undefined) {
    throw wrong('embedding.model and embedding.encoders are both set, expected one of them', 'Leave one of them out.');
  }
  if (weights && weights.length !== encoders.length) {
    throw wrong(
      `embedding.weights holds ${weights.length} numbers for ${encoders.length} encoders`,
      'Give one weight an encoder, in the same order.',
    );
  }
  const needy = encoders.filter((entry) => typeof entry === 'string' && !BUILT_IN.has(entry));
  const shared = (['path', 'url', 'source', 'file', 'dim'] as const).find((key) => embedding[key] !== undefined);
  if (shared !== undefined && needy.length !== 1) {
    throw wrong(
      `embedding.${shared} is set beside ${needy.length === 0 ? 'encoders that do not use it' : `${needy.join(', ')}, and could be meant for any of them`}`,
      `Write it with its encoder: encoders: [static, {model: minilm, ${shared}: …}].`,
    );
  }
  return encoders.map((entry, i) => {
    const settings =
      typeof entry !== 'string' ? entry : BUILT_IN.has(entry) ? { model: entry } : { ...embedding, model: entry };
    return partOf(settings, weights?.[i] ?? 1, embedding, environment);
  });
}

function partOf(
  settings: Partial<Embedding>,
  weight: number,
  embedding: Embedding,
  environment: Environment,
): EncoderPart {
  if (settings.model === LEXICAL) {
    return { weight, lexical: { dim: settings.dim ?? embedding.lexicalDim, characters: embedding.lexicalCharacters } };
  }
  const { apiKey, headers, batchSize, threads, concurrency, timeoutS, maxRetries } = embedding;
  const shared = { apiKey, headers, batchSize, threads, concurrency, timeoutS, maxRetries };
  return { weight, request: configuredEncoder({ ...shared, ...settings } as Embedding, environment) };
}

function wrong(what: string, hint: string): VsrError {
  return new VsrError('VSR_CONFIG', `${what}.`, { hint });
}
