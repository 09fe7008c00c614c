import { expect, test } from 'vitest';
import { fromRows, matrix } from '../../src/math/matrix.js';
import { transpose } from '../../src/math/transpose.js';

test('rows become columns', () => {
  expect(
    transpose(
      fromRows([
        [1, 2, 3],
        [4, 5, 6],
      ]),
    ),
  ).toEqual(
    fromRows([
      [1, 4],
      [2, 5],
      [3, 6],
    ]),
  );
  expect(transpose(matrix(0, 3))).toEqual(matrix(3, 0));
});

test('every value finds its place in a matrix larger than a tile', () => {
  const wide = matrix(70, 45);
  wide.data.forEach((_, at) => {
    wide.data[at] = at;
  });
  const tall = transpose(wide);
  expect([tall.rows, tall.cols]).toEqual([45, 70]);
  for (let r = 0; r < 70; r++) for (let c = 0; c < 45; c++) expect(tall.data[c * 70 + r]).toBe(r * 45 + c);
});
