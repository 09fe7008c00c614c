// The embedding cache: what it saves, and that a damaged, torn, foreign or unusable cache never changes a vector.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { cachedEncoder } from '../../src/embeddings/cache.js';
import type { Encoder } from '../../src/embeddings/encoder.js';
import { fromRows } from '../../src/math/matrix.js';
import { seededRandom } from '../../src/math/random.js';
import { temporaryFolder } from '../temporary-folder.js';

const folder = temporaryFolder();
const fingerprint = `sha256:${'0123456789abcdef'.repeat(4)}`;
let count = 0;
let directory = '';
let cache = '';
beforeEach(() => {
  directory = join(folder.path, `cache-${count++}`);
  cache = join(directory, '0123456789abcdef');
});

const vectorOf = (text: string) => [text.length, text.charCodeAt(0) / 128, -0.5];

/** Vectors of width 3 and the texts that were really encoded. */
function countingEncoder(print = fingerprint): Encoder & { encoded: string[] } {
  const encoded: string[] = [];
  return {
    id: 'counting',
    fingerprint: print,
    dim: 3,
    encoded,
    embed: async (texts) => {
      encoded.push(...texts);
      return { vectors: fromRows(texts.map(vectorOf), 3), truncatedCount: texts.filter((t) => t.length > 5).length };
    },
  };
}

/** Embeds with a freshly opened cache, checks every value, and gives the texts that had to be encoded. */
async function embed(texts: string[], encoder = countingEncoder(), warnings: string[] = []) {
  const cached = cachedEncoder(encoder, directory, { onWarning: (sentence) => warnings.push(sentence) });
  const { vectors } = await cached.embed(texts);
  expect(vectors).toEqual(fromRows(texts.map(vectorOf), 3));
  return encoder.encoded;
}

test('encodes a text once, within a call and across calls, in the order asked', async () => {
  expect(await embed(['b', 'a', 'b'])).toEqual(['b', 'a']);
  expect(await embed(['a', 'c', 'b', 'a'])).toEqual(['c']);
  expect(await embed(['c', 'b', 'a'])).toEqual([]);
});

test('keeps identity and width of its encoder, and gives no texts an empty matrix', async () => {
  const { id, dim, fingerprint: print, embed } = cachedEncoder(countingEncoder(), directory);
  expect({ id, dim, print }).toEqual({ id: 'counting', dim: 3, print: fingerprint });
  expect(await embed([])).toEqual({ vectors: fromRows([], 3), truncatedCount: 0 });
});

test('counts the cut texts of those it encodes', async () => {
  const { embed } = cachedEncoder(countingEncoder(), directory);
  expect((await embed(['short', 'longer text', 'longer text'])).truncatedCount).toBe(1);
});

test('lays the files out as documented', async () => {
  await embed(['a', 'bc']);
  expect(readdirSync(cache).sort()).toEqual(['checks.bin', 'index.bin', 'keys.bin', 'meta.json', 'vectors.f32']);
  const keys = ['a', 'bc'].map((text) => createHash('sha256').update(text).digest());
  expect(readFileSync(join(cache, 'keys.bin'))).toEqual(Buffer.concat(keys));
  const values = Float32Array.from(['a', 'bc'].flatMap(vectorOf));
  expect(readFileSync(join(cache, 'vectors.f32'))).toEqual(Buffer.from(values.buffer));
  expect(JSON.parse(readFileSync(join(cache, 'meta.json'), 'utf8'))).toEqual({
    format: 'vsr.embeddings/1',
    id: 'counting',
    fingerprint,
    dim: 3,
  });
});

test('the same encoder under another name finds its vectors', async () => {
  await cachedEncoder(countingEncoder(), directory).embed(['a', 'b']);
  const renamed = { ...countingEncoder(), id: 'copied-elsewhere' };
  const warnings: string[] = [];
  await cachedEncoder(renamed, directory, { onWarning: (one) => void warnings.push(one) }).embed(['a', 'b']);
  expect([renamed.encoded, warnings]).toEqual([[], []]);
});

test('another fingerprint has another folder', async () => {
  await embed(['a']);
  expect(await embed(['a'], countingEncoder(`sha256:${'f'.repeat(64)}`))).toEqual(['a']);
});

describe('a cache that was cut short or damaged', () => {
  test.each(['keys.bin', 'vectors.f32', 'checks.bin'])(
    '%s torn: whole rows serve, the tail is written again',
    async (name) => {
      await embed(['a', 'b', 'c']);
      truncateSync(join(cache, name), statSync(join(cache, name)).size - 1);
      expect(await embed(['a', 'b', 'c', 'd'])).toEqual(['c', 'd']);
      expect(await embed(['d', 'c', 'b', 'a'])).toEqual([]);
      expect(statSync(join(cache, 'vectors.f32')).size).toBe(4 * 3 * 4);
    },
  );

  test('bytes after the last row do not shift what follows', async () => {
    await embed(['a']);
    appendFileSync(join(cache, 'vectors.f32'), 'xyz');
    expect(await embed(['b'])).toEqual(['b']);
    expect(await embed(['a', 'b'])).toEqual([]);
  });

  test('100 random byte flips never change a vector', async () => {
    const random = seededRandom(7);
    const texts = Array.from({ length: 40 }, (_, i) => `text ${i}`);
    for (let flip = 0; flip < 100; flip++) {
      await embed(texts);
      const names = readdirSync(cache);
      const path = join(cache, names[random.int(names.length)]!);
      const bytes = readFileSync(path);
      bytes[random.int(bytes.length)]! ^= 1 << random.int(8);
      writeFileSync(path, bytes);
      await embed(texts); // compares every value
    }
  });

  test.each(['', '{', '{"format":"vsr.embeddings/1","id":"counting","fingerprint":"sha256:00","dim":3}'])(
    'meta.json with %j: built again',
    async (meta) => {
      await embed(['a', 'b']);
      writeFileSync(join(cache, 'meta.json'), meta);
      expect(await embed(['a', 'b'])).toEqual(['a', 'b']);
      expect(await embed(['a', 'b'])).toEqual([]);
    },
  );
});

describe('two writers', () => {
  test('a second process sees what the first has appended, and adds to it', async () => {
    const [first, second] = [countingEncoder(), countingEncoder()];
    const a = cachedEncoder(first, directory);
    const b = cachedEncoder(second, directory);
    await a.embed(['1']);
    await b.embed(['2']);
    await a.embed(['3']);
    expect(await embed(['1', '2', '3'])).toEqual([]);
  });

  test('while another process writes, vectors are right and nothing is appended', async () => {
    await embed(['a']);
    const before = statSync(join(cache, 'keys.bin')).size;
    writeFileSync(join(cache, 'lock'), `${process.ppid} ${hostname()}`);
    const warnings: string[] = [];
    expect(await embed(['a', 'b'], countingEncoder(), warnings)).toEqual(['b']);
    expect(statSync(join(cache, 'keys.bin')).size).toBe(before);
    expect(warnings).toEqual([]);
    expect(existsSync(join(cache, 'lock'))).toBe(true);
  });

  test.each([
    ['of a process that has died', () => `${deadProcess()} ${hostname()}`],
    ['whose owner died before it wrote', () => ''],
  ])('a lock %s is taken over', async (_, contents) => {
    await embed(['a']);
    writeFileSync(join(cache, 'lock'), contents());
    expect(await embed(['b'])).toEqual(['b']);
    expect(await embed(['a', 'b'])).toEqual([]);
    expect(existsSync(join(cache, 'lock'))).toBe(false);
  });

  test('a lock of another machine is left alone', async () => {
    await embed(['a']);
    writeFileSync(join(cache, 'lock'), `1 not-${hostname()}`);
    expect(await embed(['b'])).toEqual(['b']);
    expect(await embed(['b'])).toEqual(['b']);
  });
});

describe('a disk that does not serve', () => {
  test('a path that cannot be a directory: one warning, right vectors', async () => {
    directory = folder.write('a-file', '');
    const warnings: string[] = [];
    const cached = cachedEncoder(countingEncoder(), directory, { onWarning: (sentence) => warnings.push(sentence) });
    for (const text of ['a', 'b'])
      expect((await cached.embed([text])).vectors.data).toEqual(Float32Array.from(vectorOf(text)));
    expect(warnings).toEqual([
      expect.stringMatching(/^The embedding cache .* cannot be used \(.*\); going on without it\.$/),
    ]);
  });

  test.skipIf(process.getuid?.() === 0)('a read-only folder (skipped for root, who may write anywhere)', async () => {
    mkdirSync(directory);
    chmodSync(directory, 0o500);
    const warnings: string[] = [];
    expect(await embed(['a'], countingEncoder(), warnings)).toEqual(['a']);
    expect(warnings).toHaveLength(1);
  });

  test.skipIf(!existsSync('/dev/full'))(
    'a file that cannot be written: one warning, right vectors (needs /dev/full)',
    async () => {
      await embed(['a']);
      execFileSync('ln', ['-sf', '/dev/full', join(cache, 'checks.bin')]);
      const warnings: string[] = [];
      expect(await embed(['a', 'b'], countingEncoder(), warnings)).toEqual(['a', 'b']);
      expect(warnings).toHaveLength(1);
    },
  );
});

/** The id of a process that has just ended. */
function deadProcess(): number {
  return spawnSync(process.execPath, ['-e', '0']).pid;
}
