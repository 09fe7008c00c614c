// Small training tables whose best answers are known by construction.
import { type Matrix, matrix, matrix64 } from '../../src/math/matrix.js';
import { seededRandom } from '../../src/math/random.js';
import type { Interactions, Person } from '../../src/routers/people.js';
import type { ScoringBatch, TrainingTable } from '../../src/routers/router.js';

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

const TOY_PEOPLE = 12;

/**
 * The table with people who saw its answers: every three rows in turn are of the next of twelve people, who gives each model its
 * quality as a rating. Any outcomes will do; what has none is not rated.
 */
export function withPeople(table: TrainingTable): TrainingTable {
  const people = Array.from({ length: TOY_PEOPLE }, (_, i) => person(`person ${i}`, i % 3, null));
  return { ...table, people, interactions: ratings(table, (row) => Math.floor(row / 3) % TOY_PEOPLE, people) };
}

/** The table's queries as a batch: a third asked by nobody, the others by four people, three of whom have rated rows of `past`. */
export function askedByPeople(table: TrainingTable, past: TrainingTable): TrainingTable & ScoringBatch {
  const people = [1, 4, 9, 0].map((rows, i) => {
    const someone = person(`asker ${i}`, i % 3, null);
    return rows === 0
      ? someone
      : person(
          someone.id,
          i % 3,
          ratings(firstRows(past, rows), () => 0, [someone]),
        );
  });
  const asker = Int32Array.from({ length: table.features.rows }, (_, row) =>
    Math.floor(row / 2) % 3 === 0 ? -1 : Math.floor(row / 6) % people.length,
  );
  return { ...table, askers: { people, asker } };
}

/** Query `row` alone, asked by the same person. */
export function singleQuery({ features, askers }: ScoringBatch, row: number): ScoringBatch {
  const data = features.data.slice(row * features.cols, (row + 1) * features.cols);
  const one = { rows: 1, cols: features.cols, data };
  return { features: one, ...(askers && { askers: { ...askers, asker: askers.asker.slice(row, row + 1) } }) };
}

function person(id: string, likes: number, history: Interactions | null): Person {
  const [quality, latency, cost] = [
    [1, 0, 0],
    [0.5, 0.1, 0.4],
    [0.2, 0.4, 0.4],
  ][likes]!;
  return { id, weights: { quality: quality!, latency: latency!, cost: cost! }, history };
}

/** Row i of the table is group i, rated by `userOf(i)`, in that order. */
function ratings(
  { features, quality, groups }: TrainingTable,
  userOf: (row: number) => number,
  people: readonly Person[],
): Interactions {
  const cells = Array.from(quality.data, (_, at) => at).filter((at) => !Number.isNaN(quality.data[at]));
  const rows = cells.map((at) => Math.floor(at / quality.cols));
  return {
    features,
    users: people.map(({ id }) => id),
    user: Int32Array.from(rows, userOf),
    group: Int32Array.from(rows),
    order: Float64Array.from(rows),
    session: Int32Array.from(rows),
    query: Int32Array.from(rows),
    model: Int32Array.from(cells, (at) => at % quality.cols),
    rating: Float64Array.from(cells, (at) => 2 * quality.data[at]! - 1),
    kind: 'ratings',
    queryGroups: groups,
  };
}

/** Column of the highest score of each row; equal: the first. */
export function chosenColumns(scores: Matrix): number[] {
  return Array.from({ length: scores.rows }, (_, q) => {
    const row = [...scores.data.subarray(q * scores.cols, (q + 1) * scores.cols)];
    return row.indexOf(Math.max(...row));
  });
}
