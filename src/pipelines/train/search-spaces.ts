// What --tune searches of each router: the space it declares, or the one that train.space gives.
import type { VsrConfig } from '../../config/schema.js';
import { nearestName } from '../../errors/nearest.js';
import { VsrError } from '../../errors/vsr-error.js';
import { loadRouter } from '../../routers/registry.js';
import { type Dimension, probeValues, type SearchSpace } from '../../routers/search-space.js';
import type { PipelineContext } from '../context.js';
import type { RouterRequest } from './fit-routers.js';

/**
 * By router. A declared dimension is left out where the configuration sets the parameter to something else than its default.
 * Throws `VSR_CONFIG_KEY_UNKNOWN` for a router or parameter that does not exist, `VSR_ROUTER_PARAMS` for a value out of range.
 */
export async function searchSpaces(
  { train: { space: given, tune } }: VsrConfig,
  requests: readonly RouterRequest[],
  context: PipelineContext,
): Promise<Readonly<Record<string, SearchSpace>>> {
  const names = requests.map(({ name }) => name);
  const stray = Object.keys(given).find((name) => !names.includes(name));
  if (stray !== undefined) throw unknownName(`train.space.${stray}`, 'no router of that name is trained', stray, names);
  const spaces = await Promise.all(
    requests.map(async (request) => {
      const own = given[request.name];
      return [request.name, own ? await checkedSpace(request, own) : await declaredSpace(request)] as const;
    }),
  );
  if (tune === 0 && Object.keys(given).length > 0) {
    context.onWarning?.('train.space is not used: ask for trials with --tune.');
  }
  for (const [name, space] of tune > 0 ? spaces : []) {
    if (Object.keys(space).length === 0) {
      context.onNotice?.(`${name} is not tuned: the configuration sets all that would be searched.`);
    }
  }
  return Object.fromEntries(spaces);
}

async function declaredSpace({ name, params }: RouterRequest): Promise<SearchSpace> {
  const router = await loadRouter(name);
  const defaults = (await router.params()).parse({}) as Readonly<Record<string, unknown>>;
  const free = ([key]: [string, Dimension]) => !(key in params) || same(params[key], defaults[key]);
  return Object.fromEntries(Object.entries(router.space).filter(free));
}

async function checkedSpace(
  { name, params }: RouterRequest,
  given: VsrConfig['train']['space'][string],
): Promise<SearchSpace> {
  const router = await loadRouter(name);
  const known = Object.keys((await router.params()).shape);
  const space = Object.fromEntries(
    Object.entries(given).map(([key, value]) => [key, Array.isArray(value) ? { choices: value } : value]),
  );
  for (const [key, dimension] of Object.entries(space)) {
    if (!known.includes(key))
      throw unknownName(`train.space.${name}.${key}`, `${name} has no such parameter`, key, known);
    for (const value of probeValues(dimension)) await router.checkParams({ ...params, [key]: value });
  }
  return space;
}

function unknownName(path: string, what: string, name: string, known: readonly string[]): VsrError {
  const near = nearestName(name, known);
  return new VsrError('VSR_CONFIG_KEY_UNKNOWN', `${path}: ${what}; known are ${known.join(', ')}.`, {
    ...(near && { hint: `Did you mean ${near}?` }),
  });
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
