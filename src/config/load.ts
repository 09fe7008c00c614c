// From files, --set and flags to one validated, frozen configuration. Flag beats --set beats file beats default.
import { VsrError } from '../errors/vsr-error.js';
import { type Environment, environment as processEnvironment } from './environment.js';
import { issueError } from './issue.js';
import { mapKeys, snakeCase } from './keys.js';
import { define, isPlain, type Path, type Plain, pathText } from './paths.js';
import { readTrees } from './read-trees.js';
import { configSchema, type VsrConfig } from './schema.js';
import { expandEnvironment, type MissingKey } from './secrets.js';

export interface FlagValue {
  /** In camelCase: ['benchmark', 'queryLimit']. */
  readonly path: Path;
  readonly value: unknown;
  /** --query-limit */
  readonly flag: string;
}

export interface LoadOptions {
  /** -c; without it ./vsr.yaml where there is one. */
  readonly file?: string | undefined;
  /** `path=value`, in order. */
  readonly sets?: readonly string[];
  readonly flags?: readonly FlagValue[];
  readonly cwd?: string;
  readonly environment?: Environment;
}

export interface ConfigOrigin {
  /** null: no file, defaults alone. */
  readonly file: string | null;
  readonly modelsFile: string | null;
  readonly sets: readonly string[];
  /** --query-limit … */
  readonly flags: readonly string[];
}

export interface LoadedConfig {
  /** Frozen, every default filled in. */
  readonly config: VsrConfig;
  readonly origin: ConfigOrigin;
  readonly warnings: readonly string[];
  /** Secrets whose variables are not set; `requireKeys` refuses them before a call. */
  readonly missingKeys: readonly MissingKey[];
}

/** Throws `VSR_FILE`, `VSR_CONFIG`, `VSR_CONFIG_KEY_UNKNOWN`, `VSR_API_KEY_MISSING` or `VSR_USAGE`, naming file and line, --set or flag. */
export async function loadConfig(options: LoadOptions = {}): Promise<LoadedConfig> {
  const cwd = options.cwd ?? process.cwd();
  const environment = options.environment ?? processEnvironment();
  const flags = options.flags ?? [];
  const { tree, places, file, modelsFile } = await readTrees(options, cwd);

  const place = (path: Path) => nearestPlace(places, path) ?? file ?? 'configuration';
  const { tree: mapped, spelled } = mapKeys(tree, configSchema, place);
  const filePath = (path: Path) => spelledPath(spelled, path);
  const {
    tree: input,
    missing,
    literal,
  } = expandEnvironment(mapped, environment, (path, variable) => {
    const where = filePath(path);
    throw new VsrError(
      'VSR_API_KEY_MISSING',
      `${place(where)}: ${pathText(where)} names \${${variable}}, and ${variable} is not set.`,
      { hint: `export ${variable}=…` },
    );
  });
  for (const { path, value } of flags) setFlag(input, path, value);

  const parsed = configSchema.safeParse(input);
  if (!parsed.success) {
    throw issueError(parsed.error.issues[0]!, input, (path) => {
      const flag = flags.find((given) => concerns(given.path, path))?.flag;
      return flag ? { place: flag, key: undefined } : { place: place(filePath(path)), key: pathText(filePath(path)) };
    });
  }
  checkReferences(parsed.data, (path) => `${place(filePath(path))}: ${pathText(filePath(path))}`);
  return {
    config: deepFreeze(parsed.data),
    origin: { file, modelsFile, sets: options.sets ?? [], flags: flags.map((given) => given.flag) },
    warnings: literal.map((path) => {
      const where = filePath(path);
      return `${place(where)}: ${pathText(where)} holds a key as it is; write it as \${NAME} and export NAME instead.`;
    }),
    missingKeys: missing,
  };
}

/** Endpoint names are unique, and models name endpoints that exist. */
function checkReferences(config: VsrConfig, where: (path: Path) => string): void {
  const names = config.vllmEndpoints.map((endpoint) => endpoint.name);
  const twice = names.findIndex((name, i) => names.indexOf(name) < i);
  if (twice >= 0) {
    throw new VsrError(
      'VSR_CONFIG',
      `${where(['vllmEndpoints', twice, 'name'])}: two endpoints are called ${names[twice]}.`,
      {
        hint: 'Give each endpoint its own name.',
      },
    );
  }
  for (const [alias, model] of Object.entries(config.modelConfig)) {
    model.preferredEndpoints.forEach((name, i) => {
      if (names.includes(name)) return;
      const known = names.length > 0 ? `known are ${names.join(', ')}` : 'no endpoint is configured';
      throw new VsrError(
        'VSR_CONFIG',
        `${where(['modelConfig', alias, 'preferredEndpoints', i])}: there is no endpoint "${name}"; ${known}.`,
        {
          hint: 'Name an endpoint of vllm_endpoints.',
        },
      );
    });
  }
}

function setFlag(tree: Plain, path: Path, value: unknown): void {
  let node = tree;
  for (const step of path.slice(0, -1)) {
    if (!isPlain(node[step])) define(node, step, {});
    node = node[step] as Plain;
  }
  define(node, path.at(-1)!, value);
}

/** Every default and nothing else. */
export function defaultConfig(): VsrConfig {
  return deepFreeze(configSchema.parse({}));
}

/** Whether a flag's value is what is wrong at `path`; the two weights are judged together. */
function concerns(flag: Path, path: Path): boolean {
  const last = path.at(-1) === 'costWeight' && flag.at(-1) === 'qualityWeight' ? flag.length - 1 : flag.length;
  return flag.slice(0, last).every((step, i) => step === path[i]);
}

/** Where a path stands, else where its nearest parent does. */
function nearestPlace(places: ReadonlyMap<string, string>, path: Path): string | undefined {
  for (let length = path.length; length > 0; length--) {
    const place = places.get(pathText(path.slice(0, length)));
    if (place !== undefined) return place;
  }
  return undefined;
}

/** A camelCase path as the file spells it; what the file does not hold is spelled as it would be. */
function spelledPath(spelled: ReadonlyMap<string, Path>, path: Path): Path {
  for (let length = path.length; length > 0; length--) {
    const known = spelled.get(pathText(path.slice(0, length)));
    if (known) return [...known, ...inSnakeCase(path.slice(length))];
  }
  return inSnakeCase(path);
}

function inSnakeCase(path: Path): Path {
  return path.map((step) => (typeof step === 'string' ? snakeCase(step) : step));
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
