// embed: queries → their vectors in one file, written block by block.
import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import type { VsrConfig } from '../config/schema.js';
import type { Query } from '../data/query.js';
import { readQueries, streamQueries } from '../data/read-queries.js';
import { cachedEncoder } from '../embeddings/cache.js';
import { jointFeatures } from '../embeddings/clip/joint-features.js';
import type { Encoder } from '../embeddings/encoder.js';
import { throwIfAborted, VsrError } from '../errors/vsr-error.js';
import { type Matrix, matrix } from '../math/matrix.js';
import type { PipelineContext } from './context.js';
import { openConfiguredEncoder } from './learning/open-encoder.js';
import { queryImages } from './learning/query-images.js';
import { openTrained } from './trained/trained-router.js';

export interface EmbedResult {
  readonly output: string;
  readonly encoder: string;
  readonly fingerprint: string;
  readonly rows: number;
  readonly dim: number;
}

/** Queries embedded and written together. */
const BLOCK = 512;
/** Room for the header, which is written last: only then the number of rows is known. */
const HEADER_BYTES = 1024;

/**
 * A row is the text's vector; of an encoder that sees it is [text ‖ image ‖ 1 if there is one], zeros without an image.
 * .npy: float32 [rows × dim]. .safetensors: `embeddings` float32 [rows × dim] and `ids` uint8 [rows × longest], UTF-8 filled up with zeros.
 * Throws `VSR_USAGE`, `VSR_FILE`, `VSR_DATA` and what opening the encoder throws; then no file is left.
 */
export async function embed(config: VsrConfig, context: PipelineContext): Promise<EmbedResult> {
  const { input, output } = config.embed;
  if (input === undefined || output === undefined) {
    throw new VsrError('VSR_USAGE', 'embed needs --input and --output.', {
      hint: 'Example: vsr embed --input queries.jsonl --output vectors.npy',
    });
  }
  const form = /\.(npy|safetensors)$/.exec(output)?.[1];
  if (form === undefined) {
    throw new VsrError('VSR_USAGE', `--output ${output}: expected a name that ends in .npy or .safetensors.`);
  }
  const opened = await openFor(config, input, context);
  const encoder = cachedEncoder(opened, config.embedding.cacheDir, context);
  const dim = encoder.dim + (encoder.images ? encoder.images.dim + 1 : 0);
  const partial = `${output}.partial`;
  const ids: string[] = [];
  let file: number;
  try {
    file = openSync(partial, 'w');
  } catch (cause) {
    throw new VsrError('VSR_FILE', `${output} cannot be written (${(cause as Error).message}).`, { cause });
  }
  try {
    writeSync(file, Buffer.alloc(HEADER_BYTES));
    let block: Query[] = [];
    let unseen = 0;
    const flush = async () => {
      throwIfAborted(context.signal);
      const { data } = await vectorsOf(encoder, block, input, context);
      writeAll(file, Buffer.from(data.buffer, data.byteOffset, data.byteLength));
      if (!encoder.images) unseen += block.filter(({ images }) => images.length > 0).length;
      block = [];
      context.onProgress?.({ stage: `embed (${encoder.id})`, done: ids.length, total: ids.length });
    };
    for await (const { query } of streamQueries({ source: input })) {
      block.push(query);
      ids.push(query.id);
      if (block.length === BLOCK) await flush();
    }
    if (block.length > 0) await flush();
    if (unseen > 0) {
      context.onNotice?.(
        `${input}: ${unseen} of ${ids.length} queries carry images, and ${encoder.id} reads texts alone. An encoder that sees: a CLIP folder, with --embedding-path.`,
      );
    }
    const header = form === 'npy' ? npyHeader(ids.length, dim) : safetensorsHeader(file, ids, dim);
    writeSync(file, header, 0, header.length, 0);
    closeSync(file);
    renameSync(partial, output);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
  return { output, encoder: opened.id, fingerprint: opened.fingerprint, rows: ids.length, dim };
}

/** [block × dim] */
async function vectorsOf(
  encoder: Encoder,
  block: readonly Query[],
  file: string,
  context: PipelineContext,
): Promise<Matrix> {
  const texts = block.map(({ query }) => query);
  const { vectors } = await encoder.embed(texts, context.signal);
  if (!encoder.images) return vectors;
  const found = await queryImages(encoder, block, file, { signal: context.signal });
  return jointFeatures(vectors, {
    vectors: found?.features ?? matrix(block.length, encoder.images.dim),
    present: found?.present ?? new Uint8Array(block.length),
  });
}

/** The artifact's encoder where one is named; else the configured one, lexical learning from the queries themselves. */
async function openFor(config: VsrConfig, input: string, context: PipelineContext): Promise<Encoder> {
  if (config.embed.artifacts !== undefined) {
    const { encoder } = await openTrained(config.embed.artifacts, config.embedding, context);
    const { model, encoders, dim, path, url } = config.embedding;
    if ([model, encoders, dim, path, url].some((setting) => setting !== undefined)) {
      context.onNotice?.(
        `${config.embed.artifacts} was trained with ${encoder.id}, and that one is used; the configuration says at most where its files stand now.`,
      );
    }
    return encoder;
  }
  const lexical = config.embedding.model === 'lexical' || config.embedding.encoders?.includes('lexical');
  if (!lexical) return openConfiguredEncoder(config.embedding, [], context);
  context.onNotice?.(`lexical learns how rare words are from ${input}; --artifacts takes what training learned.`);
  const { queries } = await readQueries(input);
  return openConfiguredEncoder(
    config.embedding,
    queries.map(({ query }) => query),
    context,
  );
}

/** NumPy's format 1.0, filled up with spaces. */
function npyHeader(rows: number, dim: number): Buffer {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${dim}), }`;
  const header = Buffer.alloc(HEADER_BYTES, 0x20);
  header.write('\x93NUMPY\x01\x00', 'latin1');
  header.writeUInt16LE(HEADER_BYTES - 10, 8);
  header.write(text, 10, 'latin1');
  header[HEADER_BYTES - 1] = 0x0a;
  return header;
}

/** Writes the ids behind the vectors, and gives the header of both. */
function safetensorsHeader(file: number, ids: readonly string[], dim: number): Buffer {
  const width = ids.reduce((longest, id) => Math.max(longest, Buffer.byteLength(id)), 1);
  for (let start = 0; start < ids.length; start += BLOCK) {
    const block = ids.slice(start, start + BLOCK);
    const bytes = Buffer.alloc(block.length * width);
    block.forEach((id, i) => {
      bytes.write(id, i * width);
    });
    writeAll(file, bytes);
  }
  const end = ids.length * dim * 4;
  const json = JSON.stringify({
    embeddings: { dtype: 'F32', shape: [ids.length, dim], data_offsets: [0, end] },
    ids: { dtype: 'U8', shape: [ids.length, width], data_offsets: [end, end + ids.length * width] },
  });
  const header = Buffer.alloc(HEADER_BYTES, 0x20);
  header.writeBigUInt64LE(BigInt(HEADER_BYTES - 8));
  header.write(json, 8);
  return header;
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}
