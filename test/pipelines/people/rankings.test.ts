import { expect, test } from 'vitest';
import { logisticRegression } from '../../../src/math/logistic-regression.js';
import { matrix64 } from '../../../src/math/matrix.js';
import { seededRandom } from '../../../src/math/random.js';
import { firstNotBefore, ownRankings, type Pair, turnsByUser } from '../../../src/pipelines/people/rankings.js';

const M = 4;
const PRIOR = Float64Array.of(0.4, 0.1, -0.2, -0.3);

/** Votes of two people in turn, each turn of equal order said at the same time as the one before by the same person. */
function votes(count: number) {
  const random = seededRandom(3);
  const turns = Array.from({ length: count }, (_, i) => ({ userId: i % 2 ? 'odd' : 'even' }));
  const orders = Float64Array.from(turns, (_, i) => Math.floor(i / 4));
  const pairs = turns.map((_, turn): Pair => {
    const [a, b] = random.shuffle([0, 1, 2, 3]) as [number, number];
    return { turn, a, b, outcome: random.int(3) / 2 };
  });
  return { turns, orders, pairs };
}

test("a person's own ranking is the regression of each vote that was said strictly before", () => {
  const { turns, orders, pairs } = votes(60);
  const wanted = new Set(turns.keys());
  const found = ownRankings(pairs, turnsByUser(turns, orders), orders, wanted, PRIOR);
  for (const turn of wanted) {
    const past = pairs.filter(
      (pair) => turns[pair.turn]!.userId === turns[turn]!.userId && orders[pair.turn]! < orders[turn]!,
    );
    const inputs = matrix64(past.length, M);
    past.forEach(({ a, b }, i) => {
      inputs.data[i * M + a] = 1;
      inputs.data[i * M + b] = -1;
    });
    const expected = logisticRegression({
      inputs,
      targets: past.map(({ outcome }) => outcome),
      weights: past.map(() => 1),
      offsets: new Float64Array(past.length),
      centre: PRIOR,
      precision: new Float64Array(M).fill(10),
    });
    found.get(turn)!.forEach((strength, m) => {
      expect(strength).toBeCloseTo(expected[m]!, 8);
    });
  }
});

test('later votes, and votes said at the same time, change no ranking', () => {
  const { turns, orders, pairs } = votes(60);
  const at = 33;
  const told = (all: readonly Pair[]) =>
    ownRankings(all, turnsByUser(turns, orders), orders, new Set([at]), PRIOR).get(at)!;
  const turned = pairs.map((pair) =>
    orders[pair.turn]! < orders[at]! ? pair : { ...pair, outcome: 1 - pair.outcome },
  );
  expect(told(turned)).toEqual(told(pairs));
  expect(told(pairs)).not.toEqual(PRIOR);
});

test('counts the strictly earlier turns', () => {
  const own = [4, 7, 9, 2];
  const orders = Float64Array.of(0, 0, 3, 0, 1, 0, 0, 2, 0, 2);
  expect([0, 1, 2, 3, 4].map((order) => firstNotBefore(own, orders, order))).toEqual([0, 0, 1, 3, 4]);
});
