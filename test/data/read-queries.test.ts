// Query files: JSON lines, arrays, plain texts; what is counted and what is refused.
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { readQueries, streamQueries } from '../../src/data/read-queries.js';
import { temporaryFolder } from '../temporary-folder.js';

const folder = temporaryFolder();
const jsonl = (...rows: unknown[]) => rows.map((row) => JSON.stringify(row)).join('\n');

describe('readQueries', () => {
  test('keeps the first of equal rows, keeps equal texts with another truth, and counts both', async () => {
    const path = folder.write(
      'queries.jsonl',
      jsonl(
        { query: 'a', ground_truth: '1' },
        { query: 'a', ground_truth: '1', category: 'cooking' },
        { query: 'a', ground_truth: '2' },
        { query: 'b', id: 'x' },
        { query: 'b', id: 'x' },
      ),
    );
    const { queries, ...counts } = await readQueries(path);
    expect(queries.map(({ query, groundTruth }) => [query, groundTruth])).toEqual([
      ['a', '1'],
      ['a', '2'],
      ['b', null],
    ]);
    expect(counts).toEqual({ duplicateIds: 2, sameText: 1, unknownCategories: 1 });
  });

  test('refuses an id that names two different queries, with both places', async () => {
    const path = folder.write('same-id.jsonl', jsonl({ query: 'b', id: 'x' }, { query: 'c', id: 'x' }));
    await expect(readQueries(path)).rejects.toMatchObject({
      code: 'VSR_DATA',
      message: `${path}:2: id "x" stands at ${path}:1 too, with another query or truth.`,
      hint: 'Give each query an id of its own, or none.',
    });
  });

  test('names file and line of a bad row', async () => {
    const path = folder.write('bad.jsonl', `{"query":"a"}\n\n${jsonl({ query: '' })}`);
    await expect(readQueries(path)).rejects.toMatchObject({
      code: 'VSR_DATA',
      message: `${path}:3: query must be a text that is not blank, got "".`,
    });
  });

  test('reads a query a line from .txt', async () => {
    const path = folder.write('queries.txt', 'What is 2+2?\r\n\n"quoted"\n');
    const { queries } = await readQueries(path);
    expect(queries.map(({ query }) => query)).toEqual(['What is 2+2?', '"quoted"']);
  });

  test('reads rows and texts from a .json array', async () => {
    const path = folder.write('queries.json', JSON.stringify(['a', { query: 'b', category: 'math' }]));
    const { queries } = await readQueries(path);
    expect(queries.map(({ query, category }) => [query, category])).toEqual([
      ['a', null],
      ['b', 'math'],
    ]);
  });

  test.each([
    ['{"query":"a"}', ' must be a JSON array of rows or texts, got object.'],
    ['null', ' must be a JSON array of rows or texts, got null.'],
    ['[]', ' is empty: expected at least one row.'],
    ['', ' is empty: expected JSON.'],
    ['["a", 3]', '[1]: a row must be a JSON object, got 3.'],
  ])('refuses the .json file %j', async (contents, sentence) => {
    const path = folder.write('bad.json', contents);
    await expect(readQueries(path)).rejects.toMatchObject({ code: 'VSR_DATA', message: `${path}${sentence}` });
  });
});

test('streamQueries reads JSON lines from a stream with their line numbers', async () => {
  const lines = [];
  for await (const { line, query } of streamQueries({ source: Readable.from(['{"query":"a"}\n\n', '{"query":"b"}']) }))
    lines.push([line, query.query]);
  expect(lines).toEqual([
    [1, 'a'],
    [3, 'b'],
  ]);
});
