// snake_case ↔ camelCase, once: the schema says which keys are ours to map and which belong to the user.
import type { z } from 'zod';
import { nearestName } from '../errors/nearest.js';
import { VsrError } from '../errors/vsr-error.js';
import { define, isPlain, type Path, type Plain, pathText } from './paths.js';
import { encoderEntry, encoderSettings, routerParams, searchSpace } from './schema.js';

type Schema = z.core.$ZodType;

export interface Mapped {
  /** Keys as TypeScript spells them. Keys that hold nothing are left out. */
  readonly tree: Plain;
  /** pathText in camelCase → the path as the file spells it. */
  readonly spelled: Map<string, Path>;
}

/** Maps a tree in file spelling. `place` says where a path stands. Throws `VSR_CONFIG_KEY_UNKNOWN` with the nearest known key. */
export function mapKeys(tree: Plain, schema: Schema, place: (path: Path) => string): Mapped {
  const spelled = new Map<string, Path>();
  const visit = (value: unknown, node: Schema | undefined, from: Path, to: Path): unknown => {
    const given = node && unwrap(node);
    const kind = given === encoderEntry ? encoderSettings : given;
    if (Array.isArray(value)) {
      return value.map((item, i) => visit(item, itemSchema(kind), [...from, i], [...to, i]));
    }
    if (!isPlain(value)) return value;
    const out: Plain = {};
    for (const [key, inner] of Object.entries(value)) {
      const source = [...from, key];
      const name = ownKey(key, kind, source, place);
      const target = [...to, name];
      if (Object.hasOwn(out, name)) throw givenTwice(spelled.get(pathText(target))!, source, place);
      spelled.set(pathText(target), source);
      if (inner !== null) define(out, name, visit(inner, propertySchema(kind, name), source, target));
    }
    return out;
  };
  return { tree: visit(tree, schema, [], []) as Plain, spelled };
}

/** `queryLimit` → `query_limit`. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** The key as the schema knows it; keys of records (aliases, header names) stay as they are. */
function ownKey(key: string, kind: Schema | undefined, path: Path, place: (path: Path) => string): string {
  if (kind === routerParams || kind === searchSpace) return camelCase(key);
  const shape = shapeOf(kind);
  if (!shape) return key;
  const name = path.length === 1 && key === 'endpoints' ? 'vllmEndpoints' : camelCase(key);
  if (Object.hasOwn(shape, name) && (snakeCase(name) === key || key === 'endpoints')) return name;
  const known = Object.keys(shape).map(snakeCase);
  const near = nearestName(key, known);
  throw new VsrError('VSR_CONFIG_KEY_UNKNOWN', `${place(path)}: unknown key ${pathText(path)}.`, {
    hint: near
      ? `Did you mean ${pathText([...path.slice(0, -1), near])}?`
      : `Known ${path.length > 1 ? `in ${pathText(path.slice(0, -1))}` : 'at the top'}: ${known.join(', ')}.`,
  });
}

function givenTwice(first: Path, second: Path, place: (path: Path) => string): VsrError {
  return new VsrError('VSR_CONFIG', `${place(second)}: ${pathText(second)} and ${pathText(first)} are the same key.`, {
    hint: 'Keep one of them.',
  });
}

/** Past optional, default and prefault, to what a value must be. */
function unwrap(schema: Schema): Schema {
  const inner = (schema._zod.def as { innerType?: Schema }).innerType;
  return inner ? unwrap(inner) : schema;
}

function shapeOf(kind: Schema | undefined): Record<string, Schema> | undefined {
  return kind?._zod.def.type === 'object'
    ? (kind._zod.def as unknown as { shape: Record<string, Schema> }).shape
    : undefined;
}

function propertySchema(kind: Schema | undefined, name: string): Schema | undefined {
  if (kind?._zod.def.type === 'record') return (kind._zod.def as unknown as { valueType: Schema }).valueType;
  return shapeOf(kind)?.[name];
}

function itemSchema(kind: Schema | undefined): Schema | undefined {
  return kind?._zod.def.type === 'array' ? (kind._zod.def as unknown as { element: Schema }).element : undefined;
}
