import { expect, test } from 'vitest';
import { type CsvRecord, readCsv } from '../../src/data/csv.js';

async function read(...chunks: (string | Uint8Array)[]): Promise<CsvRecord[]> {
  const source = (async function* () {
    yield* chunks;
  })();
  const records: CsvRecord[] = [];
  for await (const record of readCsv({ source, name: 't.csv' })) records.push(record);
  return records;
}

test('quoted fields hold commas, quotes and line breaks; lines are counted through them', async () => {
  expect(await read('a,b\r\n1,"x, ""y""\nz"\n\n2,\n')).toEqual([
    { line: 2, fields: { a: '1', b: 'x, "y"\nz' } },
    { line: 5, fields: { a: '2', b: '' } },
  ]);
});

test('chunks may end anywhere, and the last line needs no end', async () => {
  const bytes = Buffer.from('\uFEFFnäme,b\n"é""",2');
  const whole = await read(bytes);
  expect(whole).toEqual([{ line: 2, fields: { näme: 'é"', b: '2' } }]);
  for (let cut = 1; cut < bytes.length; cut++) {
    expect(await read(bytes.subarray(0, cut), bytes.subarray(cut))).toEqual(whole);
  }
});

test.each([
  ['a,b\n1\n', 't.csv:2: expected 2 fields as in the header, got 1.'],
  ['a,a\n1,2\n', 't.csv:1: the column "a" stands twice in the header.'],
  ['a\n"x\n', 't.csv:3: the quoted field that begins on line 2 is never closed.'],
  ['a\n"x"y\n', 't.csv:2: text follows the closing quote of a field.'],
  ['a\nx"y"\n', 't.csv:2: a quote stands inside a field that does not begin with one.'],
  ['', 't.csv is empty: expected a header and its records.'],
])('%j is refused with its line', async (text, message) => {
  await expect(read(text)).rejects.toMatchObject({ code: 'VSR_DATA', message });
});

test('bytes that are not UTF-8 are refused', async () => {
  await expect(read(Uint8Array.of(0x61, 0x0a, 0xff, 0x0a))).rejects.toMatchObject({ message: 't.csv is not UTF-8.' });
  await expect(read(Uint8Array.of(0x61, 0x0a, 0xc3))).rejects.toMatchObject({ message: 't.csv is not UTF-8.' });
});
