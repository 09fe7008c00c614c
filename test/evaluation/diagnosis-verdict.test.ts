// Is training worth a try? Every rule at its border.
import { expect, test } from 'vitest';
import { type DiagnosisFacts, diagnosisVerdict } from '../../src/evaluation/diagnosis-verdict.js';

const gain = (delta: number, half: number) => ({ delta, low: delta - half, high: delta + half });

function verdictOf({
  lookup = gain(0, 0.1),
  knn = null as ReturnType<typeof gain> | null,
  headroom = 0.2,
  ...facts
}: { lookup?: ReturnType<typeof gain> | null; knn?: ReturnType<typeof gain> | null; headroom?: number } & Partial<
  Omit<DiagnosisFacts, 'routability' | 'last'>
> = {}) {
  return diagnosisVerdict({
    routability: { headroom, advice: 'No headroom.' },
    last: { judged: 1000, lookup: { difference: lookup }, knn: knn && { difference: knn } },
    p: { lookup: 0.01, knn: 0.01 },
    groups: 1000,
    minGain: 0.01,
    qualityAlone: true,
    ...facts,
  } as unknown as DiagnosisFacts);
}

test.each([
  ['a clear gain', { lookup: gain(0.05, 0.02) }, 'train'],
  ['a gain below what is worth having', { lookup: gain(0.009, 0.005) }, 'inconclusive'],
  ['a gain that may be none', { lookup: gain(0.05, 0.05) }, 'inconclusive'],
  [
    'a gain by chance, two having been tried',
    { lookup: gain(0.05, 0.02), p: { lookup: 0.06, knn: null } },
    'inconclusive',
  ],
  ['no gain worth having in sight', { lookup: gain(-0.01, 0.015), knn: gain(0, 0.009) }, 'do-not-train'],
  ['none by lookup, perhaps one by neighbours', { lookup: gain(-0.01, 0.015), knn: gain(0, 0.02) }, 'inconclusive'],
  ['29 separate queries', { lookup: gain(0.05, 0.02), groups: 29 }, 'inconclusive'],
  ['30 separate queries', { lookup: gain(0.05, 0.02), groups: 30 }, 'train'],
  ['headroom below two points', { lookup: gain(0.05, 0.02), headroom: 0.019 }, 'do-not-train'],
  ['headroom of two points', { lookup: gain(0.05, 0.02), headroom: 0.02 }, 'train'],
  ['little headroom where cost counts too', { lookup: gain(0.05, 0.02), headroom: 0, qualityAlone: false }, 'train'],
  ['nothing to judge on', { lookup: null }, 'inconclusive'],
] as const)('%s', (_, facts, kind) => {
  expect(verdictOf(facts).kind).toBe(kind);
});

test('the better of the two decides, with its own interval', () => {
  const better = gain(0.06, 0.01);
  expect(verdictOf({ lookup: gain(0.05, 0.01), knn: better })).toMatchObject({
    by: 'knn',
    delta: 0.06,
    interval: { low: better.low, high: better.high },
    neededQueries: null,
  });
  expect(verdictOf({ lookup: better, knn: gain(0.05, 0.01) }).by).toBe('per-task lookup');
});

test('what would decide is 2.8 standard errors to the gain worth having, rounded up to two digits', () => {
  // se = .1/3.92 = .02551; 1,000·(2.8·.02551/.01)² = 51,020
  expect(verdictOf({ lookup: gain(0.03, 0.05) })).toMatchObject({ kind: 'inconclusive', neededQueries: 52_000 });
});
