// Which routers are trained with which parameters.
import type { VsrConfig } from '../../config/schema.js';
import { nearestName } from '../../errors/nearest.js';
import { VsrError } from '../../errors/vsr-error.js';
import { loadRouter, ROUTER_NAMES, routersForPeople } from '../../routers/registry.js';
import type { RouterRequest } from './fit-routers.js';

/** The asked-for routers, or all. Throws `VSR_ROUTER_UNKNOWN`, `VSR_ROUTER_PARAMS` or `VSR_CONFIG_KEY_UNKNOWN` before anything is read or fitted. */
export async function routerRequests(config: VsrConfig): Promise<RouterRequest[]> {
  const stray = Object.keys(config.routers).find((name) => !ROUTER_NAMES.includes(name));
  if (stray !== undefined) {
    const near = nearestName(stray, ROUTER_NAMES);
    throw new VsrError(
      'VSR_CONFIG_KEY_UNKNOWN',
      `routers.${stray}: there is no such router; known are ${ROUTER_NAMES.join(', ')}.`,
      {
        ...(near && { hint: `Did you mean routers.${near}?` }),
      },
    );
  }
  const names = [...new Set(config.train.router ?? ROUTER_NAMES)];
  return Promise.all(
    names.map(async (name) => {
      const params = config.routers[name] ?? {};
      await (await loadRouter(name)).checkParams(params);
      return { name, params };
    }),
  );
}

/** Those with out-of-fold scores: routers that know the person only where folds are asked for, since each such fit takes as long as all others together. */
export async function requestsToFold(
  requests: readonly RouterRequest[],
  folds: number | 'auto',
): Promise<readonly RouterRequest[]> {
  if (folds !== 'auto') return requests;
  const forPeople = await routersForPeople(requests.map(({ name }) => name));
  return requests.filter(({ name }) => !forPeople.has(name));
}
