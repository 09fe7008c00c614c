// Training rows as the batches of a gradient router: √D·x̂ in rows, outcomes in columns.
import { type Matrix, normaliseRows, takeRows } from '../math/matrix.js';
import { type InputBatch, inputBatch } from '../training/layers.js';
import type { EngineTensor, TensorFlow } from '../training/tensorflow.js';

export interface OutcomeBatches {
  /** Rows of a table [N×M] as columns, [M×B]. */
  columns(tf: TensorFlow, table: Float32Array, rows: Int32Array): EngineTensor;
  /** Sum of a table [N×M] over the rows. */
  sumOf(table: Float32Array, rows: Int32Array): number;
}

export interface RowBatches extends OutcomeBatches {
  /** h₀ = √D·x̂ of the rows, [B×D]: initialisers expect inputs of variance 1. */
  input(tf: TensorFlow, rows: Int32Array): InputBatch;
}

/** @param models M */
export function rowBatches(features: Matrix, models: number): RowBatches {
  const scaled = normaliseRows(features);
  const length = Math.sqrt(features.cols);
  for (let i = 0; i < scaled.data.length; i++) scaled.data[i]! *= length;
  return {
    input: (tf, rows) => inputBatch(tf, takeRows(scaled, rows)),
    ...outcomeBatches(models),
  };
}

/** @param models M */
export function outcomeBatches(models: number): OutcomeBatches {
  return {
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
