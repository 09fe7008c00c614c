import { expect, test } from 'vitest';
import { loadRouter, ROUTER_NAMES } from '../../src/routers/registry.js';

test('every router is found under its own name', async () => {
  expect(ROUTER_NAMES).toEqual(expect.arrayContaining(['knn', 'kmeans']));
  for (const name of ROUTER_NAMES) expect((await loadRouter(name)).name).toBe(name);
});

test('an unknown router is refused with the nearest known one', async () => {
  await expect(loadRouter('kmean')).rejects.toMatchObject({
    code: 'VSR_ROUTER_UNKNOWN',
    message: `There is no router "kmean"; known are ${ROUTER_NAMES.join(', ')}.`,
    hint: 'Did you mean kmeans?',
  });
});
