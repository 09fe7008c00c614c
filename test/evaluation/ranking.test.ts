// How a router orders the models of a query, and what other evaluations print: small tables worked out by hand.
import { describe, expect, test } from 'vitest';
import { buildArms } from '../../src/evaluation/arms.js';
import { learningParts } from '../../src/evaluation/learned-choices.js';
import { meanRanking } from '../../src/evaluation/mean-ranking.js';
import { choiceClasses, rankingOf } from '../../src/evaluation/ranking.js';
import { routerMeasures } from '../../src/evaluation/router-measures.js';
import { trainingNoise } from '../../src/evaluation/training-noise.js';
import { utilityMatrix } from '../../src/evaluation/utility-matrix.js';
import { matrix } from '../../src/math/matrix.js';
import { type Cells, QUALITY_ALONE, tableOf } from './table-of.js';

const scores = (cells: readonly (readonly number[])[]) =>
  matrix(cells.length, cells[0]!.length, Float32Array.from(cells.flat()));
const log3 = 1 / Math.log2(3);

describe('rankingOf', () => {
  test('counts, per query, where the best model stands and which pairs are in order', () => {
    // row 1: scored a > b > c > d, the best is c; row 2: b and c tied in score, the best is a
    const table = tableOf({
      quality: [
        [0, 0.5, 1, 0],
        [1, 0, 0.5, 0.5],
      ],
    });
    const ranking = rankingOf(
      scores([
        [0.9, 0.8, 0.7, 0.1],
        [0.9, 0.4, 0.4, 0.2],
      ]),
      table,
    );
    expect(ranking.recall).toEqual([1 / 2, 1 / 2, 1]);
    expect(ranking.recallFew).toEqual([1 / 2, 1 / 2, 1]);
    // row 1: of 5 pairs that differ b>d, c>d are in order, a<b, a<c, b<c are not; row 2: of 5, a first thrice, b–c tied in score ½, b<d not
    expect(ranking.pairwiseAuc).toBeCloseTo((2 + 3.5) / 10, 12);
    const first = (log3 * 0.5 + 0.5) / (1 + log3 * 0.5);
    const second = (1 + 0.5 * 0.5) / (1 + log3 * 0.5 + 0.5 * 0.5);
    expect(ranking.ndcg3).toBeCloseTo((first + second) / 2, 12);
    // row 1: (2 − 3)/√(5·6); row 2: (3 − 1)/√(5·5)
    expect(ranking.tauB).toBeCloseTo((-1 / Math.sqrt(30) + 2 / 5) / 2, 12);
  });

  test('a perfect order is 1 everywhere, its reverse is 0 and −1', () => {
    const quality: Cells = [[0, 0.3, 0.6, 1]];
    const up = rankingOf(scores([[1, 2, 3, 4]]), tableOf({ quality }));
    expect([up.recall[0], up.pairwiseAuc, up.ndcg3, up.tauB]).toEqual([1, 1, 1, 1]);
    const down = rankingOf(scores([[4, 3, 2, 1]]), tableOf({ quality }));
    expect([down.recall[2], down.pairwiseAuc, down.tauB]).toEqual([0, 0, -1]);
  });

  test('equal scores: AUC one half, the first column first, no τ', () => {
    const ranking = rankingOf(scores([[1, 1]]), tableOf({ quality: [[1, 0]] }));
    expect([ranking.pairwiseAuc, ranking.recall[0], ranking.tauB]).toEqual([0.5, 1, null]);
  });

  test('missing cells leave the order; a query of zeros counts for neither NDCG nor few-best recall', () => {
    const table = tableOf({
      quality: [
        [null, 0, 1],
        [0, 0, 0],
        [null, null, null],
      ],
    });
    const ranking = rankingOf(
      scores([
        [9, 1, 2],
        [1, 2, 3],
        [1, 2, 3],
      ]),
      table,
    );
    expect(ranking).toEqual({ recall: [1, 1, 1], recallFew: [1, 1, 1], pairwiseAuc: 1, ndcg3: 1, tauB: 1 });
  });
});

test('precision, recall and F1 of choices, the mean over models', () => {
  const table = tableOf({
    quality: [
      [1, 0],
      [1, 1],
      [0, 1],
      [1, null],
    ],
  });
  // chosen a, b, a, b (missing): a is best on rows 1, 2 of the three judged, b on 2, 3
  const [a, b] = [
    { precision: 1 / 2, recall: 1 / 2 },
    { precision: 1, recall: 1 / 2 },
  ];
  const classes = choiceClasses(Int32Array.of(0, 1, 0, 1), table);
  expect(classes.precision).toBeCloseTo((a.precision + b.precision) / 2, 12);
  expect(classes.recall).toBeCloseTo((a.recall + b.recall) / 2, 12);
  expect(classes.f1).toBeCloseTo((1 / 2 + 2 / 3) / 2, 12);
});

describe('the worked example: weak 1, mid 2, strong 4 dollars', () => {
  const table = tableOf({
    models: ['weak', 'mid', 'strong'],
    quality: [
      [1, 1, 1],
      [0, 1, 1],
      [0, 0, 1],
      [1, 0, 0],
    ],
    cost: Array.from({ length: 4 }, () => [1, 2, 4]),
  });
  const judged = { table, utilities: utilityMatrix(table, QUALITY_ALONE) };
  const parts = learningParts(judged, 4, undefined);
  const measure = (choices: readonly number[], expected?: ReturnType<typeof scores>) => {
    const arms = buildArms([{ name: 'r', choices: Int32Array.from(choices) }], 0, judged, parts, true);
    return routerMeasures({ arm: arms.routers[0]!, arms, judged, expected, learned: table });
  };

  test('ranked by the learned means alone: .5, .5, .75 for all, or of the other two rows each', () => {
    // over the six pairs that differ: 1.5 of row 2, 2 of row 3, .5 of row 4
    expect(meanRanking(parts, table).pairwiseAuc).toBeCloseTo(4 / 6, 12);
    // rows 1 and 2 by .5, 0, .5 (½ of two pairs); rows 3 and 4 by .5, 1, 1 (1½ and 0 of two)
    const halves = learningParts(judged, 4, Int32Array.of(0, 0, 1, 1));
    expect(meanRanking(halves, table).pairwiseAuc).toBeCloseTo(2 / 6, 12);
  });

  test('weak and strong ranked q3, q2, q1, q4: APGR 1.375, CPT50 .125, CPT80 .20', () => {
    const expected = scores([
      [0, 0, 0.2],
      [0, 0, 0.3],
      [0, 0, 0.4],
      [0, 0, 0.1],
    ]);
    const { strongWeak } = measure([0, 0, 0, 0], expected);
    expect(strongWeak!.weak).toBe('weak');
    expect(strongWeak!.strong).toBe('strong');
    expect(strongWeak!.apgr).toBeCloseTo(1.375, 12);
    const at = Object.fromEntries(strongWeak!.cpt.map(({ recovered, share }) => [recovered, share]));
    expect(at[0.5]).toBeCloseTo(0.125, 12);
    expect(at[0.8]).toBeCloseTo(0.2, 12);
  });

  test('a router that goes to weak, mid, strong, weak is optimal; all to strong pays 16 for what 8 buys', () => {
    const perfect = measure([0, 1, 2, 0]);
    expect([perfect.optimalChoice, perfect.optimalCost, perfect.optimalQuality]).toEqual([1, 1, 1]);
    expect(perfect.overBest).toBeCloseTo(1 / 0.75, 12);
    const strong = measure([2, 2, 2, 2]);
    expect([strong.optimalChoice, strong.optimalCost, strong.optimalQuality]).toEqual([1 / 4, 8 / 16, 0.75]);
    expect([strong.overBest, strong.overReference]).toEqual([1, 1]);
    expect(strong.ranking).toBeNull();
  });
});

describe('trainingNoise', () => {
  const judged = tableOf({
    quality: [
      [1, 0],
      [0, 1],
    ],
    models: ['a', 'b'],
  });
  const fits = {
    steady: [Int32Array.of(0, 0), Int32Array.of(0, 0)],
    lucky: [Int32Array.of(0, 1), Int32Array.of(1, 0)],
  };
  test('mean and range over fits; a router fitted once has none', () => {
    const noise = trainingNoise({
      judged,
      objective: QUALITY_ALONE,
      bestSingle: 'a',
      label: 'held-out test',
      fits: { ...fits, once: [Int32Array.of(0, 0)] },
    })!;
    expect(noise.routers.map(({ router, alike }) => [router, alike])).toEqual([
      ['steady', true],
      ['lucky', false],
    ]);
    expect(noise.routers[0]!.gain).toEqual({ mean: 0, low: 0, high: 0 });
    // 1 and 0 in quality, against 0.5 of a alone
    expect(noise.routers[1]!.quality).toEqual({ mean: 0.5, low: 0, high: 1 });
    expect(noise.routers[1]!.gain).toEqual({ mean: 0, low: -0.5, high: 0.5 });
  });
  test('nothing where every router was fitted once', () => {
    const input = { judged, objective: QUALITY_ALONE, bestSingle: 'a', label: 'test', fits: {} };
    expect(trainingNoise(input)).toBeNull();
  });
});
