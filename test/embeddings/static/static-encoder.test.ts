// The static encoder against the golden texts that came with it, and what it refuses.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bundledFile } from '../../../src/data/bundled.js';
import { writeSafetensors } from '../../../src/data/safetensors.js';
import { ENCODERS, openEncoder } from '../../../src/embeddings/registry.js';
import { openStaticEncoder } from '../../../src/embeddings/static/static-encoder.js';
import { readTokenTable } from '../../../src/embeddings/static/token-table.js';
import { rowOf } from '../../../src/math/matrix.js';
import { hasShared, SHARED } from '../../shared-folder.js';
import { temporaryFolder } from '../../temporary-folder.js';

interface Golden {
  tolerance: number;
  texts: { name: string; text: string; ids: number[]; mean_norm: number; first8: number[]; norm: number }[];
  cosines: number[][];
}

const encoder = await openEncoder({ model: 'static' });
const golden: Golden = hasShared
  ? JSON.parse(readFileSync(join(SHARED, 'models/static/fixtures.json'), 'utf8'))
  : { tolerance: 0, texts: [], cosines: [] };

describe.skipIf(!hasShared)('golden texts (shared models/static/fixtures.json)', () => {
  test.each(golden.texts)('$name: token ids', async ({ text, ids }) => {
    const { Tokenizer } = await import('@huggingface/tokenizers');
    const tokenizer = new Tokenizer(JSON.parse(readFileSync(bundledFile('static-encoder/tokenizer.json'), 'utf8')), {});
    expect(tokenizer.encode(text, { add_special_tokens: false }).ids).toEqual(ids);
  });

  test.each(golden.texts)('$name: length of the mean', ({ ids, mean_norm }) => {
    const path = bundledFile('static-encoder/static.safetensors');
    const sum = readTokenTable(readFileSync(path), path).sum(ids);
    expect(Math.abs(Math.hypot(...sum) / Math.max(1, ids.length) - mean_norm)).toBeLessThanOrEqual(golden.tolerance);
  });

  test('first eight values, lengths and all cosines', async () => {
    const { vectors, truncatedCount } = await encoder.embed(golden.texts.map(({ text }) => text));
    expect([vectors.rows, vectors.cols, truncatedCount]).toEqual([12, 128, 0]);
    const rows = golden.texts.map((_, i) => [...rowOf(vectors, i)]);
    golden.texts.forEach(({ first8, norm }, i) => {
      first8.forEach((value, j) => {
        expect(Math.abs(rows[i]![j]! - value)).toBeLessThanOrEqual(golden.tolerance);
      });
      expect(Math.abs(Math.hypot(...rows[i]!) - norm)).toBeLessThanOrEqual(golden.tolerance);
    });
    golden.cosines.flat().forEach((cosine, at) => {
      const [a, b] = [rows[Math.floor(at / 12)]!, rows[at % 12]!];
      const dot = a.reduce((sum, value, j) => sum + value * b[j]!, 0);
      expect(Math.abs(dot - cosine)).toBeLessThanOrEqual(golden.tolerance);
    });
  });
});

describe('the static encoder', () => {
  test('gives a text the same vector alone and among others', async () => {
    const texts = Array.from({ length: 300 }, (_, i) => `What is ${i} plus ${i * 7}?`);
    const { vectors } = await encoder.embed(texts);
    for (const i of [0, 255, 256, 299])
      expect((await encoder.embed([texts[i]!])).vectors.data).toEqual(rowOf(vectors, i));
  });

  test('gives no texts an empty matrix and an empty text the zero vector', async () => {
    expect((await encoder.embed([])).vectors).toEqual({ rows: 0, cols: 128, data: new Float32Array(0) });
    expect((await encoder.embed(['', ' \n'])).vectors.data).toEqual(new Float32Array(256));
  });

  test('stops when aborted', async () => {
    await expect(encoder.embed(['a'], AbortSignal.abort())).rejects.toMatchObject({ code: 'VSR_ABORTED' });
  });

  test('has a fingerprint of its files, equal for equal files', async () => {
    expect(encoder.fingerprint).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect((await openStaticEncoder(bundledFile('static-encoder'))).fingerprint).toBe(encoder.fingerprint);
    const other = encoderFolder({ embeddings: { shape: [4, 2], data: new Float32Array(8) } });
    expect((await openStaticEncoder(other)).fingerprint).not.toBe(encoder.fingerprint);
  });
});

// A vocabulary of four words; the table gives each a vector of width 2.
const folder = temporaryFolder();
const vocab = { '[UNK]': 0, red: 1, green: 2, blue: 3 };
const tokenizer = {
  version: '1.0',
  added_tokens: [],
  normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, lowercase: true },
  pre_tokenizer: { type: 'BertPreTokenizer' },
  post_processor: null,
  decoder: null,
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab,
  },
};

function encoderFolder(tensors: Parameters<typeof writeSafetensors>[0], tokenizerText = JSON.stringify(tokenizer)) {
  folder.write('model.safetensors', writeSafetensors(tensors));
  folder.write('tokenizer.json', tokenizerText);
  return folder.path;
}

describe('the layout of Model2Vec', () => {
  const embeddings = { shape: [2, 2], data: Float32Array.of(3, 4, 0, -1) };
  const mapping = { shape: [4], data: Int32Array.of(1, 0, 1, 0) };
  const weights = { shape: [4], data: Float32Array.of(1, 2, 1, 0.5) };

  test('reads rows through mapping and multiplies them by weights', async () => {
    const { embed } = await openStaticEncoder(encoderFolder({ embeddings, mapping, weights }));
    // red: 2·(3, 4), length 10; red blue: 2.5·(3, 4); green green: 2·(0, −1)
    const { vectors } = await embed(['red', 'Red blue', 'green green']);
    expect(vectors.data).toEqual(Float32Array.of(0.6, 0.8, 0.6, 0.8, 0, -1));
  });

  test('without mapping the token is the row', async () => {
    const own = { shape: [4, 2], data: Float32Array.of(9, 9, 1, 0, 0, 2, 0, 0) };
    const { embed } = await openStaticEncoder(encoderFolder({ embeddings: own }));
    // red green: (1, 2)/√5; blue: the zero vector stays zero
    const { vectors } = await embed(['red green', 'blue']);
    expect(vectors.data).toEqual(Float32Array.of(1 / Math.sqrt(5), 2 / Math.sqrt(5), 0, 0));
  });

  test.each<[string, Parameters<typeof writeSafetensors>[0]]>([
    ['embeddings must be I8, F16 or F32 [tokens × dim]', {}],
    ['embeddings must be I8, F16 or F32 [tokens × dim]', { embeddings: { shape: [4], data: new Float32Array(4) } }],
    ['mapping must hold rows from 0 to 1', { embeddings, mapping: { shape: [1], data: Int32Array.of(2) } }],
    ['mapping must hold rows from 0 to 1', { embeddings, mapping: { shape: [1], data: Int32Array.of(-1) } }],
    ['weights must hold 4 values, got 1', { embeddings, mapping, weights: { shape: [1], data: Float32Array.of(1) } }],
    [
      'weights must have one dimension, got [2×1]',
      { embeddings, weights: { shape: [2, 1], data: Float32Array.of(1, 1) } },
    ],
    ['every value must be finite', { embeddings: { shape: [1, 1], data: Float32Array.of(Number.NaN) } }],
  ])('refuses a table: %s', async (sentence, tensors) => {
    const path = encoderFolder(tensors);
    await expect(openStaticEncoder(path)).rejects.toMatchObject({
      code: 'VSR_ENCODER',
      message: `${join(path, 'model.safetensors')}: ${sentence}.`,
    });
  });

  test('refuses a token beyond the table', async () => {
    const { embed } = await openStaticEncoder(encoderFolder({ embeddings }));
    await expect(embed(['blue'])).rejects.toMatchObject({
      code: 'VSR_ENCODER',
      message: expect.stringContaining('the tokenizer gave token 3, but the table ends at 1'),
    });
  });

  test('refuses a damaged tokenizer, and a folder without files', async () => {
    const { embed } = await openStaticEncoder(encoderFolder({ embeddings }, '{"model":'));
    await expect(embed(['red'])).rejects.toMatchObject({ code: 'VSR_ENCODER' });
    await expect(openStaticEncoder('/nowhere')).rejects.toMatchObject({
      code: 'VSR_ENCODER',
      message: '/nowhere: expected the file static.safetensors or model.safetensors, found none.',
    });
  });
});

describe('openEncoder', () => {
  test('names the nearest encoder to a misspelled one', async () => {
    await expect(openEncoder({ model: 'statik' })).rejects.toMatchObject({
      code: 'VSR_ENCODER',
      message: `embedding.model must be one of ${ENCODERS.join(', ')}, got "statik".`,
      hint: 'Did you mean static?',
    });
  });

  test.each(['constructor', '__proto__', 'word2vec'])('refuses %s', async (model) => {
    await expect(openEncoder({ model })).rejects.toMatchObject({ code: 'VSR_ENCODER' });
  });

  test('opens the files of another folder', async () => {
    const path = encoderFolder({ embeddings: { shape: [4, 1], data: Float32Array.of(0, 1, -1, 1) } });
    const { vectors } = await (await openEncoder({ model: 'static', path })).embed(['green']);
    expect(vectors).toEqual({ rows: 1, cols: 1, data: Float32Array.of(-1) });
  });
});
