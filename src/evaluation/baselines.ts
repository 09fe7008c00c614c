// The choices that every router is held against: best single model, cheapest, per-task lookup, oracle; and column means.
import type { Query } from '../data/query.js';
import type { Matrix } from '../math/matrix.js';

type Values = Matrix<Float64Array>;

/** Mean of the present cells of each column [M], over the given rows or all; NaN for a column without cells. */
export function columnMeans(
  values: Values | Matrix<Float32Array | Float64Array>,
  rows: ArrayLike<number> = allRows(values),
): Float64Array {
  // one kind of array, or the loop below is compiled for none
  const own = rows instanceof Int32Array ? rows : Int32Array.from(rows);
  const { cols, data } = values;
  const sums = new Float64Array(cols);
  const counts = new Float64Array(cols);
  for (let r = 0; r < own.length; r++) {
    const at = own[r]! * cols;
    for (let m = 0; m < cols; m++) {
      const value = data[at + m]!;
      if (Number.isNaN(value)) continue;
      sums[m]! += value;
      counts[m]! += 1;
    }
  }
  return sums.map((sum, m) => sum / counts[m]!);
}

/** Index of the largest value, NaN left out, ties to the lowest index; -1 if there is none. */
export function argMax(values: ArrayLike<number>): number {
  let best = -1;
  for (let m = 0; m < values.length; m++) {
    if (!Number.isNaN(values[m]) && (best < 0 || values[m]! > values[best]!)) best = m;
  }
  return best;
}

export function argMin(values: ArrayLike<number>): number {
  return argMax(Float64Array.from(values, (value) => -value));
}

/** Each row's model with the largest value; ties to the cheapest, then to the lowest index; -1 for an empty row. */
export function oracleChoices(values: Values, cost: Values): Int32Array {
  return Int32Array.from({ length: values.rows }, (_, i) => {
    let best = -1;
    for (let at = i * values.cols; at < (i + 1) * values.cols; at++) {
      if (Number.isNaN(values.data[at])) continue;
      const better = best < 0 || values.data[at]! > values.data[best]!;
      if (better || (values.data[at] === values.data[best] && cost.data[at]! < cost.data[best]!)) best = at;
    }
    return best < 0 ? -1 : best - i * values.cols;
  });
}

/** A random model's expected value per row: the mean of its present cells; NaN for an empty row. */
export function rowMeans(values: Values): Float64Array {
  const means = new Float64Array(values.rows);
  for (let i = 0; i < values.rows; i++) {
    let sum = 0;
    let n = 0;
    for (let at = i * values.cols; at < (i + 1) * values.cols; at++) {
      if (Number.isNaN(values.data[at])) continue;
      sum += values.data[at]!;
      n++;
    }
    means[i] = sum / n;
  }
  return means;
}

/** Largest value of each row; NaN for an empty row. */
export function rowMaxima(values: Values): Float64Array {
  const maxima = new Float64Array(values.rows);
  for (let i = 0; i < values.rows; i++) {
    let max = Number.NaN;
    for (let at = i * values.cols; at < (i + 1) * values.cols; at++) {
      if (!(values.data[at]! <= max) && !Number.isNaN(values.data[at])) max = values.data[at]!;
    }
    maxima[i] = max;
  }
  return maxima;
}

/** The best model of every task, by mean value over its rows among `rows`. */
export function taskLookup(values: Values, tasks: readonly string[], rows: ArrayLike<number>): Map<string, number> {
  const { cols, data } = values;
  const byTask = new Map<string, { sums: Float64Array; counts: Float64Array }>();
  for (let r = 0; r < rows.length; r++) {
    const row = rows[r]!;
    let task = byTask.get(tasks[row]!);
    if (!task) {
      task = { sums: new Float64Array(cols), counts: new Float64Array(cols) };
      byTask.set(tasks[row]!, task);
    }
    const { sums, counts } = task;
    for (let m = 0, at = row * cols; m < cols; m++, at++) {
      if (Number.isNaN(data[at])) continue;
      sums[m]! += data[at]!;
      counts[m]! += 1;
    }
  }
  return new Map([...byTask].map(([task, { sums, counts }]) => [task, argMax(sums.map((sum, m) => sum / counts[m]!))]));
}

/** task_name, else the category, else the empty text. */
export function taskOf(query: Query): string {
  return query.taskName ?? query.category ?? '';
}

export function allRows(values: { readonly rows: number }): Int32Array {
  const rows = new Int32Array(values.rows);
  for (let i = 0; i < rows.length; i++) rows[i] = i;
  return rows;
}
