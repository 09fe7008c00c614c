// The lexical encoder against arithmetic, its edges, and the figure it reaches on recorded outcomes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fitLexical, lexicalEncoder } from '../../../src/embeddings/lexical/lexical-encoder.js';
import { lexicalCounts, MOST_CHARACTERS } from '../../../src/embeddings/lexical/lexical-features.js';
import { murmurHash3 } from '../../../src/embeddings/lexical/murmur-hash-3.js';
import { rowOf } from '../../../src/math/matrix.js';
import { topK } from '../../../src/math/top-k.js';
import { hasShared, SHARED } from '../../shared-folder.js';

const D = 4096;
const words = { dim: D, characters: 0 };

/** Σ sign · (1 + ln tf) per bucket, from a list of features. */
function expectedCounts(features: Record<string, number>, dim = D): Map<number, number> {
  const sums = new Map<number, number>();
  for (const [feature, tf] of Object.entries(features)) {
    const hash = murmurHash3(Buffer.from(feature));
    const value = (hash >>> 31 ? -1 : 1) * (1 + Math.log(tf));
    sums.set(hash % dim, (sums.get(hash % dim) ?? 0) + value);
  }
  return sums;
}
const asMap = ({ buckets, values }: ReturnType<typeof lexicalCounts>) =>
  new Map([...buckets].map((bucket, i) => [bucket, values[i]!]));
const sorted = (map: Map<number, number>) => new Map([...map].sort((a, b) => a[0] - b[0]));

describe('features', () => {
  test('are words and pairs of neighbours of the NFKC text in lower case', () => {
    const features = { the: 2, cat: 1, ate: 1, '1': 1, 'the cat': 1, 'cat ate': 1, 'ate the': 1, 'the 1': 1 };
    expect(asMap(lexicalCounts('The CAT, ate-the １!', words))).toEqual(sorted(expectedCounts(features)));
  });
  test('with characters: also the pieces of every word, apart from words of the same letters', () => {
    const features = { over: 1, it: 1, 'over it': 1, '\u0001ove': 1, '\u0001ver': 1, '\u0001it': 1 };
    expect(asMap(lexicalCounts('over it', { dim: D, characters: 3 }))).toEqual(sorted(expectedCounts(features)));
  });
  test('pieces keep characters outside the basic plane whole', () => {
    const features = { xy: 1, 𠀀𠀁: 1, 'xy 𠀀𠀁': 1, '\u0001x': 1, '\u0001y': 1, '\u0001𠀀': 1, '\u0001𠀁': 1 };
    expect(asMap(lexicalCounts('𝒳y 𠀀𠀁', { dim: D, characters: 1 }))).toEqual(sorted(expectedCounts(features)));
  });
  test('a lone surrogate is a gap between words', () => {
    expect(lexicalCounts('ab\ud800cd', words)).toEqual(lexicalCounts('ab cd', words));
  });
  test('a text past the limit counts by its beginning, and says so', () => {
    const long = 'word '.repeat(MOST_CHARACTERS / 5);
    expect(lexicalCounts(`${long}more`, words)).toEqual({ ...lexicalCounts(long, words), cut: true });
    expect(lexicalCounts(long, words).cut).toBe(false);
  });
});

describe('encoder', () => {
  test('idf = ln((1 + N)/(1 + df)) + 1, and vectors are counts · idf of length 1', async () => {
    const state = await fitLexical(['a b', 'a', 'c'], { dim: D, characters: 0 });
    const bucket = (feature: string) => murmurHash3(Buffer.from(feature)) % D;
    const idf = (df: number) => Math.fround(Math.log(4 / (1 + df)) + 1);
    expect(['a', 'b', 'a b', 'c', 'never'].map((feature) => state.idf[bucket(feature)])).toEqual(
      [2, 1, 1, 1, 0].map(idf),
    );

    const { vectors } = await lexicalEncoder(state).embed(['a c']);
    const counts = expectedCounts({ a: 1, c: 1, 'a c': 1 });
    const raw = new Map([...counts].map(([at, value]) => [at, value * state.idf[at]!]));
    const length = Math.hypot(...raw.values());
    const expected = new Float32Array(D);
    for (const [at, value] of raw) expected[at] = value / length;
    expect(vectors.data).toEqual(expected);
  });
  test('a text without a word is the zero vector', async () => {
    const encoder = lexicalEncoder(await fitLexical(['a'], { dim: 8, characters: 0 }));
    expect((await encoder.embed(['', ' !?', '\ud800'])).vectors.data).toEqual(new Float32Array(24));
  });
  test('its fingerprint follows idf, pieces and width', async () => {
    const print = async (texts: string[], dim: number, characters: number) =>
      lexicalEncoder(await fitLexical(texts, { dim, characters })).fingerprint;
    const prints = [
      await print(['a', 'b'], 64, 0),
      await print(['a', 'a'], 64, 0),
      await print(['a', 'b'], 64, 3),
      await print(['a', 'b'], 65, 0),
    ];
    expect(new Set(prints).size).toBe(4);
    expect(await print(['b', 'a'], 64, 0)).toBe(prints[0]);
  });
  test('an idf of another width is refused', () => {
    expect(() => lexicalEncoder({ dim: 8, characters: 0, idf: new Float32Array(7) })).toThrow(
      'lexical.idf holds 7 values, expected 8.',
    );
  });
});

test.skipIf(!hasShared)(
  'kNN on the clean test of fusion earns .6011 at k = 80, as the same steps in numpy do (needs the shared folder)',
  async () => {
    const rows = (name: string): { query: string; scores: Record<string, number>; in_train?: boolean }[] =>
      readFileSync(join(SHARED, 'data/fusion', name), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
    const train = rows('train.jsonl');
    const clean = rows('test.jsonl').filter((row) => row.in_train === false);
    const models = Object.keys(train[0]!.scores);
    const texts = (some: typeof train) => some.map(({ query }) => query);
    const encoder = lexicalEncoder(await fitLexical(texts(train), words));
    const learned = (await encoder.embed(texts(train))).vectors;
    const asked = (await encoder.embed(texts(clean))).vectors;
    const touching = Array.from({ length: D }, (): number[] => []);
    learned.data.forEach((value, at) => {
      if (value !== 0) touching[at % D]!.push(Math.floor(at / D));
    });
    const chosen = clean.map(({ scores }, i) => {
      const cosine = new Float64Array(train.length);
      rowOf(asked, i).forEach((value, bucket) => {
        if (value !== 0) for (const row of touching[bucket]!) cosine[row]! += value * learned.data[row * D + bucket]!;
      });
      const nearest = topK(cosine, 80);
      const sums = models.map((model) => nearest.reduce((sum, row) => sum + train[row]!.scores[model]!, 0));
      return scores[models[sums.indexOf(Math.max(...sums))]!]!;
    });
    expect([chosen.length, chosen.reduce((sum, score) => sum + score, 0) / chosen.length]).toEqual([
      381,
      expect.closeTo(0.60105, 5),
    ]);
  },
);
