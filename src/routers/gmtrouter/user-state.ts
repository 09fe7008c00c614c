// A person's state n_u from the rated past, in plain arrays: what the scoring graph is given for the asker.
import { multiply } from '../../inference/plain/multiply.js';
import { type Matrix, matrix, takeRows } from '../../math/matrix.js';
import type { Interactions } from '../people.js';
import { newestPast, previousRow } from './histories.js';
import { type Heard, type PlainLayer, type PlainSource, plainLayers } from './plain-layers.js';
import { type GmtrouterState, scaledRows } from './state.js';
import { type RatedGroup, ratedGroups } from './turns.js';

export interface UserState {
  /** n_u [H] */
  readonly state: Float64Array;
  /** n: groups that were read. */
  readonly length: number;
  /** The groups that were read, by their number in the history, with what each weighed; adds up to 1. */
  readonly weights: readonly { readonly group: number; readonly weight: number }[];
}

/** A rated answer of the past with what it needs of its own. */
interface Row {
  readonly group: RatedGroup;
  readonly model: number;
  readonly rating: number;
  /** n_q [H] */
  readonly query: Float64Array;
  /** Row before it in the same conversation with the same model; −1 = none. */
  readonly previous: number;
}

/** Folds the weights once; the function it gives reads a past of one person (null = none). */
export function userStateReader(
  { shape, weights: stored }: GmtrouterState,
  historySize: number,
): (history: Interactions | null) => UserState {
  // One kind of array everywhere: mixed kinds make every product several times slower.
  const weights = Object.fromEntries(Object.entries(stored).map(([name, data]) => [name, new Float64Array(data)]));
  const layers = plainLayers(shape, weights);
  const { hidden: H, featureDim: D } = shape;
  const projection = new Float32Array(stored['query.w']!);
  const bias = weights['query.b']!;
  /** n_q of each query [H]. */
  const queryStates = (queries: Matrix): Float64Array[] => {
    const products = new Float32Array(queries.rows * H);
    multiply(scaledRows(queries), projection, products, queries.rows, D, H);
    return Array.from({ length: queries.rows }, (_, i) => bias.map((b, o) => b + products[i * H + o]!));
  };
  const rowsOf = (history: Interactions, groups: readonly RatedGroup[]) => {
    const rows: Row[] = [];
    const last: Parameters<typeof previousRow>[0] = new Map();
    const asked = Int32Array.from(groups, ({ query }) => query);
    const queries = queryStates(asked.length > 0 ? takeRows(history.features, asked) : matrix(0, D));
    groups.forEach((group, g) => {
      group.models.forEach((model, i) => {
        const previous = shape.multiTurn ? previousRow(last, group, model, rows.length) : -1;
        rows.push({ group, model, rating: group.ratings[i]!, query: queries[g]!, previous });
      });
    });
    return rows;
  };
  return (history) => {
    const groups = history ? ratedGroups(history) : [];
    const past = newestPast({ firstOfUser: 0, pastEnd: groups.length }, historySize);
    const read = past.map((number) => groups[number]!);
    const rows = history ? rowsOf(history, read) : [];
    const { state, shares } = run(layers, rows);
    const weightOf = new Map<number, number>();
    rows.forEach(({ group }, i) => {
      weightOf.set(group.id, (weightOf.get(group.id) ?? 0) + shares[i]!);
    });
    const heaviest = Array.from(weightOf, ([group, weight]) => ({ group, weight })).sort((a, b) => b.weight - a.weight);
    return { state, length: past.length, weights: heaviest };
  };
}

/** Each layer reads the states of the layer before; `shares` [rows] is what the last one gave each row. */
function run(layers: readonly PlainLayer[], rows: readonly Row[]): Heard {
  let sessions: readonly Float64Array[] | undefined;
  let user: Heard | undefined;
  for (const layer of layers) {
    const heard = sessions;
    if (layer.session) sessions = updateSessions(layer.session, rows, sessions);
    if (heard && layer.user) user = layer.user.hear(user?.state, heard);
  }
  return user!;
}

function updateSessions(
  layer: NonNullable<PlainLayer['session']>,
  rows: readonly Row[],
  before: readonly Float64Array[] | undefined,
): Float64Array[] {
  const said = new Map<Float64Array, PlainSource>(); // the rows of a group share their query
  return rows.map(({ query, model, rating, previous }, i) => {
    const asked = said.get(query) ?? layer.query(query);
    said.set(query, asked);
    const heard = [asked, layer.llm[model]!, layer.response(model, rating)];
    if (previous >= 0) heard.push(layer.previous!(before?.[previous]));
    return layer.hear(before?.[i], heard);
  });
}
