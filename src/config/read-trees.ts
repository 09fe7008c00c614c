// The configuration as the user wrote it: the file, the models file it names, and --set on top, in one tree.
import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { VsrError } from '../errors/vsr-error.js';
import { takeModelLists } from './model-lists.js';
import { define, isPlain, type Path, type Plain, parsePath, pathText, setAt } from './paths.js';
import { parseYamlValue, readYaml } from './read-yaml.js';

export const DEFAULT_CONFIG_FILE = 'vsr.yaml';

export interface TreeOptions {
  readonly file?: string | undefined;
  readonly sets?: readonly string[];
}

export interface Trees {
  readonly tree: Plain;
  readonly places: Map<string, string>;
  readonly file: string | null;
  readonly modelsFile: string | null;
}

/** The file, the --set values on it, and the models file it names, as one tree in file spelling. */
export async function readTrees(options: TreeOptions, cwd: string): Promise<Trees> {
  const found = options.file ?? (existsSync(join(cwd, DEFAULT_CONFIG_FILE)) ? DEFAULT_CONFIG_FILE : undefined);
  const read = found === undefined ? undefined : await readYaml(fromFolder(cwd, found), found);
  const tree: Plain = read?.tree ?? {};
  const places = read?.places ?? new Map<string, string>();
  takeModelLists(tree, places);

  const sets = await Promise.all((options.sets ?? []).map(parseSet));
  const named = sets.findLast((set) => set.path[0] === 'models_file')?.value ?? tree.models_file;
  const folder = found === undefined ? cwd : dirname(fromFolder(cwd, found));
  const modelsFile = typeof named === 'string' && named !== '' ? fromFolder(folder, named) : null;
  const shown = modelsFile && (relative(cwd, modelsFile).startsWith('..') ? modelsFile : relative(cwd, modelsFile));
  if (modelsFile) {
    const models = await readYaml(modelsFile, shown!);
    takeModelLists(models.tree, models.places);
    mergeModels(tree, places, models.tree, models.places, shown!);
  }
  for (const { path, value, flag } of sets) {
    const taken = pathText(setAt(tree, withEndpoints(tree, path), value));
    for (const key of places.keys()) {
      if (key === taken || key.startsWith(`${taken}.`) || key.startsWith(`${taken}[`)) places.delete(key);
    }
    places.set(taken, flag);
  }
  return { tree, places, file: found ?? null, modelsFile: shown };
}

async function parseSet(text: string): Promise<{ path: Path; value: unknown; flag: string }> {
  const at = text.indexOf('=');
  const path = parsePath(at < 0 ? text : text.slice(0, at));
  if (at < 0) {
    throw new VsrError('VSR_USAGE', `--set ${text}: expected path=value.`, { hint: `Write --set ${text}=value.` });
  }
  const flag = `--set ${pathText(path)}`;
  return { path, value: await parseYamlValue(text.slice(at + 1), flag), flag };
}

/** --set may use either name of the endpoints; the file has chosen one. */
function withEndpoints(tree: Plain, path: Path): Path {
  if (path[0] !== 'endpoints' && path[0] !== 'vllm_endpoints') return path;
  return [Object.hasOwn(tree, 'endpoints') ? 'endpoints' : 'vllm_endpoints', ...path.slice(1)];
}

function mergeModels(
  tree: Plain,
  places: Map<string, string>,
  models: Plain,
  lines: Map<string, string>,
  file: string,
) {
  for (const key of Object.keys(models)) {
    if (!['vllm_endpoints', 'endpoints', 'model_config'].includes(key)) {
      throw new VsrError('VSR_CONFIG_KEY_UNKNOWN', `${lines.get(key) ?? file}: unknown key ${key}.`, {
        hint: 'A models file holds vllm_endpoints and model_config; everything else belongs in vsr.yaml.',
      });
    }
  }
  for (const [from, into] of [
    ['vllm_endpoints', 'vllm_endpoints'],
    ['endpoints', 'vllm_endpoints'],
    ['model_config', 'model_config'],
  ] as const) {
    const value = models[from];
    if (value === undefined || value === null) continue;
    const target = into === 'vllm_endpoints' && Object.hasOwn(tree, 'endpoints') ? 'endpoints' : into;
    const own = tree[target];
    let offset = 0;
    if (own === undefined || own === null) define(tree, target, value);
    else if (Array.isArray(own) && Array.isArray(value)) {
      offset = own.length;
      define(tree, target, [...own, ...value]);
    } else if (isPlain(own) && isPlain(value)) {
      const twice = Object.keys(value).find((alias) => Object.hasOwn(own, alias));
      if (twice !== undefined) {
        const first = places.get(pathText([target, twice]));
        throw new VsrError(
          'VSR_CONFIG',
          `${lines.get(pathText([from, twice]))}: ${twice} is defined already, at ${first}.`,
          {
            hint: 'Define each model once.',
          },
        );
      }
      define(tree, target, { ...own, ...value });
    } else {
      throw new VsrError('VSR_CONFIG', `${lines.get(from)}: ${from} must have the form it has in vsr.yaml.`, {
        hint: 'vllm_endpoints is a list, model_config maps each model to its keys.',
      });
    }
    for (const [key, line] of lines) {
      if (key !== from && !key.startsWith(`${from}.`) && !key.startsWith(`${from}[`)) continue;
      const moved = key.slice(from.length).replace(/^\[(\d+)\]/, (_, i: string) => `[${Number(i) + offset}]`);
      if (moved !== '' || !places.has(target)) places.set(`${target}${moved}`, line);
    }
  }
}

function fromFolder(folder: string, path: string): string {
  return isAbsolute(path) ? path : join(folder, path);
}
