// The cache under real processes: two write at once and are killed at any moment; what is left never gives a wrong vector.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cachedEncoder } from '../../src/embeddings/cache.js';
import type { Encoder } from '../../src/embeddings/encoder.js';
import { matrix } from '../../src/math/matrix.js';
import { seededRandom } from '../../src/math/random.js';
import { compileSource } from '../compiled-source.js';
import { temporaryFolder } from '../temporary-folder.js';

const folder = temporaryFolder();
const DIM = 16;
const TEXTS = 20_000;
const fingerprint = `sha256:${'ab'.repeat(32)}`;

/** Vector of `text 12` = 12, 13, 14 … */
const encoder = (encoded: string[] = []): Encoder => ({
  id: 'numbers',
  fingerprint,
  dim: DIM,
  embed: async (texts) => {
    encoded.push(...texts);
    const vectors = matrix(texts.length, DIM);
    texts.forEach((text, i) => {
      for (let j = 0; j < DIM; j++) vectors.data[i * DIM + j] = Number(text.slice(5)) + j;
    });
    return { vectors, truncatedCount: 0 };
  },
});

/** Embeds texts without end, from its own start, a block of 20 at a time, and says after each how far it is. */
const WRITER = `
  const { cachedEncoder } = await import(process.argv[1] + '/embeddings/cache.js');
  const [, , directory, start] = process.argv;
  const encoder = { id: 'numbers', fingerprint: '${fingerprint}', dim: ${DIM}, embed: async (texts) => {
    const data = new Float32Array(texts.length * ${DIM});
    texts.forEach((text, i) => { for (let j = 0; j < ${DIM}; j++) data[i * ${DIM} + j] = Number(text.slice(5)) + j; });
    return { vectors: { rows: texts.length, cols: ${DIM}, data }, truncatedCount: 0 };
  } };
  const cached = cachedEncoder(encoder, directory);
  for (let at = Number(start); ; at += 20) {
    await cached.embed(Array.from({ length: 20 }, (_, i) => 'text ' + ((at + i) % ${TEXTS})));
    process.stdout.write('.');
  }
`;

test('two writers killed three times over leave a cache that serves, is right, and takes more', async () => {
  mkdirSync(join(folder.path, 'package'));
  const dist = compileSource(join(folder.path, 'package'), ['embeddings', 'errors', 'math', 'data']);
  const directory = join(folder.path, 'cache');
  const random = seededRandom(3);
  for (let round = 0; round < 3; round++) {
    const writers = [0, 1].map((writer) => {
      const start = String(round * 100 + writer * 137);
      const args = ['--input-type=module', '-e', WRITER, dist, directory, start];
      return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    });
    await Promise.all(
      writers.map(async (writer) => {
        let blocks = 0;
        const enough = 1 + random.int(15);
        for await (const chunk of writer.stdout) {
          blocks += (chunk as Buffer).length;
          if (blocks >= enough) writer.kill('SIGKILL');
        }
        if (writer.exitCode === null && writer.signalCode === null) await once(writer, 'exit');
        expect(writer.signalCode).toBe('SIGKILL');
      }),
    );
  }
  const texts = Array.from({ length: 2000 }, (_, i) => `text ${i}`);
  const expected = (await encoder().embed(texts)).vectors;
  const encoded: string[] = [];
  expect((await cachedEncoder(encoder(encoded), directory).embed(texts)).vectors).toEqual(expected);
  expect(encoded.length).toBeLessThan(1990); // most of what was written is there
  const again: string[] = [];
  expect((await cachedEncoder(encoder(again), directory).embed(texts)).vectors).toEqual(expected);
  expect(again).toEqual([]);
});
