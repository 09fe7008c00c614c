// Lines from files and streams: where they end, what is ignored, what is refused.
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type LineSource, readJsonLines } from '../../src/data/jsonl.js';
import { temporaryFolder } from '../temporary-folder.js';

const folder = temporaryFolder();

async function linesOf(source: LineSource) {
  const lines = [];
  for await (const line of readJsonLines(source)) lines.push(line);
  return lines;
}
const fromChunks = (...chunks: (string | Buffer)[]) => linesOf({ source: Readable.from(chunks) });

describe('readJsonLines', () => {
  test('splits at \\n alone, so U+2028 and U+0085 survive inside strings', async () => {
    const text = 'a\u2028b\u2029c\u0085d';
    expect(await fromChunks(`{"q":"${text}"}\n{"q":"e"}\n`)).toEqual([
      { line: 1, value: { q: text } },
      { line: 2, value: { q: 'e' } },
    ]);
  });

  test('ignores a BOM, blank lines, CR before LF and a missing last newline, and counts every line', async () => {
    expect(await fromChunks('\uFEFF1\r\n\r\n  \n2\r\n', '3')).toEqual([
      { line: 1, value: 1 },
      { line: 4, value: 2 },
      { line: 5, value: 3 },
    ]);
  });

  test('reads the same from a file as from a stream', async () => {
    const path = folder.write('two.jsonl', '{"a":1}\n{"a":2}');
    expect(await linesOf({ source: path })).toEqual(await fromChunks('{"a":1}\n{"a":2}'));
  });

  test('gives the same lines however the bytes are cut', async () => {
    const rows = ['é', '😀 "', 'x\u2028', ''];
    const bytes = Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n'));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 6 }), async (cuts) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const chunks = edges.slice(1).map((end, i) => bytes.subarray(edges[i], end));
        expect((await fromChunks(...chunks)).map(({ value }) => value)).toEqual(rows);
      }),
    );
  });

  test('stops at the first bad line with file and line', async () => {
    const seen: unknown[] = [];
    const read = async () => {
      const source = { source: Readable.from(['{"a":1}\n\n{"a":\n{"a":2}\n']), name: 'queries.jsonl' };
      for await (const { value } of readJsonLines(source)) seen.push(value);
    };
    await expect(read()).rejects.toMatchObject({
      code: 'VSR_DATA',
      message: 'queries.jsonl:3: expected one JSON value a line, got {"a": (Unexpected end of JSON input).',
    });
    expect(seen).toEqual([{ a: 1 }]);
  });

  test.each(['NaN', 'Infinity', '-Infinity'])('says that %s is not JSON', async (value) => {
    const read = linesOf({ source: Readable.from([`{"quality": ${value}}`]), name: 'o.jsonl' });
    await expect(read).rejects.toMatchObject({
      code: 'VSR_DATA',
      message: `o.jsonl:1: ${value.replace('-', '')} is not a JSON value.`,
      hint: 'Write null for a missing value.',
    });
  });

  test('names the line that is not UTF-8', async () => {
    const read = linesOf({ source: Readable.from([Buffer.from('1\n2\n'), Buffer.from([0x22, 0xff, 0x22, 0x0a])]) });
    await expect(read).rejects.toMatchObject({
      code: 'VSR_DATA',
      message: 'stdin:3: expected UTF-8 text, got other bytes.',
    });
  });

  test('refuses an empty source unless told otherwise', async () => {
    const path = folder.write('empty.jsonl', '\n  \n');
    await expect(linesOf({ source: path })).rejects.toMatchObject({
      code: 'VSR_DATA',
      message: `${path} is empty: expected at least one line.`,
    });
    expect(await linesOf({ source: path, allowEmpty: true })).toEqual([]);
  });

  test('refuses a missing file and a directory', async () => {
    const missing = `${folder.path}/none.jsonl`;
    await expect(linesOf({ source: missing })).rejects.toMatchObject({
      code: 'VSR_FILE',
      message: `${missing} does not exist.`,
    });
    await expect(linesOf({ source: folder.path })).rejects.toMatchObject({
      code: 'VSR_FILE',
      message: `${folder.path} is a directory, expected a file.`,
    });
  });

  test('holds a few blocks in memory, not the stream: it asks for the next block only when the last is used up', async () => {
    let asked = 0;
    async function* endless() {
      for (;;) {
        asked++;
        yield '1\n2\n';
      }
    }
    const lines = readJsonLines({ source: endless() });
    for (let i = 0; i < 100; i++) await lines.next();
    await lines.return(undefined);
    expect(asked).toBe(50);
  });
});
