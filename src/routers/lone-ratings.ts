// Ratings of one answer alone: they speak for or against a model by how far they lie above what their user gives otherwise.
import type { Interactions } from './people.js';

/** The scale's middle counts for so many ratings in what is usual for a user: about the variance inside users over that between them. */
const MIDDLE_COUNTS = 4;

/**
 * [I] the ratings; of groups of one model r − Σ r' / (n + 4) over the n strictly earlier such ratings r' of the same user, in (−2, 2).
 * The order of the rows changes nothing.
 */
export function tellingRatings({
  group,
  user,
  order,
  rating,
}: Pick<Interactions, 'group' | 'user' | 'order' | 'rating'>): Float64Array {
  const sizes = new Map<number, number>();
  for (const number of group) sizes.set(number, (sizes.get(number) ?? 0) + 1);
  const alone = Array.from(group.keys()).filter((row) => sizes.get(group[row]!) === 1);
  alone.sort((a, b) => user[a]! - user[b]! || order[a]! - order[b]!);
  const telling = rating.slice();
  let [sum, count] = [0, 0]; // of what is strictly earlier
  let [sumNow, countNow] = [0, 0]; // of what is of the same order
  alone.forEach((row, i) => {
    const before = alone[i - 1];
    if (before !== undefined && user[before] !== user[row]) [sum, count, sumNow, countNow] = [0, 0, 0, 0];
    else if (before !== undefined && order[before] !== order[row]) {
      [sum, count, sumNow, countNow] = [sum + sumNow, count + countNow, 0, 0];
    }
    telling[row] = rating[row]! - sum / (count + MIDDLE_COUNTS);
    sumNow += rating[row]!;
    countNow++;
  });
  return telling;
}
