// Lines that come within a moment go to the disk together, in their order, and none is lost where the stream ends first.
import { once } from 'node:events';
import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { writeGathered } from '../../src/server/gathered.js';

function recording() {
  const writes: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, _, done) {
      writes.push(String(chunk));
      done();
    },
    writev(chunks, done) {
      writes.push(chunks.map(({ chunk }) => String(chunk)).join(''));
      done();
    },
  });
  return { stream, writes };
}

test('one write for the lines of a moment, then one for those of the next', async () => {
  const { stream, writes } = recording();
  for (const line of ['a\n', 'b\n', 'c\n']) writeGathered(stream, line);
  expect(writes).toEqual([]);
  await expect.poll(() => writes).toEqual(['a\nb\nc\n']);
  for (const line of ['d\n', 'e\n']) writeGathered(stream, line);
  await expect.poll(() => writes).toEqual(['a\nb\nc\n', 'd\ne\n']);
});

test('an end does not wait for the moment', async () => {
  const { stream, writes } = recording();
  for (const line of ['a\n', 'b\n']) writeGathered(stream, line);
  stream.end();
  await once(stream, 'finish');
  expect(writes).toEqual(['a\nb\n']);
});
