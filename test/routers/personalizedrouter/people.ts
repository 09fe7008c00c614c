// A small table whose models trade quality against cost, with tasks, and people who rated its answers.
import { matrix64 } from '../../../src/math/matrix.js';
import type { Interactions } from '../../../src/routers/people.js';
import type { TrainingTable } from '../../../src/routers/router.js';
import { separableTable } from '../toy-table.js';

/** 60 queries of three tasks; the model that is right on a topic costs ten times as much as the others. */
export function pricedTable(rows = 60): TrainingTable {
  const table = separableTable(rows, 1);
  const cost = matrix64(rows, 3);
  for (let i = 0; i < rows; i++)
    cost.data.set(
      [0, 1, 2].map((m) => (m === i % 3 ? 0.01 : 0.001)),
      i * 3,
    );
  const of = Int32Array.from({ length: rows }, (_, i) => i % 3);
  return { ...table, cost, tasks: { names: ['letters', 'numbers', 'signs'], of } };
}

/** Each user rates all three models on the given rows of the table, by `rate`, in the order of the rows. */
export function ratedBy(
  table: TrainingTable,
  users: readonly string[],
  rows: readonly number[],
  rate: (user: number, row: number, model: number) => number,
  kind: Interactions['kind'] = 'ratings',
): Interactions {
  const cells = users.flatMap((_, user) => rows.flatMap((row) => [0, 1, 2].map((model) => ({ user, row, model }))));
  const group = Int32Array.from(cells, ({ user, row }) => user * table.features.rows + row);
  return {
    features: table.features,
    users,
    user: Int32Array.from(cells, ({ user }) => user),
    group,
    order: Float64Array.from(cells, ({ row }) => rows.indexOf(row)),
    session: group,
    query: Int32Array.from(cells, ({ row }) => row),
    model: Int32Array.from(cells, ({ model }) => model),
    rating: Float64Array.from(cells, ({ user, row, model }) => rate(user, row, model)),
    kind,
    queryGroups: table.groups,
  };
}

/** One person who rates one model on one query after the other. */
export function alone(table: TrainingTable, model: number, ratings: readonly number[]): Interactions {
  const rows = Int32Array.from(ratings, (_, i) => i);
  return {
    features: table.features,
    users: ['ann'],
    user: new Int32Array(ratings.length),
    group: rows,
    order: Float64Array.from(rows),
    session: rows,
    query: rows,
    model: new Int32Array(ratings.length).fill(model),
    rating: Float64Array.from(ratings),
    kind: 'ratings',
    queryGroups: table.groups,
  };
}

/** The pasts of several people as one. */
export function together(pasts: readonly (Interactions & { readonly id: string })[]): Interactions {
  const ints = (of: (past: Interactions, row: number, person: number) => number) =>
    Int32Array.from(pasts.flatMap((past, p) => Array.from(past.rating, (_, row) => of(past, row, p))));
  const group = ints((past, row, p) => past.group[row]! + 1000 * p);
  return {
    ...pasts[0]!,
    users: pasts.map(({ id }) => id),
    user: ints((_, __, p) => p),
    group,
    session: group,
    order: Float64Array.from(ints((past, row) => past.order[row]!)),
    query: ints((past, row) => past.query[row]!),
    model: ints((past, row) => past.model[row]!),
    rating: Float64Array.from(pasts.flatMap(({ rating }) => [...rating])),
  };
}
