// The transpose of a matrix, in tiles, so that neither side strides through all of memory.
import { type Matrix, matrix } from './matrix.js';

const TILE = 32;

/** [R×C] → [C×R], copied. */
export function transpose({ rows, cols, data }: Matrix): Matrix {
  const out = matrix(cols, rows);
  for (let r0 = 0; r0 < rows; r0 += TILE) {
    for (let c0 = 0; c0 < cols; c0 += TILE) {
      const rowEnd = Math.min(r0 + TILE, rows);
      const colEnd = Math.min(c0 + TILE, cols);
      for (let c = c0; c < colEnd; c++) for (let r = r0; r < rowEnd; r++) out.data[c * rows + r] = data[r * cols + c]!;
    }
  }
  return out;
}
