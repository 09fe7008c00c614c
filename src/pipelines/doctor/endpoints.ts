// Where the models are asked and whether their keys are set. A key itself is never shown.
import type { Environment } from '../../config/environment.js';
import type { LoadedConfig } from '../../config/load.js';
import type { MissingKey } from '../../config/secrets.js';
import { VsrError } from '../../errors/vsr-error.js';
import { baseUrlOf, providerTypeOf } from '../../providers/endpoint.js';
import { homeOf } from '../../providers/homes.js';
import type { Check } from '../doctor.js';

/** One check an endpoint, and one a model whose own key is not set. */
export function endpointChecks({ config, missingKeys }: LoadedConfig, environment: Environment): Check[] {
  const of = (section: string, item: string | number) =>
    missingKeys.find(({ path }) => path[0] === section && path[1] === item);
  return [
    ...config.vllmEndpoints.map((endpoint, i) => {
      const name = `endpoint ${endpoint.name}`;
      const missing = of('vllmEndpoints', i);
      if (missing) return unset(name, `${endpoint.baseUrl ?? endpoint.address ?? endpoint.type}; `, missing);
      const users = Object.values(config.modelConfig).filter(
        ({ preferredEndpoints }) => preferredEndpoints.length === 0 || preferredEndpoints.includes(endpoint.name),
      );
      const needsKey = users.length === 0 || users.some(({ accessKey }) => accessKey === undefined);
      return endpointCheck(name, endpoint, needsKey, environment);
    }),
    ...Object.keys(config.modelConfig).flatMap((alias) => {
      const missing = of('modelConfig', alias);
      return missing ? [unset(`model ${alias}`, '', missing)] : [];
    }),
  ];
}

function endpointCheck(
  name: string,
  endpoint: LoadedConfig['config']['vllmEndpoints'][number],
  needsKey: boolean,
  environment: Environment,
): Check {
  const type = providerTypeOf(endpoint);
  if (type === 'recorded' || type === 'simulated') return { name, state: 'ok', detail: `${type} answers, no network` };
  let url: string;
  try {
    url = baseUrlOf(endpoint, environment);
  } catch (error) {
    if (!(error instanceof VsrError)) throw error;
    return { name, state: 'dead', detail: error.message, ...(error.hint && { fix: error.hint }) };
  }
  if (endpoint.apiKey !== undefined) return { name, state: 'ok', detail: `${url}; key set` };
  const home = homeOf(url, type);
  const variable = home?.variables.find((candidate) => environment[candidate]);
  if (variable !== undefined) return { name, state: 'ok', detail: `${url}; key set by ${variable}` };
  if (!home?.needsKey || !needsKey) return { name, state: 'ok', detail: `${url}; no key of its own` };
  const [usual] = home.variables;
  return { name, state: 'dead', detail: `${url}; ${home.variables.join(', ')} is not set`, fix: `export ${usual}=…` };
}

function unset(name: string, where: string, { variable }: MissingKey): Check {
  return { name, state: 'dead', detail: `${where}${variable} is not set`, fix: `export ${variable}=…` };
}
