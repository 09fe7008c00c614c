// Where the models are asked and whether their keys are set. A key itself is never shown.
import type { Environment } from '../../config/environment.js';
import type { LoadedConfig } from '../../config/load.js';
import type { MissingKey } from '../../config/secrets.js';
import { VsrError } from '../../errors/vsr-error.js';
import { baseUrlOf, isOpenAi, providerTypeOf } from '../../providers/endpoint.js';
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
  if (providerTypeOf(endpoint) === 'recorded') return { name, state: 'ok', detail: 'recorded answers, no network' };
  let url: string;
  try {
    url = baseUrlOf(endpoint);
  } catch (error) {
    if (!(error instanceof VsrError)) throw error;
    return { name, state: 'dead', detail: error.message, ...(error.hint && { fix: error.hint }) };
  }
  if (endpoint.apiKey !== undefined) return { name, state: 'ok', detail: `${url}; key set` };
  if (!isOpenAi(url) || !needsKey) return { name, state: 'ok', detail: `${url}; no key of its own` };
  if (environment.OPENAI_API_KEY) return { name, state: 'ok', detail: `${url}; key set by OPENAI_API_KEY` };
  return { name, state: 'dead', detail: `${url}; OPENAI_API_KEY is not set`, fix: 'export OPENAI_API_KEY=…' };
}

function unset(name: string, where: string, { variable }: MissingKey): Check {
  return { name, state: 'dead', detail: `${where}${variable} is not set`, fix: `export ${variable}=…` };
}
