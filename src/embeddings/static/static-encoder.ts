// The static encoder: a text's vector is the sum of its tokens' vectors, scaled to length 1. No engine, no download.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { bundledFile } from '../../data/bundled.js';
import { readWholeFile } from '../../data/open-file.js';
import { throwIfAborted, VsrError } from '../../errors/vsr-error.js';
import { matrix } from '../../math/matrix.js';
import type { Encoder } from '../encoder.js';
import { splitTokenizer } from './searched-vocabulary.js';
import { readTokenTable } from './token-table.js';

type Tokenise = (text: string) => readonly number[];

/** Texts between two chances for Ctrl-C to be heard. */
const TURN = 256;

/**
 * Opens the encoder in the folder `path`: static.safetensors (or model.safetensors) and tokenizer.json; default: the bundled one.
 * v = Σ over the ids, without special tokens and not cut, of factor[id] · row(id), divided by its length; a text without ids,
 * or whose sum is zero, is the zero vector.
 * Throws VSR_ENCODER if a file is missing or damaged.
 */
export async function openStaticEncoder(path?: string): Promise<Encoder> {
  const folder = path ?? bundledFile('static-encoder');
  const tablePath = firstPresent(folder, ['static.safetensors', 'model.safetensors']);
  const tokenizerPath = firstPresent(folder, ['tokenizer.json']);
  const [tableBytes, tokenizerBytes] = await Promise.all([readWholeFile(tablePath), readWholeFile(tokenizerPath)]);
  const table = readTokenTable(tableBytes, tablePath);
  let tokenise: Promise<Tokenise> | undefined;
  return {
    id: 'static',
    dim: table.dim,
    request: { model: 'static', ...(path !== undefined && { source: 'static', path: resolve(path) }) },
    fingerprint: fingerprint({ table: sha256(tableBytes), tokenizer: sha256(tokenizerBytes), dim: table.dim }),
    embed: async (texts, signal) => {
      tokenise ??= openTokenizer(tokenizerBytes, tokenizerPath);
      const idsOf = await tokenise;
      const vectors = matrix(texts.length, table.dim);
      for (const [i, text] of texts.entries()) {
        if (i % TURN === TURN - 1) await nextTurn();
        throwIfAborted(signal);
        vectors.data.set(unit(table.sum(idsOf(text))), i * table.dim);
      }
      return { vectors, truncatedCount: 0 };
    },
  };
}

function firstPresent(folder: string, names: readonly string[]): string {
  const found = names.map((name) => join(folder, name)).find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new VsrError('VSR_ENCODER', `${folder}: expected the file ${names.join(' or ')}, found none.`, {
    hint: 'A static encoder is a folder with static.safetensors (or model.safetensors) and tokenizer.json.',
  });
}

async function openTokenizer(bytes: Buffer, where: string): Promise<Tokenise> {
  const { Tokenizer } = await import('@huggingface/tokenizers');
  try {
    const split = splitTokenizer(bytes);
    const tokenizer = new Tokenizer(split?.config ?? JSON.parse(bytes.toString('utf8')), {});
    if (split) {
      const { model } = tokenizer;
      for (const [token, id] of model.tokens_to_ids) split.vocabulary.set(token, id); // the added tokens
      model.tokens_to_ids = split.vocabulary;
      model.unk_token_id = split.vocabulary.get(split.config.model.unk_token ?? '');
    }
    return (text) => tokenizer.encode(text, { add_special_tokens: false }).ids;
  } catch (error) {
    throw new VsrError('VSR_ENCODER', `${where}: expected a tokenizer, got ${(error as Error).message}.`, {
      hint: 'Fetch tokenizer.json again.',
      cause: error,
    });
  }
}

/** Divided by its length; the zero vector stays zero. */
function unit(vector: Float64Array): Float64Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return length > 0 ? vector.map((value) => value / length) : vector;
}

/** Of everything that changes a vector. */
function fingerprint({ table, tokenizer, dim }: { table: string; tokenizer: string; dim: number }): string {
  const identity = {
    id: 'static',
    table,
    tokenizer,
    pooling: 'sum',
    normalise: true,
    prompt: '',
    maxLength: null,
    dim,
  };
  return `sha256:${sha256(JSON.stringify(identity))}`;
}

function sha256(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}
