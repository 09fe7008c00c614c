// Which rated groups are learned from and which judge: whole users, or each user's latest where there are few users.
import { seededRandom } from '../../math/random.js';
import type { InnerSplit } from '../inner-validation.js';
import type { RatedGroup } from './turns.js';

const SHARE = 0.2;
const FEWEST_USERS = 10;

export interface TurnSplit extends InnerSplit {
  /** Groups that teach the weights and the ranking for everybody: all but those of `validationRows`, rated pairs or not. */
  readonly known: Int32Array;
}

/**
 * Rows are numbers of groups that rate two models or more. A fifth of the users with such groups judge where there are ten
 * or more, else the latest fifth of each user's groups.
 */
export function splitTurns(groups: readonly RatedGroup[], seed: number): TurnSplit {
  const numbers = Int32Array.from(groups, (_, i) => i);
  const rated = numbers.filter((i) => groups[i]!.models.length > 1);
  const users = seededRandom(seed)
    .fork('validation users')
    .shuffle(new Set(Array.from(rated, (i) => groups[i]!.user)));
  const byUser = users.length >= FEWEST_USERS;
  const aside = new Set(byUser ? users.slice(0, Math.round(users.length * SHARE)) : latest(groups, rated));
  const judges = (i: number) => aside.has(byUser ? groups[i]!.user : i);
  return {
    rows: rated.filter((i) => !judges(i)),
    validationRows: rated.filter(judges),
    known: numbers.filter((i) => !judges(i)),
  };
}

/** The latest fifth of each user's groups, all of one order together. */
function latest(groups: readonly RatedGroup[], rated: Int32Array): number[] {
  const out: number[] = [];
  for (let end = rated.length; end > 0; ) {
    const user = groups[rated[end - 1]!]!.user;
    let start = end;
    while (start > 0 && groups[rated[start - 1]!]!.user === user) start--;
    let from = end - Math.floor((end - start) * SHARE);
    const orderAt = (i: number) => groups[rated[i]!]!.order;
    while (from < end && from > start && orderAt(from - 1) === orderAt(from)) from++; // only what is strictly later
    out.push(...rated.subarray(from, end));
    end = start;
  }
  return out;
}
