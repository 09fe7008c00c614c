// A person's state n_u from the rated past, in plain arrays: what the scoring graph is given for the asker.
import { takeRows } from '../../math/matrix.js';
import type { Interactions } from '../people.js';
import { newestPast, previousRow } from './histories.js';
import { timesRows } from './plain-attention.js';
import { type Heard, type PlainLayer, type PlainTurns, plainLayers } from './plain-layers.js';
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

/** Folds the weights once; the function it gives reads a past of one person (null = none). */
export function userStateReader(
  { shape, weights: stored }: GmtrouterState,
  historySize: number,
): (history: Interactions | null) => UserState {
  // One kind of array everywhere: mixed kinds make every product several times slower.
  const weights = Object.fromEntries(Object.entries(stored).map(([name, data]) => [name, new Float64Array(data)]));
  const layers = plainLayers(shape, weights);
  const query = { w: weights['query.w']!, b: weights['query.b']!, outputs: shape.hidden };
  const turnsOf = (history: Interactions, groups: readonly RatedGroup[]): PlainTurns => {
    const rows = groups.reduce((sum, { models }) => sum + models.length, 0);
    const asked = takeRows(
      history.features,
      groups.map((group) => group.query),
    );
    const turns = {
      rows,
      queries: timesRows(new Float64Array(scaledRows(asked)), groups.length, query),
      query: new Int32Array(rows),
      model: new Int32Array(rows),
      rating: new Float64Array(rows),
      previous: new Int32Array(rows).fill(-1),
    };
    const last: Parameters<typeof previousRow>[0] = new Map();
    let row = 0;
    groups.forEach((group, g) => {
      group.models.forEach((model, i) => {
        if (shape.multiTurn) turns.previous[row] = previousRow(last, group, model, row);
        turns.query[row] = g;
        turns.model[row] = model;
        turns.rating[row++] = group.ratings[i]!;
      });
    });
    return turns;
  };
  const nobody = run(layers, NO_TURNS);
  return (history) => {
    const groups = history ? ratedGroups(history) : [];
    const past = newestPast({ firstOfUser: 0, pastEnd: groups.length }, historySize);
    if (!history || past.length === 0) return { state: nobody.state, length: 0, weights: [] };
    const read = past.map((number) => groups[number]!);
    const { state, shares } = run(layers, turnsOf(history, read));
    let row = 0;
    const weights = read.map(({ id, models }) => ({
      group: id,
      weight: models.reduce((sum) => sum + shares[row++]!, 0),
    }));
    return { state, length: past.length, weights: weights.sort((a, b) => b.weight - a.weight) };
  };
}

const NO_TURNS: PlainTurns = {
  rows: 0,
  queries: new Float64Array(),
  query: new Int32Array(),
  model: new Int32Array(),
  rating: new Float64Array(),
  previous: new Int32Array(),
};

/** Each layer reads the states of the layer before. */
function run(layers: readonly PlainLayer[], turns: PlainTurns): Heard {
  let sessions: Float64Array | undefined;
  let user: Heard | undefined;
  for (const layer of layers) {
    const heard = sessions;
    if (layer.session) sessions = layer.session(turns, sessions);
    if (heard && layer.user) user = layer.user(user?.state, heard, turns.rows);
  }
  return user!;
}
