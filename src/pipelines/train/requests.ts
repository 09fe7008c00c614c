// Which routers are trained with which parameters.
import type { VsrConfig } from '../../config/schema.js';
import { nearestName } from '../../errors/nearest.js';
import { VsrError } from '../../errors/vsr-error.js';
import { loadRouter, ROUTER_NAMES } from '../../routers/registry.js';
import type { RouterRequest } from './fit-routers.js';

/** The asked-for routers, or all that learn from outcomes alone. Throws `VSR_ROUTER_UNKNOWN`, `VSR_ROUTER_PARAMS` or `VSR_CONFIG_KEY_UNKNOWN` before anything is read or fitted. */
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
  const names = [...new Set(config.train.router ?? (await learnersFromOutcomes()))];
  return Promise.all(
    names.map(async (name) => {
      const params = config.routers[name] ?? {};
      await (await loadRouter(name)).checkParams(params);
      return { name, params };
    }),
  );
}

/** Routers that know the person are trained where they are named. */
async function learnersFromOutcomes(): Promise<string[]> {
  const routers = await Promise.all(ROUTER_NAMES.map(loadRouter));
  return routers.filter(({ needs }) => !needs.interactions && !needs.users).map(({ name }) => name);
}
