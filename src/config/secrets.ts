// ${NAME} in strings, and the keys that must never be written down.
import { VsrError } from '../errors/vsr-error.js';
import type { Environment } from './environment.js';
import { define, isPlain, type Path, type Plain } from './paths.js';
import type { VsrConfig } from './schema.js';

/** A secret whose variable is not set: harmless until a call needs it. */
export interface MissingKey {
  /** In camelCase. */
  readonly path: Path;
  readonly variable: string;
}

export interface Expanded {
  readonly tree: Plain;
  readonly missing: readonly MissingKey[];
  /** Secrets that stand in the file as they are. */
  readonly literal: readonly Path[];
}

/** Of an address: //user:password@host. */
const PASSWORD = /\/\/[^/]*:[^/]*@/;
const REFERENCE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/**
 * Puts the environment's values in for `${NAME}` (keys in camelCase). An unset name in a secret leaves that secret out and
 * is reported; anywhere else `unset` is called, which must throw. Empty counts as unset.
 */
export function expandEnvironment(
  tree: Plain,
  environment: Environment,
  unset: (path: Path, variable: string) => never,
): Expanded {
  const missing: MissingKey[] = [];
  const literal: Path[] = [];
  const visit = (value: unknown, path: Path): unknown => {
    if (Array.isArray(value)) {
      const items = value.map((item, i) => visit(item, [...path, i])).filter((item) => item !== undefined);
      return items.length === 0 && value.length > 0 ? undefined : items;
    }
    if (isPlain(value)) {
      const out: Plain = {};
      for (const [key, inner] of Object.entries(value)) {
        const result = visit(inner, [...path, key]);
        if (result !== undefined) define(out, key, result);
      }
      return out;
    }
    if (typeof value !== 'string') return value;
    const names = [...value.matchAll(REFERENCE)].map((match) => match[1]!);
    if (names.length === 0 && (isSecret(path) || (isAddress(path) && PASSWORD.test(value)))) literal.push(path);
    const absent = names.find((name) => !environment[name]);
    if (absent === undefined) return value.replace(REFERENCE, (_, name: string) => environment[name]!);
    if (!isSecret(path) && !isHeader(path)) return unset(path, absent);
    missing.push({ path, variable: absent });
    return undefined;
  };
  return { tree: visit(tree, []) as Plain, missing, literal };
}

/** Throws `VSR_API_KEY_MISSING` if a model that is about to be asked needs a key whose variable is not set. */
export function requireKeys(config: VsrConfig, missing: readonly MissingKey[], aliases: readonly string[]): void {
  // A model's own access_key wins over its endpoint's api_key, so its endpoint needs none.
  const hasOwnKey = (alias: string) =>
    config.modelConfig[alias]?.accessKey !== undefined ||
    missing.some(({ path }) => path[0] === 'modelConfig' && path[1] === alias && path[2] === 'accessKey');
  const asked = new Set(aliases.flatMap((alias) => endpointsOf(config, alias)));
  const askedWithTheirKey = new Set(
    aliases.filter((alias) => !hasOwnKey(alias)).flatMap((alias) => endpointsOf(config, alias)),
  );
  for (const { path, variable } of missing) {
    const [section, item, key] = path;
    if (section === 'embedding' || section === 'serve') continue; // no model is asked with it
    const name = section === 'vllmEndpoints' ? config.vllmEndpoints[Number(item)]!.name : String(item);
    const users = key === 'apiKey' ? askedWithTheirKey : asked;
    if (!(section === 'vllmEndpoints' ? users.has(name) : aliases.includes(name))) continue;
    const where = section === 'vllmEndpoints' ? `endpoint ${name}` : `model ${name}`;
    const what = key === 'headers' ? `header ${path[3]}` : key === 'apiKey' ? 'api_key' : 'access_key';
    throw new VsrError(
      'VSR_API_KEY_MISSING',
      `The ${what} of ${where} is \${${variable}}, and ${variable} is not set.`,
      {
        hint: `export ${variable}=…, or ask other models with --models.`,
      },
    );
  }
}

/** The configuration as an artifact may hold it: without keys, headers and request extras, and without passwords in URLs. */
export function configForManifest(config: VsrConfig): Plain {
  const copy = structuredClone(config) as VsrConfig & Plain;
  const { apiKey: _key, headers: _headers, encoders, ...embedding } = copy.embedding;
  const { apiKey: _serveKey, keys: _keys, state, ...serve } = copy.serve;
  const bare = <T extends { url?: string | undefined }>(settings: T): T =>
    settings.url === undefined ? settings : { ...settings, url: withoutCredentials(settings.url) };
  return {
    ...copy,
    serve: { ...serve, state: withoutCredentials(state) },
    embedding: {
      ...bare(embedding),
      ...(encoders && { encoders: encoders.map((entry) => (typeof entry === 'string' ? entry : bare(entry))) }),
    },
    vllmEndpoints: copy.vllmEndpoints.map(({ apiKey: _key, headers: _headers, baseUrl, ...rest }) => ({
      ...rest,
      ...(baseUrl !== undefined && { baseUrl: withoutCredentials(baseUrl) }),
    })),
    modelConfig: Object.fromEntries(
      Object.entries(copy.modelConfig).map(([alias, { accessKey: _key, extraBody: _extra, ...rest }]) => [alias, rest]),
    ),
  };
}

/** Endpoint names a model may be sent to: its own, else all. */
function endpointsOf(config: VsrConfig, alias: string): readonly string[] {
  const own = config.modelConfig[alias]?.preferredEndpoints ?? [];
  return own.length > 0 ? own : config.vllmEndpoints.map((endpoint) => endpoint.name);
}

function isSecret(path: Path): boolean {
  if (path[0] === 'modelConfig') return path[2] === 'accessKey';
  if (path[0] === 'serve') return path[1] === 'apiKey';
  if (path[0] === 'embedding') {
    return path[1] === 'apiKey' || (path[1] === 'headers' && looksSecret(String(path[2])));
  }
  return (
    path[0] === 'vllmEndpoints' && (path[2] === 'apiKey' || (path[2] === 'headers' && looksSecret(String(path[3]))))
  );
}

/** Where a server that wants a password may stand. */
function isAddress(path: Path): boolean {
  return path[0] === 'serve' && path[1] === 'state';
}

function isHeader(path: Path): boolean {
  return (path[0] === 'vllmEndpoints' && path[2] === 'headers') || (path[0] === 'embedding' && path[1] === 'headers');
}

function looksSecret(header: string): boolean {
  return /authorization|key|token|secret|cookie/i.test(header);
}

function withoutCredentials(url: string): string {
  return url.replace(/\/\/[^/]*@/, '//').replace(/[?#].*$/, '');
}
