// A dense row-major matrix over a typed array, and the few operations every room needs.

export interface Matrix<A extends Float32Array | Float64Array = Float32Array> {
  readonly rows: number;
  readonly cols: number;
  /** Row-major, length rows · cols. */
  readonly data: A;
}

/** A float32 matrix of zeros, or over `data` (not copied). */
export function matrix(rows: number, cols: number, data: Float32Array = new Float32Array(rows * cols)): Matrix {
  return { rows, cols, data };
}

/** A float64 matrix of zeros, or over `data` (not copied). */
export function matrix64(
  rows: number,
  cols: number,
  data: Float64Array = new Float64Array(rows * cols),
): Matrix<Float64Array> {
  return { rows, cols, data };
}

/** Row `i` as a view on the matrix's own memory. */
export function rowOf<A extends Float32Array | Float64Array>(m: Matrix<A>, i: number): A {
  return m.data.subarray(i * m.cols, (i + 1) * m.cols) as A;
}

/** The given rows, in the given order, copied. */
export function takeRows<A extends Float32Array | Float64Array>(m: Matrix<A>, indices: ArrayLike<number>): Matrix<A> {
  const data = new (m.data.constructor as new (n: number) => A)(indices.length * m.cols);
  for (let i = 0; i < indices.length; i++) data.set(rowOf(m, indices[i]!), i * m.cols);
  return { rows: indices.length, cols: m.cols, data };
}

/** A float32 matrix from nested arrays of equal length. */
export function fromRows(rows: readonly ArrayLike<number>[], cols = rows[0]?.length ?? 0): Matrix {
  const m = matrix(rows.length, cols);
  rows.forEach((row, i) => {
    m.data.set(row, i * cols);
  });
  return m;
}

/** [a ‖ b], column blocks side by side; both have the same number of rows. */
export function concatColumns(a: Matrix, b: Matrix): Matrix {
  const m = matrix(a.rows, a.cols + b.cols);
  for (let i = 0; i < a.rows; i++) {
    m.data.set(rowOf(a, i), i * m.cols);
    m.data.set(rowOf(b, i), i * m.cols + a.cols);
  }
  return m;
}

/** Rows divided by their Euclidean length (computed in float64); a zero row stays zero. */
export function normaliseRows(m: Matrix): Matrix {
  const out = matrix(m.rows, m.cols);
  for (let at = 0; at < m.data.length; at += m.cols) normaliseInto(m.data, out.data, at, m.cols);
  return out;
}

/** `from` [start, start + width) divided by its Euclidean length, at the same place of `into`; zeros stay zeros. */
export function normaliseInto(from: Float32Array, into: Float32Array, start = 0, width = from.length): void {
  let sum = 0;
  for (let j = start; j < start + width; j++) sum += from[j]! * from[j]!;
  const scale = sum > 0 ? 1 / Math.sqrt(sum) : 0;
  for (let j = start; j < start + width; j++) into[j] = from[j]! * scale;
}

/** Index of the first value that is NaN or infinite, or -1. */
export function firstNonFinite(values: ArrayLike<number>): number {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return i;
  return -1;
}
