// The static encoder: a text's vector is the sum of its tokens' vectors, scaled to length 1. No engine, no download.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { bundledFile } from '../../data/bundled.js';
import { readWholeFile } from '../../data/open-file.js';
import { throwIfAborted, VsrError } from '../../errors/vsr-error.js';
import { matrix } from '../../math/matrix.js';
import { checkedWidth } from '../checked-width.js';
import type { Encoder } from '../encoder.js';
import { fingerprintOf, sha256 } from '../fingerprint.js';
import { expectTokenizer, openTokenizer, type TextTokenizer } from '../tokenizer.js';
import { scaleToUnit } from '../unit-length.js';
import { readTokenTable } from './token-table.js';

/** Texts between two chances for Ctrl-C to be heard. */
const TURN = 256;

/**
 * Opens the encoder in the folder `path`: static.safetensors (or model.safetensors) and tokenizer.json; default: the bundled one.
 * v = Σ over the ids, without special tokens and not cut, of factor[id] · row(id), divided by its length; a text without ids,
 * or whose sum is zero, is the zero vector.
 * Throws VSR_ENCODER if a file is missing or damaged, or has another width than `dim`.
 */
export async function openStaticEncoder(path?: string, dim?: number): Promise<Encoder> {
  const folder = path ?? bundledFile('static-encoder');
  const tablePath = firstPresent(folder, ['static.safetensors', 'model.safetensors']);
  const tokenizerPath = firstPresent(folder, ['tokenizer.json']);
  expectTokenizer();
  const [tableBytes, tokenizerBytes] = await Promise.all([readWholeFile(tablePath), readWholeFile(tokenizerPath)]);
  const table = readTokenTable(tableBytes, tablePath);
  checkedWidth(dim, table.dim, undefined, 'static');
  let opening: Promise<TextTokenizer> | undefined;
  return {
    id: 'static',
    dim: table.dim,
    request: { model: 'static', ...(path !== undefined && { source: 'static', path: resolve(path) }) },
    fingerprint: fingerprint({ table: sha256(tableBytes), tokenizer: sha256(tokenizerBytes), dim: table.dim }),
    embed: async (texts, signal) => {
      opening ??= openTokenizer(tokenizerBytes, tokenizerPath);
      const tokenizer = await opening;
      const vectors = matrix(texts.length, table.dim);
      for (const [i, text] of texts.entries()) {
        if (i % TURN === TURN - 1) await nextTurn();
        throwIfAborted(signal);
        const ids = tokenizer.ids(text, { specialTokens: false });
        vectors.data.set(scaleToUnit(table.sum(ids)), i * table.dim);
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
  return fingerprintOf(identity);
}
