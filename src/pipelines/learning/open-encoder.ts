// Opens the encoder that a configuration asks for, and again the one that an artifact remembers.
import type { EncoderEntry, Manifest } from '../../artifacts/manifest.js';
import { environment } from '../../config/environment.js';
import type { VsrConfig } from '../../config/schema.js';
import type { StoredTensor } from '../../data/safetensors.js';
import type { CombinedEncoder, WeightedEncoder } from '../../embeddings/combination.js';
import type { Encoder, StoredEncoderRequest } from '../../embeddings/encoder.js';
import type { LexicalState } from '../../embeddings/lexical/lexical-encoder.js';
import { openEncoder } from '../../embeddings/registry.js';
import { VsrError } from '../../errors/vsr-error.js';
import type { PipelineContext } from '../context.js';
import { rememberedEncoder } from '../encoder-request.js';
import { encoderParts } from './encoder-parts.js';

type Embedding = VsrConfig['embedding'];
type Tensors = Readonly<Record<string, StoredTensor>>;

const IDF = 'lexical.idf';

/** @param texts what a lexical encoder learns from. Throws `VSR_CONFIG`, and what opening an encoder throws. */
export async function openConfiguredEncoder(
  embedding: Embedding,
  texts: readonly string[],
  context: PipelineContext,
): Promise<Encoder> {
  const parts = encoderParts(embedding, environment());
  if (parts.filter(({ lexical }) => lexical).length > 1) {
    throw new VsrError('VSR_CONFIG', 'embedding.encoders names lexical twice.', { hint: 'Keep one of them.' });
  }
  return sideBySide(
    await Promise.all(
      parts.map(async ({ weight, request, lexical }) => {
        if (request) return { weight, encoder: await openEncoder(request, { onWarning: context.onWarning }) };
        const { fitLexical, lexicalEncoder } = await import('../../embeddings/lexical/lexical-encoder.js');
        return { weight, encoder: lexicalEncoder(await fitLexical(texts, lexical!, context.signal)) };
      }),
    ),
  );
}

export interface EncoderFiles {
  readonly embedder: Manifest['embedder'];
  /** What does not follow from a request: learned numbers. */
  readonly tensors: Readonly<Record<string, StoredTensor<Float32Array>>>;
}

/** An encoder as an artifact keeps it. */
export function storedEncoder(encoder: Encoder): EncoderFiles {
  const parts = partsOf(encoder);
  const lexical = parts.map(({ encoder: one }) => lexicalOf(one)).find((state) => state !== undefined);
  const { id, fingerprint, dim } = encoder;
  return {
    embedder: { id, fingerprint, dim, parts: parts.map(entryOf) },
    tensors: lexical ? { [IDF]: { shape: [lexical.dim], data: lexical.idf } } : {},
  };
}

/** Throws what opening an encoder throws; `VSR_ARTIFACT` where learned numbers are missing. */
export async function openStoredEncoder(
  { id, parts }: Manifest['embedder'],
  tensors: () => Tensors,
  embedding: Embedding | undefined,
  context: PipelineContext,
): Promise<Encoder> {
  const tools = { onWarning: context.onWarning };
  if (!parts) return openEncoder({ model: id }, tools);
  return sideBySide(
    await Promise.all(
      parts.map(async ({ weight, request, lexical }) => {
        if (lexical) return { weight, encoder: await storedLexical(lexical, tensors()) };
        const stored = (request ?? {}) as StoredEncoderRequest;
        const asked = embedding ? rememberedEncoder(stored, embedding, environment()) : stored;
        return { weight, encoder: await openEncoder(asked, tools) };
      }),
    ),
  );
}

async function storedLexical(settings: NonNullable<EncoderEntry['lexical']>, tensors: Tensors): Promise<Encoder> {
  const idf = tensors[IDF]?.data;
  if (!(idf instanceof Float32Array)) {
    throw new VsrError('VSR_ARTIFACT', `features.safetensors holds no ${IDF}, which the lexical encoder needs.`, {
      hint: 'Run vsr train again.',
    });
  }
  const { lexicalEncoder } = await import('../../embeddings/lexical/lexical-encoder.js');
  return lexicalEncoder({ ...settings, idf });
}

/** One encoder stays itself: its vectors are of length 1 already. */
async function sideBySide(parts: readonly WeightedEncoder[]): Promise<Encoder> {
  if (parts.length === 1) return parts[0]!.encoder;
  return (await import('../../embeddings/combination.js')).combinedEncoder(parts);
}

function partsOf(encoder: Encoder | CombinedEncoder): readonly WeightedEncoder[] {
  return 'parts' in encoder ? encoder.parts : [{ encoder, weight: 1 }];
}

function lexicalOf(encoder: Encoder): LexicalState | undefined {
  return 'lexical' in encoder ? (encoder.lexical as LexicalState) : undefined;
}

function entryOf({ encoder, weight }: WeightedEncoder): EncoderEntry {
  const { id, fingerprint, dim, request } = encoder;
  const lexical = lexicalOf(encoder);
  if (lexical) return { id, fingerprint, dim, weight, lexical: { dim, characters: lexical.characters } };
  return { id, fingerprint, dim, weight, request: { ...(request ?? { model: id }) } };
}
