// Which key a call carries: the model's, else one of the endpoint's in turn, else the environment's for OpenAI's own host.
import { VsrError } from '../../errors/vsr-error.js';
import { type EndpointSettings, isOpenAi, type ModelSettings } from '../endpoint.js';

export interface Keys {
  /** undefined = the server wants none. */
  next(alias: string): string | undefined;
  /** Everything that must never be seen, header values included. */
  readonly secrets: readonly string[];
}

const VARIABLE = 'OPENAI_API_KEY';

/**
 * A key from the environment goes to api.openai.com alone.
 * Throws `VSR_API_KEY_MISSING` where OpenAI itself would be asked without one, `VSR_CONFIG` for a key no header can carry.
 */
export function chooseKeys(
  endpoint: EndpointSettings,
  url: string,
  models: Readonly<Record<string, ModelSettings>>,
  environment: Readonly<Record<string, string | undefined>>,
): Keys {
  const clean = (key: string, what: string) => checked(key, `${what} of endpoint ${endpoint.name}`);
  const listed = [endpoint.apiKey ?? []].flat().map((key) => clean(key, 'api_key'));
  const fromEnvironment = isOpenAi(url) ? environment[VARIABLE] : undefined;
  const ring = listed.length > 0 || !fromEnvironment ? listed : [clean(fromEnvironment, VARIABLE)];
  const own = new Map(
    Object.entries(models).flatMap(([alias, { accessKey }]) =>
      accessKey === undefined ? [] : [[alias, checked(accessKey, `access_key of model ${alias}`)] as const],
    ),
  );
  const headers = Object.entries(endpoint.headers ?? {}).map(([name, value]) => clean(value, `header ${name}`));
  const keyless = Object.keys(models).find((alias) => !own.has(alias));
  const hasHeader = Object.keys(endpoint.headers ?? {}).some((name) => /^authorization$/i.test(name));
  if (isOpenAi(url) && ring.length === 0 && keyless !== undefined && !hasHeader) {
    throw new VsrError('VSR_API_KEY_MISSING', `Endpoint ${endpoint.name} has no api_key, and ${VARIABLE} is not set.`, {
      hint: `export ${VARIABLE}=…, or ask other models with --models.`,
    });
  }
  let turn = 0;
  return {
    next: (alias) => own.get(alias) ?? ring[turn++ % ring.length],
    secrets: [...new Set([...ring, ...own.values(), ...headers])],
  };
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
