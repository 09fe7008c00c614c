// Reads the keys of a foreign artifact and says, when one is wrong: where, what was expected, what came.
import { VsrError } from '../../../errors/vsr-error.js';
import { byCodePoint } from './identity.js';

export type Fields = Readonly<Record<string, unknown>>;

export interface FieldReader {
  readonly where: string;
  /** The key is there and not null. */
  has(key: string): boolean;
  get(key: string): unknown;
  fail(key: string, expected: string): never;
  number(key: string): number;
  vector(key: string, length?: number): number[];
  count(key: string, least?: number): number;
  counts(key: string, length?: number, least?: number): number[];
  text(key: string): string;
  texts(key: string): string[];
  list(key: string): unknown[];
  /** Rows of equal width; `width` and `rows` are checked where given. */
  matrix(key: string, rows?: number, width?: number): number[][];
  object(key: string): FieldReader;
  records(key: string): FieldReader[];
  keys(): string[];
  expect(key: string, value: unknown): void;
  /** Model names: not empty, unique, sorted by code point. */
  names(key: string): string[];
}

/** `where` names the file. Every method throws `VSR_ARTIFACT`. Unknown keys are ignored: the file is not ours. */
export function fieldsOf(value: unknown, where: string): FieldReader {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refused(where, 'expected a JSON object');
  const fields = value as Fields;
  const get = (key: string): unknown => {
    if (fields[key] === undefined) throw refused(where, `the key "${key}" is missing`);
    return fields[key];
  };
  const fail: FieldReader['fail'] = (key, expected) => {
    throw refused(where, `${key} must be ${expected}, got ${shown(fields[key])}`);
  };
  const number = (key: string): number => {
    const found = get(key);
    return typeof found === 'number' && Number.isFinite(found) ? found : fail(key, 'a finite number');
  };
  const vector = (key: string, length?: number): number[] => {
    const found = get(key);
    if (!isVector(found)) return fail(key, 'a list of finite numbers');
    return length === undefined || found.length === length
      ? found
      : fail(key, `${length} numbers long (${found.length} came)`);
  };
  return {
    where,
    has: (key: string) => fields[key] !== undefined && fields[key] !== null,
    get,
    fail,
    number,
    vector,
    count(key: string, least = 0): number {
      const found = number(key);
      return Number.isSafeInteger(found) && found >= least ? found : fail(key, `a whole number of at least ${least}`);
    },
    counts(key: string, length?: number, least = 0): number[] {
      const found = vector(key, length);
      return found.every((n) => Number.isSafeInteger(n) && n >= least)
        ? found
        : fail(key, `whole numbers of at least ${least}`);
    },
    text(key: string): string {
      const found = get(key);
      return typeof found === 'string' ? found : fail(key, 'a text');
    },
    texts(key: string): string[] {
      const found = get(key);
      return Array.isArray(found) && found.every((t) => typeof t === 'string') ? found : fail(key, 'a list of texts');
    },
    list(key: string): unknown[] {
      const found = get(key);
      return Array.isArray(found) ? found : fail(key, 'a list');
    },
    /** Rows of equal width; `width` and `rows` are checked where given. */
    matrix(key: string, rows?: number, width?: number): number[][] {
      const found = get(key);
      if (!Array.isArray(found)) return fail(key, 'a list of rows');
      if (rows !== undefined && found.length !== rows)
        throw refused(where, `${key} has ${found.length} rows, expected ${rows}`);
      const wide = width ?? (found[0] as unknown[] | undefined)?.length;
      found.forEach((row, i) => {
        if (!isVector(row)) throw refused(where, `${key}[${i}] must be a list of finite numbers, got ${shown(row)}`);
        if (row.length !== wide) throw refused(where, `${key}[${i}] is ${row.length} wide, expected ${wide}`);
      });
      return found;
    },
    object(key: string): FieldReader {
      return fieldsOf(get(key), `${where}: ${key}`);
    },
    /** A list of objects, each with a reader of its own. */
    records(key: string): FieldReader[] {
      return this.list(key).map((item, i) => fieldsOf(item, `${where}: ${key}[${i}]`));
    },
    keys: () => Object.keys(fields),
    expect(key: string, value: unknown): void {
      if (get(key) !== value) fail(key, JSON.stringify(value));
    },
    /** Model names: not empty, unique, sorted by code point. */
    names(key: string): string[] {
      const found = this.texts(key);
      if (found.length === 0) fail(key, 'at least one model');
      for (let i = 1; i < found.length; i++) {
        const order = byCodePoint(found[i - 1]!, found[i]!);
        if (order === 0) throw refused(where, `${key} names "${found[i]}" twice`);
        if (order > 0)
          throw refused(where, `${key} must be sorted by code point, but "${found[i]}" follows "${found[i - 1]}"`);
      }
      return found;
    },
  };
}

export function refused(where: string, what: string): VsrError {
  return new VsrError('VSR_ARTIFACT', `${where}: ${what}.`, {
    hint: 'Write the file again with the program that made it.',
  });
}

/** Throws `VSR_FEATURES` unless the query is as wide as the artifact's vectors, and finite. */
export function checkQuery(query: ArrayLike<number>, width: number): void {
  if (query.length !== width) {
    throw new VsrError('VSR_FEATURES', `The query is ${query.length} numbers wide, the artifact expects ${width}.`);
  }
  for (let d = 0; d < width; d++) {
    if (!Number.isFinite(query[d])) throw new VsrError('VSR_FEATURES', `The query holds ${query[d]} in column ${d}.`);
  }
}

function isVector(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => typeof n === 'number' && Number.isFinite(n));
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`;
}
