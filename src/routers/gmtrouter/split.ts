// Which rated groups are learned from and which judge: whole users, or each user's latest where there are few users.
import { seededRandom } from '../../math/random.js';
import type { InnerSplit } from '../inner-validation.js';
import type { RatedGroup } from './turns.js';

const SHARE = 0.2;
const FEWEST_USERS = 10;
/** Of the texts that both sides rate, so many judge; fewer of them than this are left as they are. */
const TEXT_SHARE = 1 / 3;
const FEWEST_TEXTS = 3;

export interface TurnSplit extends InnerSplit {
  /** Groups that teach the ranking for everybody: all of those who do not judge, rated pairs or not. */
  readonly known: Int32Array;
}

/**
 * Rows are numbers of groups that rate two models or more. A fifth of the users with such groups judge where there are ten
 * or more, else the latest fifth of each user's groups. Where both sides rate the same texts, a third of these texts judges and is
 * not learned from: whoever has seen what others said about a query foretells it without knowing anybody's taste.
 * @param texts [Q] equal number = same text
 */
export function splitTurns(groups: readonly RatedGroup[], texts: Int32Array, seed: number): TurnSplit {
  const numbers = Int32Array.from(groups, (_, i) => i);
  const rated = numbers.filter((i) => groups[i]!.models.length > 1);
  const users = seededRandom(seed)
    .fork('validation users')
    .shuffle(new Set(Array.from(rated, (i) => groups[i]!.user)));
  const byUser = users.length >= FEWEST_USERS;
  const aside = new Set(byUser ? users.slice(0, Math.round(users.length * SHARE)) : latest(groups, rated));
  const judges = (i: number) => aside.has(byUser ? groups[i]!.user : i);
  const textOf = (i: number) => texts[groups[i]!.query]!;
  const learned = rated.filter((i) => !judges(i));
  const judged = rated.filter(judges);
  const learnedTexts = new Set(Array.from(learned, textOf));
  const shared = [...new Set(Array.from(judged, textOf))].filter((text) => learnedTexts.has(text));
  const known = numbers.filter((i) => !judges(i));
  if (shared.length < FEWEST_TEXTS) return { rows: learned, validationRows: judged, known };
  const order = seededRandom(seed).fork('validation texts').shuffle(shared);
  const kept = new Set(order.slice(0, Math.round(shared.length * TEXT_SHARE)));
  const isShared = new Set(shared);
  return {
    rows: learned.filter((i) => !kept.has(textOf(i))),
    validationRows: judged.filter((i) => !isShared.has(textOf(i)) || kept.has(textOf(i))),
    known,
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
