// The real model of the shared folder: its token ids and vectors, as its fixtures state them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sequencer } from '../../../src/embeddings/onnx/token-sequences.js';
import { openEncoder } from '../../../src/embeddings/registry.js';
import { openTokenizer } from '../../../src/embeddings/tokenizer.js';
import { rowOf } from '../../../src/math/matrix.js';
import { hasShared, SHARED } from '../../shared-folder.js';

const FOLDER = join(SHARED, 'models/minilm');

interface Fixtures {
  tolerance: { int8_component: number; int8_pair_cosine: number };
  texts: { text: string; ids: number[]; int8_first8: number[] }[];
  cosines_int8: number[][];
}

describe.skipIf(!hasShared)('MiniLM (needs the shared folder)', async () => {
  if (!hasShared) return;
  const { texts, cosines_int8, tolerance }: Fixtures = JSON.parse(readFileSync(join(FOLDER, 'fixtures.json'), 'utf8'));
  const encoder = await openEncoder({ path: FOLDER });
  const { vectors, truncatedCount } = await encoder.embed(texts.map(({ text }) => text));

  test('token ids equal those of the fixtures, the long text cut with its last special token kept', async () => {
    const bytes = readFileSync(join(FOLDER, 'tokenizer.json'));
    const toSequences = sequencer(await openTokenizer(bytes, 'tokenizer.json'), { maxLength: 256, longText: 'head' });
    expect(texts.map(({ text }) => toSequences(text).pieces)).toEqual(texts.map(({ ids }) => [ids]));
  });

  test('is told by its folder: name, width, and how many texts it cut', () => {
    expect({ id: encoder.id, dim: encoder.dim, rows: vectors.rows, cols: vectors.cols, truncatedCount }).toEqual({
      id: 'minilm',
      dim: 384,
      rows: texts.length,
      cols: 384,
      truncatedCount: texts.filter(({ ids }) => ids.length === 256).length,
    });
  });

  test('the first values are within the stated tolerance', () => {
    const worst = texts.map(({ int8_first8 }, i) =>
      Math.max(...int8_first8.map((value, j) => Math.abs(value - rowOf(vectors, i)[j]!))),
    );
    expect(Math.max(...worst)).toBeLessThan(tolerance.int8_component);
  });

  test('the cosine of every pair is within the stated tolerance', () => {
    const differences = texts.flatMap((_, i) =>
      texts.map((_, j) =>
        Math.abs(
          rowOf(vectors, i).reduce((sum, value, k) => sum + value * rowOf(vectors, j)[k]!, 0) - cosines_int8[i]![j]!,
        ),
      ),
    );
    expect(Math.max(...differences)).toBeLessThan(tolerance.int8_pair_cosine);
  });

  test('a text has the same vector alone and among others', async () => {
    expect(await encoder.selfTest!()).toMatchObject({ agrees: true });
  });
});
