// A damaged data file is read or refused with a sentence; it never crashes a reader and never gives a value out of range.
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { bundledFile } from '../../src/data/bundled.js';
import { streamOutcomes } from '../../src/data/read-outcomes.js';
import { VsrError } from '../../src/errors/vsr-error.js';
import { seededRandom } from '../../src/math/random.js';

const lines = readFileSync(bundledFile('example/outcomes.jsonl'), 'utf8').split('\n').slice(0, 3);

test('300 random byte changes in outcome rows', async () => {
  const random = seededRandom(3);
  let refused = 0;
  for (let i = 0; i < 300; i++) {
    const bytes = Buffer.from(`${lines[i % 3]}\n`);
    for (let change = 0; change <= i % 4; change++) bytes[random.int(bytes.length)] = random.int(256);
    try {
      for await (const { row } of streamOutcomes({ source: Readable.from([bytes]), name: 'outcomes.jsonl' })) {
        const qualities = Object.values(row.outcomes).map(({ quality }) => quality);
        expect(qualities.filter((quality) => quality === null || !(quality >= 0 && quality <= 1))).toEqual([]);
      }
    } catch (error) {
      expect(error).toBeInstanceOf(VsrError);
      expect((error as VsrError).message).toMatch(/^outcomes\.jsonl(:\d+: | is empty)/);
      refused++;
    }
  }
  expect(refused).toBeGreaterThan(50);
});
