// Small training tables whose best answers are known by construction.
import { type Matrix, matrix, matrix64 } from '../../src/math/matrix.js';
import { seededRandom } from '../../src/math/random.js';
import type { TrainingTable } from '../../src/routers/router.js';

export const TOY_MODELS = ['amber', 'birch', 'cedar'];

/**
 * Three topics, each a direction of its own (columns 0, 1, 2 of 6) with seeded noise of ±0.3 in every column; query i is
 * of topic i mod 3, where model i mod 3 earns .8–1 and the others 0–.2. So a model that always answers earns about .37,
 * the right one about .9. Every seventh row lacks the cell of the model after the right one.
 */
export function separableTable(rows = 60, seed = 1): TrainingTable {
  const random = seededRandom(seed);
  const features = matrix(rows, 6);
  const quality = matrix64(rows, 3);
  for (let i = 0; i < rows; i++) {
    const topic = i % 3;
    for (let d = 0; d < 6; d++) features.data[i * 6 + d] = (d === topic ? 2 : 0) + 0.6 * (random.uniform() - 0.5);
    for (let m = 0; m < 3; m++) quality.data[i * 3 + m] = (m === topic ? 0.8 : 0) + 0.2 * random.uniform();
    if (i % 7 === 0) quality.data[i * 3 + ((topic + 1) % 3)] = Number.NaN;
  }
  return { models: TOY_MODELS, features, quality, groups: Int32Array.from({ length: rows }, (_, i) => i) };
}

/** The columns of some models, as if only they had been benchmarked. */
export function onlyModels(table: TrainingTable, models: readonly string[]): TrainingTable {
  const columns = models.map((model) => table.models.indexOf(model));
  const quality = matrix64(table.quality.rows, models.length);
  for (let i = 0; i < quality.rows; i++) {
    columns.forEach((from, to) => {
      quality.data[i * models.length + to] = table.quality.data[i * table.models.length + from]!;
    });
  }
  return { ...table, models, quality };
}

/** The first rows of a table. */
export function firstRows({ models, features, quality, groups }: TrainingTable, rows: number): TrainingTable {
  return {
    models,
    features: { rows, cols: features.cols, data: features.data.slice(0, rows * features.cols) },
    quality: { rows, cols: quality.cols, data: quality.data.slice(0, rows * quality.cols) },
    groups: groups.slice(0, rows),
  };
}

/** Column of the highest score of each row; equal: the first. */
export function chosenColumns(scores: Matrix): number[] {
  return Array.from({ length: scores.rows }, (_, q) => {
    const row = [...scores.data.subarray(q * scores.cols, (q + 1) * scores.cols)];
    return row.indexOf(Math.max(...row));
  });
}
