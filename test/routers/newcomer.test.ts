// How far a newcomer is believed: a normal prior, its outcomes, and one standard deviation less.
import { expect, test } from 'vitest';
import { believedDistance, priorVariance } from '../../src/routers/newcomer.js';

test('the prior is as wide as the known models are spread, with one more a fifth away', () => {
  // Means .4 and .6: (.01 + .01 + .04) / 2
  expect(priorVariance([0.4, 0.6], 0.2 ** 2)).toBeCloseTo(0.03, 12);
});

test('few outcomes are drawn to the others and lowered by what is not known', () => {
  // Four distances of .3 and .5: noise (4 · .01 + .25) / 4 = .0725; prior .03; variance 1 / (1/.03 + 4/.0725)
  const variance = 1 / (1 / 0.03 + 4 / 0.0725);
  const { distance, noise } = believedDistance([0.3, 0.5, 0.3, 0.5], [0.4, 0.6]);
  expect(noise).toBeCloseTo(0.0725, 12);
  expect(distance).toBeCloseTo(((variance * 4) / 0.0725) * 0.4 - Math.sqrt(variance), 12);
});

test('many outcomes are believed as they are', () => {
  const many = Float64Array.from({ length: 1_000_000 }, (_, i) => (i % 2 === 0 ? 0.3 : 0.5));
  expect(believedDistance(many, [0.4, 0.6]).distance).toBeCloseTo(0.4, 3);
});

test('one outcome, even a perfect one, does not put a newcomer above the others', () => {
  expect(believedDistance([0.5], [0.5]).distance).toBeLessThan(0);
});
