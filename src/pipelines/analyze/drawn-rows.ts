// Of very many rows those whose vectors are compared: neighbours in a million texts would take hours, and a sample says the same.
import { MOST_NEIGHBOURS, MOST_NEIGHBOURS_JUDGED } from '../../evaluation/neighbour-sample.js';
import { seededRandom } from '../../math/random.js';

export interface NeighbourRows {
  readonly learn: Int32Array;
  readonly judge: Int32Array;
}

/** Where neighbours are looked for, at most 20,000 of `learn`, and for whom, at most 5,000 of `judge`; both ascend. */
export function neighbourRows(learn: Int32Array, judge: Int32Array, seed: number): NeighbourRows {
  return {
    learn: drawnRows(learn, MOST_NEIGHBOURS, seed),
    judge: drawnRows(judge, MOST_NEIGHBOURS_JUDGED, seed + 1),
  };
}

/** `most` of the rows, drawn without replacement, in their old order; all of them where they are no more. */
export function drawnRows(rows: Int32Array, most: number, seed: number): Int32Array {
  if (rows.length <= most) return rows;
  const random = seededRandom(seed).fork('neighbour rows');
  const drawn = rows.slice();
  for (let i = 0; i < most; i++) {
    const other = i + random.int(drawn.length - i);
    [drawn[i], drawn[other]] = [drawn[other]!, drawn[i]!];
  }
  return drawn.slice(0, most).sort();
}

/** Both, ascending, each row once. */
export function unitedRows({ learn, judge }: NeighbourRows): Int32Array {
  return Int32Array.from(new Set([...learn, ...judge])).sort();
}

/** Where the members stand in `rows`, both ascending. */
export function placesIn(rows: Int32Array, members: Int32Array): Int32Array {
  let place = 0;
  return members.map((row) => {
    while (rows[place]! < row) place++;
    return place;
  });
}
