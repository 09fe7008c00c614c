// semantic-router's lists of models, `models:` of its benchmark and `providers.models:` of its configuration, as endpoints and
// models of ours. Keys of theirs that mean nothing here are left out.
import { VsrError } from '../errors/vsr-error.js';
import { define, isPlain, type Path, type Plain, pathText } from './paths.js';

/** Replaces the lists in a tree in file spelling; `places` says where everything stands. Throws `VSR_CONFIG`. */
export function takeModelLists(tree: Plain, places: Map<string, string>): void {
  const lists: [Path, (entry: Plain, path: Path) => Taken][] = [
    [['models'], benchmarkModel],
    [['providers', 'models'], providerModel],
  ];
  for (const [path, take] of lists) {
    const list = path.reduce<unknown>((node, step) => (isPlain(node) ? node[step as string] : undefined), tree);
    if (!Array.isArray(list)) continue;
    list.forEach((entry, i) => {
      const at = [...path, i];
      const where = (key?: string) =>
        `${places.get(pathText(key ? [...at, key] : at)) ?? places.get(pathText(path)) ?? 'configuration'}: ${pathText(at)}`;
      if (!isPlain(entry) || typeof entry.name !== 'string' || entry.name === '') {
        throw new VsrError('VSR_CONFIG', `${where()}: expected a model with a name.`, {
          hint: 'For example {name: gpt-4o-mini, endpoint: "https://api.openai.com/v1"}.',
        });
      }
      if (path[0] === 'models' && typeof entry.endpoint !== 'string') {
        throw new VsrError('VSR_CONFIG', `${where()}: model ${entry.name} has no endpoint.`, {
          hint: 'Write endpoint, for example http://localhost:8000/v1.',
        });
      }
      add(tree, places, entry.name, take(entry, at), places.get(pathText(at)), where('name'));
    });
    delete tree[path[0] as string];
  }
}

interface Taken {
  readonly endpoints: readonly Plain[];
  readonly model: Plain;
}

/** `{name, endpoint, api_key, headers, max_tokens, temperature}`; the endpoint is a URL that ends in /v1. */
function benchmarkModel({ endpoint, ...entry }: Plain): Taken {
  return {
    endpoints: [{ base_url: endpoint, ...picked(entry, ['api_key', 'headers']) }],
    model: picked(entry, MODEL_KEYS),
  };
}

/** `{name, backend_refs: [{endpoint: "host:port", type, weight}]}`. */
function providerModel(entry: Plain): Taken {
  const references = Array.isArray(entry.backend_refs) ? entry.backend_refs.filter(isPlain) : [];
  const id = entry.provider_model_id;
  const endpoints = references.map(({ endpoint, type, protocol, ...reference }) => ({
    ...(typeof endpoint === 'string' && addressOf(endpoint, protocol)),
    ...(typeof type === 'string' && TYPES.has(type) && { type }),
    ...picked(reference, ['base_url', 'weight', 'api_key', 'headers']),
    ...(typeof reference.api_key_env === 'string' && { api_key: `\${${reference.api_key_env}}` }),
  }));
  // The name on the server holds wherever the model is asked.
  const everywhere =
    typeof id === 'string' ? { external_model_ids: Object.fromEntries([...TYPES].map((t) => [t, id])) } : {};
  return { endpoints, model: { ...everywhere, ...picked(entry, MODEL_KEYS) } };
}

const TYPES = new Set(['ollama', 'vllm', 'openai', 'huggingface', 'nvidia', 'openrouter', 'openai-compatible']);

const MODEL_KEYS = [
  ...['max_tokens', 'temperature', 'external_model_ids', 'access_key', 'pricing', 'param_size', 'context_window_size'],
  ...['description', 'capabilities', 'tags', 'modalities', 'quality_score', 'loras', 'extra_body'],
];

function addressOf(endpoint: string, protocol: unknown): Plain {
  const match = /^([^/:\s]+):(\d+)$/.exec(endpoint);
  if (match && protocol !== 'https') return { address: match[1], port: Number(match[2]) };
  if (/^https?:\/\//.test(endpoint)) return { base_url: endpoint };
  return { base_url: `${protocol === 'https' ? 'https' : 'http'}://${endpoint}${endpoint.includes('/') ? '' : '/v1'}` };
}

function picked(from: Plain, keys: readonly string[]): Plain {
  return Object.fromEntries(
    keys.flatMap((key) => (from[key] === undefined || from[key] === null ? [] : [[key, from[key]]])),
  );
}

/** Models at one place with one key share an endpoint, and so its limits. */
function add(
  tree: Plain,
  places: Map<string, string>,
  alias: string,
  { endpoints, model }: Taken,
  place: string | undefined,
  where: string,
): void {
  const key = Object.hasOwn(tree, 'endpoints') ? 'endpoints' : 'vllm_endpoints';
  const known = (Array.isArray(tree[key]) ? tree[key] : []) as Plain[];
  const names = endpoints.map((endpoint) => {
    const same = known.find(({ name: _name, ...rest }) => JSON.stringify(rest) === JSON.stringify(endpoint));
    if (same) return same.name;
    const name = freeName(String(endpoint.base_url ?? `${endpoint.address}:${endpoint.port}`), known);
    known.push({ name, ...endpoint });
    note(places, [key, known.length - 1], Object.keys(endpoint), place);
    return name;
  });
  define(tree, key, known);
  const models: Plain = isPlain(tree.model_config) ? tree.model_config : {};
  if (Object.hasOwn(models, alias)) {
    throw new VsrError('VSR_CONFIG', `${where}: ${alias} is defined already.`, { hint: 'Define each model once.' });
  }
  define(models, alias, { preferred_endpoints: names, ...model });
  define(tree, 'model_config', models);
  note(places, ['model_config', alias], Object.keys(model), place);
}

function note(places: Map<string, string>, path: Path, keys: readonly string[], place: string | undefined): void {
  if (place === undefined) return;
  for (const at of [path, ...keys.map((key) => [...path, key])]) places.set(pathText(at), place);
}

/** The place without scheme, path and credentials, numbered where it is taken. */
function freeName(place: string, known: readonly Plain[]): string {
  const host = place
    .replace(/^https?:\/\//, '')
    .replace(/^[^/]*@/, '')
    .replace(/[/?#].*$/, '');
  const taken = new Set(known.map(({ name }) => name));
  let name = host;
  for (let n = 2; taken.has(name); n++) name = `${host} (${n})`;
  return name;
}
