import { describe, expect, test } from 'vitest';
import { innerSplit } from '../../src/routers/inner-validation.js';

describe('innerSplit', () => {
  const groups = Int32Array.from({ length: 100 }, (_, i) => i >> 1); // 50 texts, each twice

  test('sets a tenth of the texts aside; equal texts stay on one side', () => {
    const { rows, validationRows } = innerSplit(groups, 7);
    expect([rows.length, validationRows.length]).toEqual([90, 10]);
    const [left, right] = [rows, validationRows].map((side) => new Set(Array.from(side, (row) => groups[row])));
    expect([...left!].filter((group) => right!.has(group))).toEqual([]);
    expect([...rows, ...validationRows].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  test('is the same for the same seed, another for another', () => {
    expect(innerSplit(groups, 7)).toEqual(innerSplit(groups, 7));
    expect(innerSplit(groups, 8).validationRows).not.toEqual(innerSplit(groups, 7).validationRows);
  });

  test('spares none of fewer than 20 texts', () => {
    const few = groups.subarray(0, 38);
    expect(innerSplit(few, 7).validationRows.length).toBe(0);
    expect(innerSplit(few, 7).rows.length).toBe(38);
  });

  test('sets aside as many as are asked for at least, up to a quarter', () => {
    const aside = (least: number) => innerSplit(groups, 7, undefined, least).validationRows.length;
    expect([aside(4), aside(8), aside(50)]).toEqual([10, 16, 26]); // 5, 8 and 13 of 50 texts
  });

  test('splits the rows it is given alone', () => {
    const given = Int32Array.from({ length: 40 }, (_, i) => 2 * i);
    const { rows, validationRows } = innerSplit(groups, 7, given);
    expect([rows.length, validationRows.length]).toEqual([36, 4]);
    expect([...rows, ...validationRows].every((row) => row % 2 === 0 && row < 80)).toBe(true);
  });
});
