// Which key a call carries: the model's, else one of the endpoint's in turn, else the environment's for the provider's own host.
import { VsrError } from '../errors/vsr-error.js';
import { type BaseUrl, type EndpointSettings, type ModelSettings, providerTypeOf } from './endpoint.js';
import { HOMES, homeOf } from './homes.js';

export interface Keys {
  /** The `authorization` header of the next attempt; undefined = the server wants none. */
  next(alias: string): string | undefined;
  /** Keys that the endpoint's calls take in turn. */
  readonly count: number;
  /** Everything that must never be seen, header values included. */
  readonly secrets: readonly string[];
}

/**
 * A key from the environment goes to its own default host alone.
 * Throws `VSR_API_KEY_MISSING` where a host that answers nobody without a key would be asked without one, `VSR_CONFIG` for a
 * key no header can carry.
 */
export function chooseKeys(
  endpoint: EndpointSettings,
  { url, basic, secrets }: BaseUrl,
  models: Readonly<Record<string, ModelSettings>>,
  environment: Readonly<Record<string, string | undefined>>,
): Keys {
  const home = homeOf(url, providerTypeOf(endpoint));
  const clean = (key: string, what: string) => checked(key, `${what} of endpoint ${endpoint.name}`);
  const listed = [endpoint.apiKey ?? []].flat().map((key) => clean(key, 'api_key'));
  const variable = home?.variables.find((name) => environment[name]);
  const ring = listed.length > 0 || !variable ? listed : [clean(environment[variable]!, variable)];
  const own = new Map(
    Object.entries(models).flatMap(([alias, { accessKey }]) =>
      accessKey === undefined ? [] : [[alias, checked(accessKey, `access_key of model ${alias}`)] as const],
    ),
  );
  const headers = Object.entries(endpoint.headers ?? {}).map(([name, value]) => clean(value, `header ${name}`));
  const keyless = Object.keys(models).find((alias) => !own.has(alias));
  const hasHeader = Object.keys(endpoint.headers ?? {}).some((name) => /^authorization$/i.test(name));
  if (home?.needsKey && ring.length === 0 && keyless !== undefined && !hasHeader && !basic) {
    throw missingKey(endpoint.name, home.variables);
  }
  // Keys that were found and are not used must not be seen either.
  const unused = Object.values(HOMES).flatMap(({ variables }) => variables.flatMap((name) => environment[name] ?? []));
  const bare = headers.map((value) => value.replace(/^(Bearer|Basic)\s+/i, ''));
  let turn = 0;
  return {
    next(alias) {
      const key = own.get(alias) ?? ring[turn++ % ring.length];
      return key === undefined ? basic : `Bearer ${key}`;
    },
    count: Math.max(1, ring.length),
    secrets: [...new Set([...ring, ...own.values(), ...headers, ...bare, ...secrets, ...unused])],
  };
}

function missingKey(endpoint: string, variables: readonly string[]): VsrError {
  const unset = variables.length === 1 ? `${variables[0]} is not set` : `none of ${variables.join(', ')} is set`;
  return new VsrError('VSR_API_KEY_MISSING', `Endpoint ${endpoint} has no api_key, and ${unset}.`, {
    hint: `export ${variables[0]}=…, or ask other models with --models.`,
  });
}

function checked(key: string, what: string): string {
  const trimmed = key.trim();
  if (!/^[\x20-\x7e]+$/.test(trimmed)) {
    throw new VsrError('VSR_CONFIG', `The ${what} is empty or holds a character that no HTTP header can carry.`, {
      hint: 'Was it pasted with a line break or with quotes of a text program?',
    });
  }
  return trimmed;
}
