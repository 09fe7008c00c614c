// The ranking for everybody: one strength a model from all training votes. Bradley and Terry (1952), with a normal prior.
import { bradleyTerry } from '../../math/bradley-terry.js';
import { matrix64 } from '../../math/matrix.js';
import { forEachPair, type RatedGroup } from './turns.js';

/** λ: what a ranking weighs against its votes. */
const PRECISION = 1;

/** β [M], mean 0, of all pairs of the groups: a group counts 1, a tie is half a win of each. Elo = 1000 + 400/ln 10 · β. */
export function priorStrengths(groups: Iterable<Pick<RatedGroup, 'models' | 'ratings'>>, models: number): Float64Array {
  const wins = matrix64(models, models);
  for (const group of groups) {
    forEachPair(group, (a, b, weight) => {
      wins.data[a * models + b]! += weight;
    });
  }
  return bradleyTerry(wins, PRECISION);
}
