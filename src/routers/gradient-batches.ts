// Training rows as the batches of a gradient router: √D·x̂ in rows, outcomes in columns.
import { type Matrix, normaliseRows } from '../math/matrix.js';
import type { EngineTensor, TensorFlow } from '../training/tensorflow.js';

export interface RowBatches {
  /** h₀ = √D·x̂ of the rows, [B×D]: initialisers expect inputs of variance 1. */
  inputs(tf: TensorFlow, rows: Int32Array): EngineTensor;
  /** Rows of a table [N×M] as columns, [M×B]. */
  columns(tf: TensorFlow, table: Float32Array, rows: Int32Array): EngineTensor;
  /** Sum of a table [N×M] over the rows. */
  sumOf(table: Float32Array, rows: Int32Array): number;
}

/** @param models M */
export function rowBatches(features: Matrix, models: number): RowBatches {
  const D = features.cols;
  const scaled = normaliseRows(features).data.map((value) => value * Math.sqrt(D));
  return {
    inputs: (tf, rows) => {
      const data = new Float32Array(rows.length * D);
      rows.forEach((row, b) => {
        data.set(scaled.subarray(row * D, (row + 1) * D), b * D);
      });
      return tf.tensor(data, [rows.length, D]);
    },
    columns: (tf, table, rows) => {
      const data = new Float32Array(models * rows.length);
      rows.forEach((row, b) => {
        for (let m = 0; m < models; m++) data[m * rows.length + b] = table[row * models + m]!;
      });
      return tf.tensor(data, [models, rows.length]);
    },
    sumOf: (table, rows) => {
      let sum = 0;
      for (const row of rows) for (let m = 0; m < models; m++) sum += table[row * models + m]!;
      return sum;
    },
  };
}
