import { expect, test } from 'vitest';
import { decisionText, type ShownDecision } from '../../src/report/decision-text.js';

const ranked = (model: string, expectedQuality: number, expectedCost: number | null) => ({
  model,
  expectedQuality,
  expectedCost,
  utility: expectedQuality,
});
const shown: ShownDecision = {
  userId: '3',
  router: 'knn',
  decision: {
    model: 'large',
    reason: 'highest_utility',
    confidence: 0.1,
    ranking: [ranked('large', 0.75, 2.34e-5), ranked('small', 0.65, null)],
    masked: { huge: 'over_max_cost' },
  },
};

test('names the model, why, the ranking with quality and cost, and who was left out', () => {
  expect(decisionText(shown, 3)).toBe(
    [
      'large',
      '  why: highest expected utility (knn, for user 3)',
      '   1. large  quality 0.750  $0.023 per 1,000  utility 0.750',
      '   2. small  quality 0.650  cost unknown  utility 0.650',
      '  left out: huge (over_max_cost)',
    ].join('\n'),
  );
});

test('calls a number quality only where the router foretells quality', () => {
  expect(decisionText({ ...shown, scale: 'utility' }, 1)).toContain('large  score 0.750');
  expect(decisionText({ ...shown, scale: 'logit' }, 1)).toContain('large  win rate 0.750');
  expect(decisionText({ ...shown, scale: 'quality' }, 1)).toContain('large  quality 0.750');
});

test('shows neighbours on one line each, cut where they are long', () => {
  const neighbours = [{ query: `What\nis ${'x'.repeat(200)}`, similarity: 0.91 }];
  const last = decisionText({ ...shown, explained: { kind: 'neighbours', neighbours } }, 1)
    .split('\n')
    .at(-1)!;
  expect(last).toBe(`    0.910  What is ${'x'.repeat(79)}…`);
});
