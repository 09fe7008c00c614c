// A YAML file as a plain tree, with the line on which every key stands.
import { readFile, stat } from 'node:fs/promises';
import type { Node } from 'yaml';
import { VsrError } from '../errors/vsr-error.js';
import { isPlain, type Path, type Plain, pathText } from './paths.js';

export interface YamlTree {
  readonly tree: Plain;
  /** pathText → `vsr.yaml:12`. */
  readonly places: Map<string, string>;
}

/** Reads `path`, called `file` in messages. Throws `VSR_FILE` where it cannot be read, `VSR_CONFIG` where it is not a YAML mapping. */
export async function readYaml(path: string, file = path): Promise<YamlTree> {
  const text = await readText(path, file);
  const { parseDocument, LineCounter, isAlias, isMap, isScalar, isSeq } = await import('yaml');
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const line = (offset: number) => `${file}:${lineCounter.linePos(offset).line}`;
  const problem = document.errors[0];
  if (problem) {
    throw new VsrError('VSR_CONFIG', `${line(problem.pos[0])}: not valid YAML: ${problem.message.split('\n')[0]}.`, {
      hint: 'Mind the indentation, quotes and colons of that line.',
    });
  }
  let tree: unknown;
  try {
    tree = document.toJS() ?? {};
  } catch (cause) {
    throw new VsrError('VSR_CONFIG', `${file}: not valid YAML: ${(cause as Error).message}.`, { cause });
  }
  if (!isPlain(tree)) {
    throw new VsrError('VSR_CONFIG', `${file}:1: expected keys with values, got ${describe(tree)}.`, {
      hint: 'vsr init writes a commented example.',
    });
  }
  const places = new Map<string, string>();
  const walk = (node: Node | null, path: Path): void => {
    if (!node || isAlias(node)) return;
    if (isMap(node)) {
      for (const { key, value } of node.items) {
        if (!isScalar(key)) continue;
        const here = [...path, String(key.value)];
        places.set(pathText(here), line(key.range![0]));
        walk(value as Node | null, here);
      }
    } else if (isSeq(node)) {
      node.items.forEach((item, i) => {
        const here = [...path, i];
        const range = (item as Node).range;
        if (range) places.set(pathText(here), line(range[0]));
        walk(item as Node, here);
      });
    }
  };
  walk(document.contents as Node | null, []);
  return { tree, places };
}

/** One YAML value, as --set gives it. Throws `VSR_USAGE`. */
export async function parseYamlValue(text: string, flag: string): Promise<unknown> {
  const { parse } = await import('yaml');
  try {
    return parse(text);
  } catch (cause) {
    const message = (cause as Error).message.split('\n')[0];
    throw new VsrError('VSR_USAGE', `${flag}: the value is not valid YAML: ${message}.`, { cause });
  }
}

export function describe(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'keys with values';
  return JSON.stringify(value);
}

async function readText(path: string, file: string): Promise<string> {
  try {
    if ((await stat(path)).isDirectory()) {
      throw new VsrError('VSR_FILE', `${file}: expected a configuration file, got a directory.`, {
        hint: `Name the file, for example -c ${file}/vsr.yaml.`,
      });
    }
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof VsrError) throw cause;
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new VsrError('VSR_FILE', `${file}: ${missing ? 'there is no such file' : (cause as Error).message}.`, {
      hint: missing ? 'Check the path, or write a starting configuration with vsr init.' : 'Check its permissions.',
      cause,
    });
  }
}
