// Search spaces: what every router declares is valid, and draws keep to it.
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/math/random.js';
import { loadRouter, ROUTER_NAMES } from '../../src/routers/registry.js';
import { choices, drawParams, linearRange, logRange, probeValues } from '../../src/routers/search-space.js';

test.each(ROUTER_NAMES)('%s declares a space whose values it accepts, and so are draws from it', async (name) => {
  const router = await loadRouter(name);
  expect(Object.keys(router.space).length).toBeGreaterThan(0);
  for (const [key, dimension] of Object.entries(router.space)) {
    for (const value of probeValues(dimension)) await router.checkParams({ [key]: value });
  }
  for (let seed = 0; seed < 20; seed++) await router.checkParams(drawParams(router.space, seededRandom(seed)));
});

describe('draws', () => {
  const many = (dimension: Parameters<typeof drawParams>[0][string]) =>
    Array.from({ length: 2000 }, (_, seed) => drawParams({ x: dimension }, seededRandom(seed)).x as number);

  test('of a logarithmic range fall into every decade alike', () => {
    const drawn = many(logRange(0.01, 10));
    expect([Math.min(...drawn) >= 0.01, Math.max(...drawn) <= 10]).toEqual([true, true]);
    for (const low of [0.01, 0.1, 1]) {
      const share = drawn.filter((value) => value >= low && value < 10 * low).length / drawn.length;
      expect(Math.abs(share - 1 / 3)).toBeLessThan(0.05); // four standard errors
    }
  });

  test('of a linear range fall evenly; whole ones are whole and reach both ends', () => {
    const drawn = many(linearRange(0, 0.5));
    expect(Math.abs(drawn.filter((value) => value < 0.25).length / drawn.length - 0.5)).toBeLessThan(0.05);
    const whole = many({ low: 1, high: 3, scale: 'linear', whole: true });
    expect([...new Set(whole)].sort()).toEqual([1, 2, 3]);
  });

  test('of one parameter do not hang on the others of the space', () => {
    const alone = drawParams({ c: logRange(0.01, 100) }, seededRandom(3));
    const beside = drawParams({ kernel: choices('rbf', 'linear'), c: logRange(0.01, 100) }, seededRandom(3));
    expect(beside.c).toBe(alone.c);
  });
});
