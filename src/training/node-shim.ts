// Functions of node:util that Node 23 dropped and that tfjs-node still calls.
import util from 'node:util';

/** Adds only what is missing; a Node that still has them is left alone. */
export function restoreUtilFunctions(
  target: Record<string, unknown> = util as unknown as Record<string, unknown>,
): void {
  for (const [name, check] of Object.entries(DROPPED)) target[name] ??= check;
}

const isNullOrUndefined = (value: unknown) => value === null || value === undefined;
const DROPPED: Readonly<Record<string, (value: unknown) => boolean>> = {
  isArray: Array.isArray,
  isBoolean: (value) => typeof value === 'boolean',
  isBuffer: Buffer.isBuffer,
  isDate: (value) => util.types.isDate(value),
  isError: (value) => value instanceof Error,
  isFunction: (value) => typeof value === 'function',
  isNull: (value) => value === null,
  isNullOrUndefined,
  isNumber: (value) => typeof value === 'number',
  isObject: (value) => typeof value === 'object' && value !== null,
  isPrimitive: (value) => value === null || (typeof value !== 'object' && typeof value !== 'function'),
  isRegExp: (value) => util.types.isRegExp(value),
  isString: (value) => typeof value === 'string',
  isSymbol: (value) => typeof value === 'symbol',
  isUndefined: (value) => value === undefined,
};
