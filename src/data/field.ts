// Reads one key of a JSON row and says, when it is wrong: where, what was expected, what came.
import { VsrError } from '../errors/vsr-error.js';

export type JsonObject = Readonly<Record<string, unknown>>;

/** The value as an object. Throws VSR_DATA. */
export function objectAt(value: unknown, where: string, what = 'a JSON object'): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(where, what, value);
  return value as JsonObject;
}

/** A text; a number becomes its text; absent, null and blank become null. */
export function optionalText(row: JsonObject, key: string, where: string): string | null {
  const value = row[key];
  if (value === undefined || value === null) return null;
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value !== 'string') throw wrong(`${where}: ${key}`, 'a text', value);
  return value.trim() === '' ? null : value;
}

/** A list of texts; absent and null become the empty list. */
export function optionalTexts(row: JsonObject, key: string, where: string): string[] {
  const value = row[key];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.some((item) => typeof item !== 'string'))
    throw wrong(`${where}: ${key}`, 'a list of texts', value);
  return value;
}

/** A finite number ≥ 0; undefined if absent or null. */
export function optionalAmount(row: JsonObject, key: string, where: string): number | undefined {
  const value = row[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0)
    throw wrong(`${where}: ${key}`, 'a finite number that is not negative', value);
  return value;
}

/** `where` must be `expected`, got `value`. */
export function wrong(where: string, expected: string, value: unknown, hint?: string): VsrError {
  return new VsrError(
    'VSR_DATA',
    `${where} must be ${expected}, got ${shown(value)}.`,
    hint === undefined ? {} : { hint },
  );
}

/** A value as it stands in an error: short, and `nothing` for an absent one. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number') return String(value);
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`;
}
