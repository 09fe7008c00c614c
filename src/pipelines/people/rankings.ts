// Rankings of models by votes: everybody's, and each person's own from what was said before.
import { bradleyTerry } from '../../math/bradley-terry.js';
import { logisticRegression } from '../../math/logistic-regression.js';
import { type Matrix, matrix64 } from '../../math/matrix.js';
import { rowsByLabel } from '../../math/rows-by-label.js';

/** Two models of one turn; `outcome` 1 = a won, 0 = b won, ½ = a tie. */
export interface Pair {
  readonly turn: number;
  readonly a: number;
  readonly b: number;
  readonly outcome: number;
}

/** Each person's turns, oldest first. */
export type TurnsByUser = ReadonlyMap<string, readonly number[]>;

const PRIOR_PRECISION = 1;
/** What the ranking for everybody weighs against a person's own votes. */
const OWN_PRECISION = 10;

/** @param orders [turns] comparable within a person */
export function turnsByUser(turns: readonly { readonly userId: string }[], orders: Float64Array): TurnsByUser {
  const ofUser = rowsByLabel(turns.map(({ userId }) => userId));
  for (const own of ofUser.values()) own.sort((a, b) => orders[a]! - orders[b]!);
  return ofUser;
}

/** How many of a person's turns are strictly earlier than `order`. */
export function firstNotBefore(own: readonly number[], orders: Float64Array, order: number): number {
  let [low, high] = [0, own.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (orders[own[middle]!]! < order) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Bradley–Terry strengths [M]. */
export function ranking(pairs: readonly Pair[], M: number): Float64Array {
  const wins = matrix64(M, M);
  for (const pair of pairs) addTo(wins, pair);
  return bradleyTerry(wins, PRIOR_PRECISION);
}

function addTo(wins: Matrix<Float64Array>, { a, b, outcome }: Pair): void {
  wins.data[a * wins.cols + b]! += outcome;
  wins.data[b * wins.cols + a]! += 1 - outcome;
}

/**
 * The ranking [M] of each wanted turn's person from what the person had said strictly before it; without such votes `prior` itself.
 * @param wanted turns
 * @param prior [M] the ranking for everybody
 */
export function ownRankings(
  all: readonly Pair[],
  ofUser: TurnsByUser,
  orders: Float64Array,
  wanted: ReadonlySet<number>,
  prior: Float64Array,
): Map<number, Float64Array> {
  const ofTurn = new Map<number, Pair[]>();
  for (const pair of all) {
    const own = ofTurn.get(pair.turn);
    if (own) own.push(pair);
    else ofTurn.set(pair.turn, [pair]);
  }
  const rankings = new Map<number, Float64Array>();
  for (const own of ofUser.values()) {
    if (!own.some((turn) => wanted.has(turn))) continue;
    const wins = matrix64(prior.length, prior.length);
    let ranked = prior;
    let [told, current] = [0, 0]; // turns whose pairs stand in `wins`, and in `ranked`
    own.forEach((turn) => {
      for (; orders[own[told]!]! < orders[turn]!; told++) {
        for (const pair of ofTurn.get(own[told]!) ?? []) addTo(wins, pair);
      }
      if (!wanted.has(turn)) return;
      if (current < told) ranked = ownRanking(wins, prior);
      current = told;
      rankings.set(turn, ranked);
    });
  }
  return rankings;
}

/** argmin Σ [softplus(Δ) − tΔ] + 10/2·‖β_u − β‖²; votes between the same two models are one row that weighs as many. */
function ownRanking({ data: wins }: Matrix<Float64Array>, prior: Float64Array): Float64Array {
  const M = prior.length;
  const met: { a: number; b: number; won: number; votes: number }[] = [];
  for (let a = 0; a < M; a++) {
    for (let b = a + 1; b < M; b++) {
      const [won, lost] = [wins[a * M + b]!, wins[b * M + a]!];
      if (won + lost > 0) met.push({ a, b, won, votes: won + lost });
    }
  }
  if (met.length === 0) return prior;
  const inputs = matrix64(met.length, M);
  met.forEach(({ a, b }, i) => {
    inputs.data[i * M + a] = 1;
    inputs.data[i * M + b] = -1;
  });
  return logisticRegression({
    inputs,
    targets: met.map(({ won, votes }) => won / votes),
    weights: met.map(({ votes }) => votes),
    offsets: new Float64Array(met.length),
    centre: prior,
    precision: new Float64Array(M).fill(OWN_PRECISION),
  });
}
