import { expect, test } from 'vitest';
import { earnsItsPlace } from '../../../src/routers/personalizedrouter/acceptance.js';

test('a taste is kept that lowers the loss beyond chance and chooses better, beyond chance', () => {
  expect(earnsItsPlace([0.1, 0.12, 0.11, 0.09], [0.1, 0.1, 0.05, 0.2])).toBe(true);
});

test('a taste goes that lowers the loss and chooses worse, or lowers it by chance', () => {
  expect(earnsItsPlace([0.1, 0.12, 0.11, 0.09], [0, 0.01, -0.02, 0])).toBe(false);
  expect(earnsItsPlace([0.1, 0.12, 0.11, 0.09], [0, 0, 0, 0])).toBe(false);
  expect(earnsItsPlace([0.3, -0.3, 0.2, -0.1], [0.1, 0.1, 0.1, 0.1])).toBe(false);
});
