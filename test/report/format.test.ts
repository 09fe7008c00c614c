// Numbers as text: points, dollars, shares, and a dash for what is unknown.
import { describe, expect, test } from 'vitest';
import {
  count,
  counted,
  fileSize,
  percent,
  perThousand,
  points,
  pointsWithInterval,
  pValue,
  share,
  shareWithInterval,
} from '../../src/report/format.js';
import { markdownTable } from '../../src/report/table.js';
import { wrap } from '../../src/report/wrap.js';

describe('format', () => {
  test('a size is in kB below a million bytes', () => {
    expect([1, 12_001, 999_999, 1e6, 4_449_000].map(fileSize)).toEqual([
      '1 kB',
      '13 kB',
      '1000 kB',
      '1.0 MB',
      '4.4 MB',
    ]);
  });

  test('points carry a sign, but zero has none', () => {
    expect([0.0302, -0.0304, 0, -0.0004, 0.0004].map(points)).toEqual(['+3.0', '-3.0', '0.0', '0.0', '0.0']);
    expect(pointsWithInterval({ delta: 0.03, low: 0.022, high: 0.038 })).toBe('+3.0 [+2.2, +3.8]');
    expect(pointsWithInterval(null)).toBe('–');
  });
  test('shares', () => {
    expect(share(0.59655)).toBe('0.597');
    expect(shareWithInterval(0.5, { low: 0.25, high: 0.75 })).toBe('0.500 [0.250, 0.750]');
    expect(shareWithInterval(null, null)).toBe('–');
    expect(percent(0.4156)).toBe('42 %');
    expect(percent(0.4156, 1)).toBe('41.6 %');
    expect(percent(undefined)).toBe('–');
  });
  test('money', () => {
    expect([0.0000589, 0.00123, 1.5, 0, null].map(perThousand)).toEqual(['0.0589', '1.23', '1500', '0', '–']);
  });
  test('counts', () => {
    expect(count(5608)).toBe('5,608');
    expect([counted(1, 'query', 'queries'), counted(2, 'query', 'queries')]).toEqual(['1 query', '2 queries']);
  });
  test('p-values', () => {
    expect([0.0004, 0.016, null].map(pValue)).toEqual(['< 0.001', '0.016', '–']);
  });
});

test('a Markdown table is aligned: the first column left, the others right', () => {
  expect(
    markdownTable(
      [{ head: 'model' }, { head: 'n' }],
      [
        ['a', '1'],
        ['longer', '1,234'],
      ],
    ),
  ).toBe(['| model  |     n |', '| ------ | ----: |', '| a      |     1 |', '| longer | 1,234 |'].join('\n'));
});

test('sentences wrap at 100 columns, continuation indented, long words whole', () => {
  const word = 'x'.repeat(120);
  expect(
    wrap(`- ${'ab '.repeat(40).trim()}`, '  ')
      .split('\n')
      .map((line) => line.length),
  ).toEqual([1 + 33 * 3, 2 + 7 * 3 - 1]);
  expect(wrap(`a ${word} b`).split('\n')).toEqual(['a', word, 'b']);
});
