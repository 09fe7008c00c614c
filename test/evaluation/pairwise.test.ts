import { describe, expect, test } from 'vitest';
import { pairwiseByCategory, pairwiseMetrics } from '../../src/evaluation/pairwise.js';
import { pairwiseIntervals } from '../../src/evaluation/pairwise-intervals.js';
import { seededRandom } from '../../src/math/random.js';
import { hasShared } from '../shared-folder.js';
import { goldenJson } from '../training/golden.js';

test('every metric by hand: five decisive pairs, one of them undecided by the scores, and a tie', () => {
  const metrics = pairwiseMetrics({ difference: [2, 1, -1, -2, 0, 3], outcome: [1, 0, 0, 1, 1, 0.5] });
  const soft = (x: number) => Math.log(1 + Math.exp(x));
  // "first wins" is foretold for pairs 1 and 2, rightly for 1; three of five are won by the first.
  expect(metrics).toMatchObject({ pairs: 6, ties: 1, accuracy: 2.5 / 5, precision: 1 / 2, recall: 1 / 3 });
  expect(metrics.f1).toBeCloseTo(0.4, 12);
  expect(metrics.auc).toBeCloseTo((2 + 0 + 1) / 6, 12); // wins 2, −2, 0 against defeats 1, −1
  expect(metrics.logLoss).toBeCloseTo((soft(-2) + soft(1) + soft(-1) + soft(2) + soft(0) + soft(3) - 1.5) / 6, 12);
  const s = (x: number) => 1 / (1 + Math.exp(-x));
  const gaps = [1 - s(2), s(1), s(-1), 1 - s(-2), 1 - s(0)]; // five bins of one pair each
  expect(metrics.ece).toBeCloseTo(gaps.reduce((sum, gap) => sum + gap, 0) / 5, 12);
});

test('nothing decisive, nothing foretold, nothing at all', () => {
  expect(pairwiseMetrics({ difference: [1, -1], outcome: [0.5, 0.5] })).toMatchObject({
    ties: 2,
    accuracy: null,
    auc: null,
  });
  expect(pairwiseMetrics({ difference: [-1, -2], outcome: [1, 1] })).toMatchObject({
    accuracy: 0,
    precision: 0,
    recall: 0,
    f1: 0,
    auc: null,
  });
  expect(pairwiseMetrics({ difference: [], outcome: [] }).logLoss).toBeNull();
});

const random = seededRandom(3);
const outcome = Array.from({ length: 400 }, () => random.int(3) / 2);
const difference = outcome.map((t) => Math.round(10 * (t - 0.5 + random.normal())) / 10);

test('swapping first and second everywhere leaves accuracy, AUC, log-loss and calibration as they were', () => {
  const metrics = pairwiseMetrics({ difference, outcome });
  const swapped = pairwiseMetrics({ difference: difference.map((d) => -d), outcome: outcome.map((t) => 1 - t) });
  for (const name of ['accuracy', 'auc', 'logLoss'] as const) expect(swapped[name]).toBeCloseTo(metrics[name]!, 12);
  expect([swapped.pairs, swapped.ties]).toEqual([metrics.pairs, metrics.ties]);
});

test('by category: each as if it were alone', () => {
  const categories = outcome.map((_, p) => (p % 2 ? 'odd' : 'even'));
  const byCategory = pairwiseByCategory({ difference, outcome }, categories);
  const odd = <T>(values: T[]) => values.filter((_, p) => p % 2 === 1);
  expect([...byCategory.keys()]).toEqual(['even', 'odd']);
  expect(byCategory.get('odd')).toEqual(pairwiseMetrics({ difference: odd(difference), outcome: odd(outcome) }));
});

describe('intervals', () => {
  const queries = outcome.map((_, p) => p >> 2);

  test('hold the figures, and grow when queries repeat one another', () => {
    const [own] = pairwiseIntervals([difference], outcome, queries, { seed: 1, resamples: 400 });
    const metrics = pairwiseMetrics({ difference, outcome });
    for (const name of ['accuracy', 'precision', 'recall', 'f1', 'auc', 'logLoss'] as const) {
      expect(own!.interval[name].low).toBeLessThan(metrics[name]!);
      expect(own!.interval[name].high).toBeGreaterThan(metrics[name]!);
    }
    const again = [...difference, ...difference];
    const [doubled] = pairwiseIntervals([again], [...outcome, ...outcome], [...queries, ...queries], {
      seed: 1,
      resamples: 400,
    });
    expect(doubled!.interval.accuracy).toEqual(own!.interval.accuracy); // the same queries: no surer
  });

  test('a scorer leads itself by nothing, and a better one by what it is better', () => {
    const better = difference.map((d, p) => d + 4 * (outcome[p]! - 0.5));
    const [first, same, ahead] = pairwiseIntervals([difference, difference, better], outcome, queries, {
      seed: 2,
      resamples: 200,
    });
    expect(first!.lead.accuracy).toEqual({ low: 0, high: 0 });
    expect(same!.lead.auc).toEqual({ low: 0, high: 0 });
    expect(ahead!.lead.accuracy.low).toBeGreaterThan(0.1);
    expect(ahead!.lead.logLoss.high).toBeLessThan(0);
  });

  test('a resample that draws every query once has the figures of the whole', () => {
    const [own] = pairwiseIntervals(
      [difference],
      outcome,
      outcome.map(() => 5),
      { seed: 1, resamples: 3 },
    );
    const metrics = pairwiseMetrics({ difference, outcome });
    for (const name of ['accuracy', 'precision', 'recall', 'f1', 'auc', 'logLoss'] as const) {
      expect(own!.interval[name].low).toBeCloseTo(metrics[name]!, 12);
    }
  });
});

test.skipIf(!hasShared)(
  'golden: AUC, accuracy, precision, recall and F1 as scikit-learn computes them (needs ../shared/fixtures)',
  () => {
    interface Case {
      labels: number[];
      scores: number[];
      roc_auc: number;
      accuracy: number;
      precision: number;
      recall: number;
      f1: number;
    }
    const golden = goldenJson<Record<string, Case>>('ranking', 'metrics.json');
    for (const name of ['tied_scores', 'fine_scores', 'constant_scores']) {
      const { labels, scores, roc_auc } = golden[name]!;
      expect([name, pairwiseMetrics({ difference: scores, outcome: labels }).auc]).toEqual([
        name,
        expect.closeTo(roc_auc, 8),
      ]);
    }
    const { labels, scores, accuracy, precision, recall, f1 } = golden.fine_scores!;
    const metrics = pairwiseMetrics({ difference: scores.map((score) => score - 0.5), outcome: labels });
    for (const [name, value] of Object.entries({ accuracy, precision, recall, f1 })) {
      expect([name, metrics[name as 'f1']]).toEqual([name, expect.closeTo(value, 8)]);
    }
  },
);
