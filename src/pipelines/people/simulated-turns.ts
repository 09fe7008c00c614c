// Votes of people who have given none: each compares two models on learned queries by what the outcomes are worth to them.
import type { OutcomeTable } from '../../data/outcome-table.js';
import type { RatedTurn } from '../../data/people/rated-turn.js';
import type { Matrix } from '../../math/matrix.js';
import { seededRandom } from '../../math/random.js';
import { percentile } from '../../math/stats.js';
import type { Person, PersonWeights } from '../../routers/people.js';

export interface SimulatedTurns {
  readonly turns: readonly RatedTurn[];
  /** [turns] row of the table. */
  readonly rows: Int32Array;
}

/** Enough to tell a thrifty person from a lavish one, and few enough that nine people are learned from in seconds. */
const VOTES_PER_PERSON = 64;
const TIE = 1e-9;

/**
 * Each person with declared weights votes on up to 64 of `rows`, between two models drawn at random among those with an outcome:
 * the larger w·(quality, −cost/c₉₉, −latency/l₉₉) wins, both ratios clipped to [0, 1]; equal is a tie.
 */
export function simulatedTurns(
  people: readonly Person[],
  table: Pick<OutcomeTable, 'models' | 'queries' | 'quality' | 'latency'>,
  cost: Matrix<Float64Array> | undefined,
  rows: Int32Array,
  seed: number,
): SimulatedTurns {
  const worth = worthOf(table, cost, rows);
  const turns: RatedTurn[] = [];
  const rowOfTurn: number[] = [];
  for (const { id, weights } of people) {
    if (!weights) continue;
    const random = seededRandom(seed).fork(`votes of ${id}`);
    const drawn = random.shuffle(rows).slice(0, VOTES_PER_PERSON);
    for (const row of drawn) {
      const present = table.models.map((_, m) => m).filter((m) => !Number.isNaN(worth(row, m, weights)));
      if (present.length < 2) continue;
      const [a, b] = random.shuffle(present) as [number, number];
      const difference = worth(row, a, weights) - worth(row, b, weights);
      const won = Math.abs(difference) <= TIE ? 0 : Math.sign(difference);
      rowOfTurn.push(row);
      turns.push({
        userId: id,
        query: table.queries[row]!.query,
        sessionId: null,
        turn: turns.length + 1,
        time: null,
        models: [table.models[a]!, table.models[b]!],
        ratings: [won, won === 0 ? 0 : -won],
        kind: 'votes',
        where: 'simulated',
      });
    }
  }
  return { turns, rows: Int32Array.from(rowOfTurn) };
}

function worthOf(
  { models, quality, latency }: Pick<OutcomeTable, 'models' | 'quality' | 'latency'>,
  cost: Matrix<Float64Array> | undefined,
  rows: Int32Array,
): (row: number, m: number, weights: PersonWeights) => number {
  const M = models.length;
  const terms = [
    { name: 'cost' as const, values: cost },
    { name: 'latency' as const, values: latency },
  ].flatMap(({ name, values }) => {
    const known = values
      ? Array.from(rows).flatMap((row) => [...values.data.subarray(row * M, (row + 1) * M)].filter((v) => v >= 0))
      : [];
    return values && known.length > 0 ? [{ name, values, scale: percentile(known, 99) || 1 }] : [];
  });
  return (row, m, weights) => {
    let sum = weights.quality * quality.data[row * M + m]!;
    for (const { name, values, scale } of terms) {
      const value = values.data[row * M + m]!;
      if (!Number.isNaN(value)) sum -= weights[name] * Math.min(1, value / scale);
    }
    return sum;
  };
}
