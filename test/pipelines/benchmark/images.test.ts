// Where the pictures of a query are: addresses stay, paths start at the query file, other addresses are refused.
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { imagePlaces } from '../../../src/pipelines/benchmark/images.js';

test('addresses and data stay as they are, paths start at the folder of the query file', () => {
  const addresses = ['https://example.org/a.png', 'HTTP://example.org/b.png', 'data:image/png;base64,AA=='];
  expect(imagePlaces([...addresses, 'charts/c.png', '/d.png'], 'project/queries.jsonl')).toEqual([
    ...addresses,
    resolve('project/charts/c.png'),
    '/d.png',
  ]);
});

test.each(['ftp://example.org/a.png', 's3://bucket/a.png', 'FILE:///a.png'])('%s is refused in a sentence', (image) => {
  expect(() => imagePlaces(['a.png', image], 'queries.jsonl', 'queries.jsonl, query 7')).toThrow(
    expect.objectContaining({
      code: 'VSR_DATA',
      message: `queries.jsonl, query 7: an image must be a path or begin with https:, http: or data:, got ${image.split('//')[0]}//….`,
    }),
  );
});
