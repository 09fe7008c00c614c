// All routers by name, each loaded only when it is asked for.
import { nearestName } from '../errors/nearest.js';
import { VsrError } from '../errors/vsr-error.js';
import type { Router } from './router.js';

const ROUTERS: Readonly<Record<string, () => Promise<Router>>> = {
  knn: async () => (await import('./knn/knn.js')).knn,
  kmeans: async () => (await import('./kmeans/kmeans.js')).kmeans,
  svm: async () => (await import('./svm/svm.js')).svm,
  mlp: async () => (await import('./mlp/mlp.js')).mlp,
  mf: async () => (await import('./mf/mf.js')).mf,
  gmtrouter: async () => (await import('./gmtrouter/gmtrouter.js')).gmtrouter,
  personalizedrouter: async () => (await import('./personalizedrouter/personalizedrouter.js')).personalizedRouter,
  rankrouter: async () => (await import('./rankrouter/rankrouter.js')).rankrouter,
  autorouter: async () => (await import('./autorouter/autorouter.js')).autorouter,
};

export const ROUTER_NAMES: readonly string[] = Object.keys(ROUTERS);

/** Support-vector machines in libsvm's one-against-one form, for exports. */
export const loadOneVsOne = async () => (await import('./svm/one-vs-one.js')).fitOneVsOne;

/** Nine users who trade quality against cost, for data that has none. */
export const loadSimulatedUsers = async () =>
  (await import('./personalizedrouter/simulated-users.js')).simulatedUsers();

/** Those of the named routers that score for the person who asks. Throws `VSR_ROUTER_UNKNOWN`. */
export async function routersForPeople(names: readonly string[]): Promise<ReadonlySet<string>> {
  const loaded = await Promise.all(names.map(loadRouter));
  return new Set(names.filter((_, i) => loaded[i]!.needs.users));
}

/** Throws `VSR_ROUTER_UNKNOWN`, with the nearest name. */
export async function loadRouter(name: string): Promise<Router> {
  const load = ROUTERS[name];
  if (load) return load();
  const near = nearestName(name, ROUTER_NAMES);
  throw new VsrError('VSR_ROUTER_UNKNOWN', `There is no router "${name}"; known are ${ROUTER_NAMES.join(', ')}.`, {
    ...(near && { hint: `Did you mean ${near}?` }),
  });
}
